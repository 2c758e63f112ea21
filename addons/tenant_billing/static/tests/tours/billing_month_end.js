import { registry } from "@web/core/registry";

// TRADE 11: clicks are counted by the browser, wherever they land.
let clicks = 0;
const count = () => (clicks += 1);

const startCounting = {
    content: "count every click from here on",
    trigger: ".o_billing_close button[name=action_close], .o_billing_close button[name=action_release]",
    run() {
        clicks = 0;
        window.addEventListener("click", count, true);
    },
};

const within = (budget) => ({
    content: `at most ${budget} clicks`,
    trigger: "body:not(:has(.o_error_dialog)):not(:has(.modal))",
    run() {
        window.removeEventListener("click", count, true);
        if (!clicks || clicks > budget) {
            throw new Error(`${clicks} clicks instead of at most ${budget}`);
        }
    },
});

const close = { trigger: ".o_form_view button[name=action_close]", run: "click" };
const closed = { trigger: ".o_arrow_button_current:contains(Closed)" };

// TB-069: without exceptions the month is posted and sent with one click, of two allowed.
registry.category("web_tour.tours").add("billing_month_end", {
    steps: () => [
        { trigger: ".o_billing_close [data-tile=ready]:contains(2)" },
        startCounting,
        close,
        { trigger: ".o_billing_close [data-tile=posted]:contains(2)" },
        closed,
        within(2),
    ],
});

// TB-069: an exception is one decision, with last month beside it; then the month closes.
registry.category("web_tour.tours").add("billing_month_end_held", {
    steps: () => [
        {
            content: "the reason and last month stand beside the draft",
            trigger: ".o_field_widget[name=held_ids] .o_data_row:contains(first invoice)",
        },
        startCounting,
        {
            trigger: ".o_data_row:contains(Nordwind) button[name=action_release]",
            run: "click",
        },
        {
            content: "decided",
            trigger: ".o_billing_close [data-tile=ready]:contains(1)",
        },
        within(1),
        {
            trigger: ".o_data_row:contains(Hafen) button[name=action_park]",
            run: "click",
        },
        { trigger: ".o_billing_close [data-tile=parked]:contains(1)" },
        startCounting,
        close,
        { trigger: ".o_billing_close [data-tile=posted]:contains(1)" },
        closed,
        within(2),
    ],
});

// TB-069: the list behind a tile is what the tile counts.
registry.category("web_tour.tours").add("billing_month_end_tile", {
    steps: () => [
        { trigger: ".o_billing_close [data-tile=ready]", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Nordwind)" },
        { trigger: ".o_list_view .o_data_row:contains(Hafen)" },
        { trigger: "body:not(:has(.o_error_dialog))" },
    ],
});

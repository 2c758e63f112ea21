import { registry } from "@web/core/registry";
import { counting, within } from "./budget";
import { noError, register } from "./steps";

const SENTENCE =
    "This company is protected or under review; the programme desk answers within two working days.";

/** Nothing on the page, however hidden, tells of the other one. */
const nothingOf = (...names) => ({
    content: `nothing of ${names.join(", ")}`,
    trigger: ".o_form_view",
    run() {
        const page = document.body.textContent;
        const found = names.filter((name) => page.includes(name));
        if (found.length) {
            throw new Error(`the page tells ${found.join(", ")}`);
        }
    },
});

// PG-025: the second partner registers like the first one, and reads one sentence.
registry.category("web_tour.tours").add("programme_register_second", {
    steps: () => [
        ...register(
            "Nordwind Industrie",
            "DE811907980",
            `.alert-warning:contains(${SENTENCE})`
        ),
        { trigger: ".o_arrow_button_current:contains(Protected or under review)" },
        {
            content: "a registration that waits offers nothing to do",
            trigger:
                ".o_form_view:not(:has(.o_statusbar_buttons button:visible, .o_form_statusbar .o-dropdown:visible))",
        },
        { trigger: ".o-mail-Message:contains(the programme desk answers)" },
        { trigger: ".o_notebook .nav-link:contains(Ownership)", run: "click" },
        { trigger: ".o_field_widget[name=owner_why]:contains(protected or under review)" },
        nothingOf("Hanse", "Industriebedarf", "Jörn Matthiesen", "Same VAT"),
        noError,
    ],
});

// PG-025: the desk sees both side by side with the rule that decides; one click.
registry.category("web_tour.tours").add("programme_decide_conflict", {
    steps: () => [
        counting(".o_list_view .o_data_row:contains(Hanse ERP):contains(Iberia Systems)"),
        { trigger: ".o_data_row .o_data_cell[name=first_name]", run: "click" },
        ...within({ fields: 0, clicks: 1, pages: 1 }, ".alert-info:contains(Same VAT number)"),
        { trigger: ".alert-info:contains(The older registration keeps it while it is protected)" },
        { trigger: ".o_inner_group:contains(Hanse ERP):contains(Jörn Matthiesen)" },
        { trigger: ".o_inner_group:contains(Iberia Systems):contains(Karin Jahn)" },
        counting(".o_form_view button[name=action_first_keeps]"),
        { trigger: ".o_form_view button[name=action_first_keeps]", run: "click" },
        ...within(
            { fields: 0, clicks: 1, pages: 0 },
            ".o_arrow_button_current:contains(First keeps it)"
        ),
        { trigger: ".o_form_view:not(:has(button[name=action_second_gets]))" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_view_nocontent:contains(No conflict waits for the desk)" },
        noError,
    ],
});

// PG-025: both are told on their own registration, and of nobody else.
registry.category("web_tour.tours").add("programme_conflict_kept", {
    steps: () => [
        { trigger: ".o-mail-Message:contains(the company stays yours)" },
        { trigger: ".o_arrow_button_current:contains(Registered)" },
        nothingOf("Iberia", "Karin Jahn"),
        noError,
    ],
});

registry.category("web_tour.tours").add("programme_conflict_declined", {
    steps: () => [
        {
            trigger:
                ".alert-warning:contains(The programme desk has decided: the company is somebody else)",
        },
        { trigger: ".o-mail-Message:contains(the company is somebody else)" },
        { trigger: ".o_arrow_button_current:contains(Protected for somebody else)" },
        nothingOf("Hanse", "Industriebedarf", "Jörn Matthiesen"),
        noError,
    ],
});

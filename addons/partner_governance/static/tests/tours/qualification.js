import { registry } from "@web/core/registry";
import { counting, within } from "./budget";
import { noError, register } from "./steps";

const REGISTERED = ".o_field_widget[name=gate_state]";

function choose(name, label) {
    return [
        { trigger: `.o_field_widget[name=${name}] input`, run: "click" },
        { trigger: `.o_select_menu_item:contains(${label})`, run: "click" },
        { trigger: "body:not(:has(.o_select_menu_item))" },
        { trigger: `.o_field_widget[name=${name}] input:value("${label}")` },
    ];
}

function type(name, value) {
    return [{ trigger: `.o_field_widget[name=${name}] input`, run: `edit ${value}` }];
}

function nineAnswers(articles, warehouses) {
    return [
        ...type("sku_count", articles),
        ...type("warehouse_count", warehouses),
        ...choose("valuation_method", "Standard price"),
        ...choose("procurement_model", "Buy to stock"),
        ...choose("lot_serial", "None"),
        ...choose("route_complexity", "Receive and ship in one step"),
        ...choose("b2b_portal", "Not wanted"),
        ...choose("edi_integrations", "None"),
        ...choose("finance_close", "One entity, monthly"),
    ];
}

// One screen, opened and saved by one click each, with as many choices as the kind of deal asks.
function qualify(choices, first, answers, outcome) {
    return [
        counting("button[name=action_open_qualification]"),
        { trigger: "button[name=action_open_qualification]", run: "click" },
        { trigger: `.o_form_view .o_field_widget[name=${first}]` },
        ...answers,
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        ...within({ fields: choices, clicks: 2, pages: 1 }, `.alert-success:contains(${outcome})`),
    ];
}

// PG-080, PG-097: registered, nine choices, no approval, won.
registry.category("web_tour.tours").add("qualify_tier_one", {
    steps: () => [
        ...register("Nordwind Industriebedarf", "nordwind.example", REGISTERED),
        ...qualify(
            9,
            "sku_count",
            nineAnswers("1200", "1"),
            "Standard distribution deployment"
        ),
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_field_widget[name=gate_state]:contains(Passed)" },
        counting("button[name=action_open_opportunity]"),
        { trigger: "button[name=action_open_opportunity]", run: "click" },
        { trigger: "button[name=action_set_won_rainbowman]", run: "click" },
        ...within({ fields: 0, clicks: 2, pages: 1 }, ".o_reward, .ribbon:contains(Won)"),
        noError,
    ],
});

// PG-098, PG-100: two warehouses; who signs is shown before asking; one click asks.
registry.category("web_tour.tours").add("qualify_tier_two", {
    steps: () => [
        ...register("Nordwind Industriebedarf", "nordwind.example", REGISTERED),
        ...qualify(9, "sku_count", nineAnswers("1200", "2"), "Several warehouses"),
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_field_widget[name=signers]:contains(Quality control of the upline)" },
        counting("button[name=action_request_review]"),
        { trigger: "button[name=action_request_review]", run: "click" },
        ...within(
            { fields: 0, clicks: 1, pages: 0 },
            ".o_field_widget[name=gate_state]:contains(Waiting for signatures)"
        ),
        noError,
    ],
});

// TRADE 11: six choices of a merchant.
registry.category("web_tour.tours").add("qualify_merchant", {
    steps: () => [
        ...qualify(
            6,
            "merchant_profile",
            [
                { trigger: ".o_form_view:not(:has(.o_field_widget[name=warehouse_count]))" },
                ...choose("merchant_profile", "Direct to consumer"),
                ...type("sku_count", "900"),
                ...type("orders_month", "1500"),
                ...choose("sales_channels", "Two or three"),
                ...choose("fulfilment", "Own warehouse"),
                ...choose("finance_close", "One entity, monthly"),
            ],
            "Tier 1"
        ),
        noError,
    ],
});

registry.category("web_tour.tours").add("open_what_is_missing", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=missing_links] button:contains(Qualify)",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=sku_count]" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: "button[name=action_open_opportunity]", run: "click" },
        { trigger: "button[name=action_set_won_rainbowman]", run: "click" },
        { trigger: ".modal:contains(waits at the gate) button:contains(Qualify)", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_view .o_field_widget[name=sku_count]" },
    ],
});

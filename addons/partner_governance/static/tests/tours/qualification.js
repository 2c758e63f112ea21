import { registry } from "@web/core/registry";

// TRADE 11: what a person chooses on the qualification screen, counted.
const counted = { choices: 0, saves: 0 };

function choose(name, label) {
    return [
        { trigger: `.o_field_widget[name=${name}] input`, run: "click" },
        {
            trigger: `.o_select_menu_item:contains(${label})`,
            run(helpers) {
                counted.choices += 1;
                return helpers.click();
            },
        },
        { trigger: "body:not(:has(.o_select_menu_item))" },
        { trigger: `.o_field_widget[name=${name}] input:value("${label}")` },
    ];
}

function type(name, value) {
    return [
        {
            trigger: `.o_field_widget[name=${name}] input`,
            run(helpers) {
                counted.choices += 1;
                return helpers.edit(value);
            },
        },
    ];
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

function budget(choices) {
    return {
        content: `${choices} choices, one screen`,
        trigger: ".o_form_saved",
        run() {
            if (counted.choices !== choices) {
                throw new Error(`${counted.choices} choices instead of ${choices}`);
            }
            counted.choices = 0;
        },
    };
}

const noError = { trigger: "body:not(:has(.o_error_dialog))" };

// PG-080, PG-097: nine choices, no approval, won.
registry.category("web_tour.tours").add("qualify_tier_one", {
    steps: () => [
        { trigger: "button[name=action_open_qualification]", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=sku_count]" },
        ...nineAnswers("1200", "1"),
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".alert-success:contains(Standard distribution deployment)" },
        budget(9),
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_field_widget[name=gate_state]:contains(Passed)" },
        { trigger: "button[name=action_open_opportunity]", run: "click" },
        { trigger: "button[name=action_set_won_rainbowman]", run: "click" },
        { trigger: ".o_reward, .ribbon:contains(Won)" },
        noError,
    ],
});

// PG-098, PG-100: two warehouses; who signs is shown before asking; one click asks.
registry.category("web_tour.tours").add("qualify_tier_two", {
    steps: () => [
        { trigger: "button[name=action_open_qualification]", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=sku_count]" },
        ...nineAnswers("1200", "2"),
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".alert-success:contains(Several warehouses)" },
        budget(9),
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_field_widget[name=signers]:contains(Quality control of the upline)" },
        { trigger: "button[name=action_request_review]", run: "click" },
        { trigger: ".o_field_widget[name=gate_state]:contains(Waiting for signatures)" },
        noError,
    ],
});

// TRADE 11: six choices of a merchant.
registry.category("web_tour.tours").add("qualify_merchant", {
    steps: () => [
        { trigger: "button[name=action_open_qualification]", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=merchant_profile]" },
        { trigger: ".o_form_view:not(:has(.o_field_widget[name=warehouse_count]))" },
        ...choose("merchant_profile", "Direct to consumer"),
        ...type("sku_count", "900"),
        ...type("orders_month", "1500"),
        ...choose("sales_channels", "Two or three"),
        ...choose("fulfilment", "Own warehouse"),
        ...choose("finance_close", "One entity, monthly"),
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".alert-success:contains(Tier 1)" },
        budget(6),
        noError,
    ],
});

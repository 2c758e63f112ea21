import { registry } from "@web/core/registry";

const noError = {
    content: "no error dialog stands in the way",
    trigger: "body:not(:has(.o_error_dialog))",
};

// TB-070, TRADE 11: one button, filled in; sent and accepted.
registry.category("web_tour.tours").add("hosting_offer", {
    steps: () => [
        { trigger: ".o_form_view button[name=action_offer_hosting]", run: "click" },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Base)" },
        { trigger: ".o_form_view button[name=action_send]", run: "click" },
        { trigger: ".o_form_view button[name=action_accept]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Accepted)" },
        noError,
    ],
});

// TB-032, X-05: finance opens its statements and looks into one.
registry.category("web_tour.tours").add("hosting_statement", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:first .o_data_cell:first", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=charge_ids] .o_data_row:contains(Base)" },
        noError,
    ],
});

// TB-047, X-05: delivery opens its tenants and looks into one.
registry.category("web_tour.tours").add("hosting_tenant", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:first .o_data_cell:first", run: "click" },
        { trigger: ".o_form_view .o-mail-Chatter .o-mail-Message:first" },
        { trigger: ".o_form_view .o_field_widget[name=name]" },
        noError,
    ],
});

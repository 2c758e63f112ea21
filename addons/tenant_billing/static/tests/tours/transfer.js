import { registry } from "@web/core/registry";
import { counting, within } from "@partner_governance/../tests/tours/budget";
import { choose, menu, noError } from "@partner_governance/../tests/tours/steps";

const tab = (name) => ({ trigger: `.o_notebook .nav-link:contains(${name})`, run: "click" });

// TRADE 11: four fields, one preview, one confirm.
registry.category("web_tour.tours").add("transfer_of_a_customer", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        counting(".o_form_view .o_field_widget[name=tenant_id] input"),
        ...choose("tenant_id", "Nordwind"),
        { trigger: ".o_field_widget[name=customer_id] input:value(Nordwind)" },
        ...choose("receiver_id", "Alpenland IT"),
        {
            trigger: ".o_field_widget[name=customer_consent] input",
            run: "edit Letter of 2 March",
        },
        { trigger: ".o_form_view button[name=action_preview]", run: "click" },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(nothing newer)" },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(no earlier price)" },
        { trigger: ".o_form_view button[name=action_confirm]", run: "click" },
        ...within(
            { fields: 4, clicks: 2, pages: 0 },
            ".o_arrow_button_current:contains(Waiting for signatures)"
        ),
        tab("Contracts"),
        { trigger: ".o_field_widget[name=handover_leg_ids] .o_data_row:contains(Closes)" },
        { trigger: ".o_field_widget[name=handover_leg_ids] .o_data_row:contains(Opens)" },
        tab("Signatures"),
        { trigger: ".o_field_widget[name=approval_ids] .o_data_row:contains(Hanse ERP)" },
        { trigger: ".o_field_widget[name=approval_ids] .o_data_row:contains(Alpenland IT)" },
        {
            content: "the desk signs for neither",
            trigger: ".o_form_view:not(:has(.o_data_row button[name=action_approve]))",
        },
        noError,
    ],
});

// PG-150: the receiver opens what it is to sign, reads who reads what, and signs there.
registry.category("web_tour.tours").add("transfer_receiver_signs", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains(Nordwind) .o_data_cell:first", run: "click" },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(no earlier price)" },
        { trigger: ".o_field_widget[name=customer_consent]:contains(Letter of 2 March)" },
        {
            content: "only the giver and the desk change or withdraw it",
            trigger:
                ".o_form_view:not(:has(button[name=action_withdraw], button[name=action_confirm], button[name=action_preview]))",
        },
        tab("Signatures"),
        counting(".o_data_row button[name=action_approve]"),
        { trigger: ".o_data_row button[name=action_approve]", run: "click" },
        ...within({ fields: 0, clicks: 1, pages: 0 }, ".o_arrow_button_current:contains(Planned)"),
        noError,
    ],
});

// PG-150, TRADE 2: what each reads afterwards.
registry.category("web_tour.tours").add("transfer_giver_after", {
    steps: () => [
        { trigger: ".o_arrow_button_current:contains(Done)" },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(nothing newer)" },
        ...menu("partner_governance.menu_operations", "tenant_billing.menu_tenant"),
        { trigger: ".o_view_nocontent, .o_list_view:not(:has(.o_data_row:contains(Nordwind)))" },
        noError,
    ],
});

registry.category("web_tour.tours").add("transfer_receiver_after", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains(Nordwind) .o_data_cell:first", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=name]" },
        noError,
    ],
});

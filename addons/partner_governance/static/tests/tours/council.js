import { registry } from "@web/core/registry";
import { counting, within } from "./budget";
import { menu, noError } from "./steps";

const tab = (name) => ({ trigger: `.o_notebook .nav-link:contains(${name})`, run: "click" });

// PG-144…146: the meeting from the proposal to its end, by whoever holds it.
registry.category("web_tour.tours").add("programme_council", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains(Council):contains(Proposed) .o_data_cell:first",
            run: "click",
        },
        { trigger: ".o_form_view:contains(The pack is filled and frozen when the meeting starts)" },
        tab("Members"),
        { trigger: ".o_field_widget[name=seat_ids] .o_data_row:contains(TradeFlow)" },
        counting(".o_form_view button[name=action_start]"),
        { trigger: ".o_form_view button[name=action_start]", run: "click" },
        { trigger: ".modal:contains(figures are frozen) .btn-primary", run: "click" },
        ...within({ fields: 0, clicks: 2, pages: 0 }, ".o_arrow_button_current:contains(Pack frozen)"),
        tab("Pack"),
        {
            content: "the four sections, with figures",
            trigger:
                ".o_field_widget[name=pack_html]:contains(Project quality):contains(Delivery):contains(Support):contains(Platform incidents)",
        },
        { trigger: ".o_field_widget[name=pack_html] tr:contains(Deals won)" },
        counting(".o_form_view button[name=action_new_action]"),
        { trigger: ".o_form_view button[name=action_new_action]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Certify two people a partner",
        },
        { trigger: ".modal button[name=action_give]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        ...within({ fields: 1, clicks: 2 }, ".o_form_view button[name=action_new_decision]"),
        { trigger: ".o_form_view button[name=action_new_decision]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=name] input, .modal .o_field_widget[name=name] textarea",
            run: "edit Restore tests every month",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        tab("Actions"),
        { trigger: ".o_field_widget[name=action_ids] .o_data_row:contains(Certify two people)" },
        tab("Decisions"),
        { trigger: ".o_field_widget[name=decision_ids] .o_data_row:contains(Restore tests)" },
        tab("Notes"),
        {
            trigger: ".o_field_widget[name=notes] .odoo-editor-editable",
            run: "editor Everybody agreed",
        },
        counting(".o_form_view button[name=action_close]"),
        { trigger: ".o_form_view button[name=action_close]", run: "click" },
        ...within({ fields: 0, clicks: 1, pages: 0 }, ".o_arrow_button_current:contains(Closed)"),
        {
            content: "what is over offers nothing to add",
            trigger:
                ".o_form_view:not(:has(button[name=action_new_action], button[name=action_new_decision]))",
        },
        noError,
    ],
});

// PG-146, TRADE 11: the next one has what is open; the newest pack is one click from Insight.
registry.category("web_tour.tours").add("programme_council_next", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains(Council) .o_data_cell:first", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Proposed)" },
        tab("Actions"),
        { trigger: ".o_field_widget[name=action_ids] .o_data_row:contains(Certify two people)" },
        tab("Decisions"),
        { trigger: ".o_field_widget[name=decision_ids] .o_data_row:contains(Restore tests)" },
        {
            trigger: ".o_menu_sections [data-menu-xmlid='partner_governance.menu_insight']",
            run: "click",
        },
        counting("[data-menu-xmlid='partner_governance.menu_council_pack']"),
        { trigger: "[data-menu-xmlid='partner_governance.menu_council_pack']", run: "click" },
        ...within({ fields: 0, clicks: 1, pages: 1 }, ".o_arrow_button_current:contains(Closed)"),
        { trigger: ".o_field_widget[name=pack_html] tr:contains(Deals won)" },
        noError,
    ],
});

// PG-145: an attendee has the same click, its own copy and the notes, and nobody's name.
registry.category("web_tour.tours").add("programme_council_seat", {
    steps: () => [
        ...menu("partner_governance.menu_insight", "partner_governance.menu_council_pack"),
        { trigger: ".o_field_widget[name=pack_html] th:contains(You)" },
        {
            trigger: ".o_field_widget[name=pack_html] tr:contains(Deals won)",
            run() {
                for (const name of ["Hanse", "Meridian", "Alpenland", "Iberia", "Nordlicht"]) {
                    if (document.body.textContent.includes(name)) {
                        throw new Error(`the copy names ${name}`);
                    }
                }
            },
        },
        tab("Minutes"),
        { trigger: ".o_field_widget[name=minutes]:contains(Everybody agreed)" },
        noError,
    ],
});

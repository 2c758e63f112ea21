import { registry } from "@web/core/registry";
import { noError } from "./steps";

function openDeals() {
    return [
        { trigger: ".o_app[data-menu-xmlid='partner_governance.menu_root'], .o_navbar" },
        { trigger: ".o_list_view, .o_kanban_view, .o_view_nocontent" },
    ];
}

// a deal is registered; then a note and an activity for a colleague.
registry.category("web_tour.tours").add("programme_register_deal", {
    steps: () => [
        ...openDeals(),
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=company_name] input", run: "edit Ostsee Werkzeug GmbH" },
        { trigger: ".o_field_widget[name=identity] input", run: "edit ostsee-werkzeug.example" },
        { trigger: ".o_field_widget[name=contact_name] input", run: "edit Karin Jahn" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: ".o_field_widget[name=reference]:contains(D-)" },
        { trigger: ".o-mail-Chatter-logNote", run: "click" },
        { trigger: ".o-mail-Composer-input", run: "edit Called them, they want a demo." },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { trigger: ".o-mail-Message:contains(they want a demo)" },
        { trigger: ".o-mail-Chatter-activity", run: "click" },
        { trigger: ".modal .o_field_widget[name=activity_user_id] input", run: "click" },
        { trigger: ".modal .o_field_widget[name=activity_user_id] input", run: "edit delivery" },
        { trigger: ".o-autocomplete--dropdown-item:contains(delivery)", run: "click" },
        { trigger: ".modal .o_field_widget[name=summary] input", run: "edit Visit the warehouse" },
        { trigger: ".modal button[name=action_schedule_activities]", run: "click" },
        { trigger: ".o-mail-Activity:contains(Visit the warehouse)" },
        noError,
    ],
});

// PG-081, PG-096: nine answers on one screen, the tier with its reasons, the gate that is closed.
registry.category("web_tour.tours").add("programme_won_refused", {
    steps: () => [
        { trigger: ".o_form_view button[name=action_set_won_rainbowman]", run: "click" },
        {
            content: "the refusal names the gate and what is missing",
            trigger: ".modal:contains(Commercial qualification):contains(the review of tier 2)",
        },
        { trigger: ".modal .btn-primary", run: "click" },
        { trigger: ".o_form_view:not(:has(.ribbon:contains(Won)))" },
    ],
});

// the pipeline's own buttons.
registry.category("web_tour.tours").add("programme_won", {
    steps: () => [
        { trigger: ".o_form_view button[name=action_set_won_rainbowman]", run: "click" },
        { trigger: ".o_reward, .ribbon:contains(Won)" },
        noError,
    ],
});

registry.category("web_tour.tours").add("programme_lost", {
    steps: () => [
        { trigger: ".o_form_view button:contains(Lost)", run: "click" },
        { trigger: ".modal label:contains(Too expensive), .modal .btn:contains(Too expensive)", run: "click" },
        { trigger: ".modal button[name=action_lost_reason_apply]", run: "click" },
        { trigger: ".ribbon:contains(Lost)" },
        noError,
    ],
});

// core's own convert dialog, on a lead from a trade fair.
registry.category("web_tour.tours").add("programme_convert", {
    steps: () => [
        { trigger: ".o_form_view button:contains(Convert to Opportunity)", run: "click" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: ".o_form_view button[name=action_set_won_rainbowman]" },
        noError,
    ],
});

// the client's import, from the list of the pipeline, with a file of ten leads.
const TEN_LEADS = [
    "name,email_from",
    ...[...Array(10).keys()].map((number) => `Fair visitor ${number},v${number}@fair.example`),
].join("\n");

registry.category("web_tour.tours").add("programme_import", {
    steps: () => [
        { trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: ".o_list_view .o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { trigger: ".o_import_menu", run: "click" },
        {
            trigger: ".o_import_file",
            run() {
                const input = document.querySelector(".o_file_input input[type=file]");
                const files = new DataTransfer();
                files.items.add(new File([TEN_LEADS], "leads.csv", { type: "text/csv" }));
                input.files = files.files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        { trigger: ".o_control_panel button:contains(/^Import$/)", run: "click" },
        { trigger: ".o_kanban_record:contains(Fair visitor 9)" },
        noError,
    ],
});

// PG-015: the tree of partners, as a tree.
registry.category("web_tour.tours").add("programme_tree", {
    steps: () => [
        { trigger: ".o_hierarchy_view .o_hierarchy_node:contains(Meridian)" },
        { trigger: ".o_hierarchy_view .o_hierarchy_node:contains(Hanse)" },
        { trigger: ".o_hierarchy_view:not(:contains(Iberia))" },
        noError,
    ],
});

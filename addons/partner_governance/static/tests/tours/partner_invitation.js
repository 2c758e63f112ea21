import { registry } from "@web/core/registry";

// X-06, TRADE 11: a master invites a sub-partner by six fields and one send.
const FIELDS = 6;
let clicks = 0;
const count = (event) => {
    if (event.target.closest(".modal button")) {
        clicks += 1;
    }
};

const choose = (name, text) => [
    { trigger: `.modal .o_field_widget[name=${name}] input`, run: `edit ${text}` },
    {
        trigger: `.o-autocomplete--dropdown-item:not(:has(.o_m2o_dropdown_option)):contains(${text})`,
        run: "click",
    },
];

const invite = (company, model, person, email) => [
    {
        trigger: ".o_menu_sections [data-menu-xmlid='partner_governance.menu_partners']",
        run: "click",
    },
    {
        trigger: "[data-menu-xmlid='partner_governance.menu_invite_partner']",
        run: "click",
    },
    {
        content: "no more than six fields",
        trigger: ".modal .o_field_widget[name=email]",
        run() {
            const shown = document.querySelectorAll(
                ".modal .o_form_view .o_field_widget:not(.o_invisible_modifier):not(.d-none)"
            );
            if (shown.length > FIELDS) {
                throw new Error(`${shown.length} fields instead of at most ${FIELDS}`);
            }
            clicks = 0;
            window.addEventListener("click", count, true);
        },
    },
    { trigger: ".modal .o_field_widget[name=name] input", run: `edit ${company}` },
    ...choose("country_id", "Germany"),
    ...choose("commercial_model_id", model),
    { trigger: ".modal .o_field_widget[name=contact_name] input", run: `edit ${person}` },
    { trigger: ".modal .o_field_widget[name=email] input", run: `edit ${email}` },
    { trigger: ".modal button[name=action_send]", run: "click" },
    { trigger: ".o_arrow_button_current:contains(Invited)" },
    {
        content: "one send",
        trigger: `.o_form_view:contains(${company})`,
        run() {
            window.removeEventListener("click", count, true);
            if (clicks !== 1) {
                throw new Error(`${clicks} clicks on buttons instead of 1`);
            }
        },
    },
];

registry.category("web_tour.tours").add("programme_invite_partners", {
    steps: () => [
        { trigger: ".o_kanban_view" },
        ...invite("Ostsee Empfehlung GmbH", "Referral", "Karin Jahn", "karin@ostsee.example"),
        ...invite("Weserbergland Cloud GmbH", "White-label", "Timo Ahrens", "timo@weser.example"),
        { trigger: "body:not(:has(.o_error_dialog))" },
    ],
});

// the invited manager fills in the rest on one page.
registry.category("web_tour.tours").add("programme_about_us", {
    steps: () => [
        { trigger: ".o_form_view .o_field_widget[name=city] input", run: "edit Hameln" },
        { trigger: ".o_field_widget[name=brand_name] input", run: "edit WeserCloud" },
        { trigger: "button[name=action_save]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Onboarding)" },
        { trigger: "body:not(:has(.o_error_dialog))" },
    ],
});

// TRADE 7: a manager ends a person; the dialog asks who takes over.
registry.category("web_tour.tours").add("programme_end_person", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Sales) button[name=action_program_end]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=successor_id] input", run: "edit delivery" },
        { trigger: ".o-autocomplete--dropdown-item:contains(delivery)", run: "click" },
        { trigger: ".modal button[name=action_end]", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row td[name=program_roles]:contains(/^Sales$/)))" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

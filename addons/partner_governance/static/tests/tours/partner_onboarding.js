import { registry } from "@web/core/registry";
import { counting, within } from "./budget";
import { choose, menu, noError } from "./steps";

// TRADE 11: a master invites a sub-partner by six fields and one send.
const FIELDS = 6;

const invite = (company, model, person, email) => [
    { trigger: ".o_kanban_view" },
    ...menu("partner_governance.menu_partners", "partner_governance.menu_invite_partner"),
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
        },
    },
    counting(".modal .o_field_widget[name=name] input"),
    { trigger: ".modal .o_field_widget[name=name] input", run: `edit ${company}` },
    ...choose("country_id", "Germany", ".modal"),
    ...choose("commercial_model_id", model, ".modal"),
    { trigger: ".modal .o_field_widget[name=contact_name] input", run: `edit ${person}` },
    { trigger: ".modal .o_field_widget[name=email] input", run: `edit ${email}` },
    { trigger: ".modal button[name=action_send]", run: "click" },
    { trigger: ".o_arrow_button_current:contains(Invited)" },
    ...within({ fields: FIELDS, clicks: 1, pages: 1 }, `.o_form_view:contains(${company})`),
    noError,
];

registry.category("web_tour.tours").add("programme_invite_agent", {
    steps: () =>
        invite("Ostsee Empfehlung GmbH", "Referral", "Karin Jahn", "karin@ostsee.example"),
});

registry.category("web_tour.tours").add("programme_invite_white_label", {
    steps: () =>
        invite("Weserbergland Cloud GmbH", "White-label", "Timo Ahrens", "timo@weser.example"),
});

// An item is handed in by one field and two clicks: it closes, and the page is the next one's.
const handIn = (item) => [
    counting(`.o_field_widget[name=onboarding_item_ids] .o_data_row:contains(${item})`),
    {
        trigger: `.o_data_row:contains(${item}) button:contains(Show evidence)`,
        run: "click",
    },
    {
        trigger: `.modal:contains(${item}) .o_field_widget[name=evidence_note] textarea`,
        run: `edit ${item}, as agreed with Meridian`,
    },
    { trigger: ".modal button[name=action_submit]", run: "click" },
    { trigger: "body:not(:has(.modal))" },
    ...within(
        { fields: 1, clicks: 2, pages: 0 },
        `.o_data_row:contains(${item}) [name=state]:contains(Submitted)`
    ),
];

// X-06, TRADE 7: the rest on one page, which leads to what is wanted next.
registry.category("web_tour.tours").add("programme_agent_hands_in", {
    steps: () => [
        counting(".o_form_view .o_field_widget[name=city] input"),
        { trigger: ".o_form_view .o_field_widget[name=city] input", run: "edit Wismar" },
        { trigger: "button[name=action_save]", run: "click" },
        ...within(
            { fields: 1, clicks: 1, pages: 1 },
            ".alert-info:contains(Next step):contains(Target segments)"
        ),
        {
            content: "of the sixteen an agent needs four, and reads no others first",
            trigger: ".o_data_row:contains(Not needed)",
        },
        ...handIn("Target segments"),
        ...handIn("Pricing authority"),
        ...handIn("Support responsibilities"),
        ...handIn("Branding rights"),
        { trigger: ".alert-info:contains(Meridian Consulting)" },
        noError,
    ],
});

// PG-051: the upline accepts from one list, one click each.
registry.category("web_tour.tours").add("programme_accept_evidence", {
    steps: () => [
        counting(".o_list_view .o_data_row button[name=action_accept]"),
        ...[1, 2, 3, 4].flatMap((number) => [
            {
                content: `accept number ${number}`,
                trigger: `.o_list_view:has(.o_data_row:nth-child(${5 - number})):not(:has(.o_data_row:nth-child(${6 - number}))) .o_data_row:eq(0) button[name=action_accept]`,
                run: "click",
            },
        ]),
        ...within({ fields: 0, clicks: 4, pages: 0 }, ".o_view_nocontent:contains(Nothing waits)"),
        noError,
    ],
});

// PG-154: who is through registers deals.
registry.category("web_tour.tours").add("programme_agent_registers", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=company_name] input", run: "edit Kieler Bootsbedarf GmbH" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_field_widget[name=reference]:contains(D-)" },
        noError,
    ],
});

// X-06, PG-021: what the upline has settled is confirmed in one act; four items stay its own.
registry.category("web_tour.tours").add("programme_white_label_hands_in", {
    steps: () => [
        { trigger: ".o_form_view .o_field_widget[name=city] input", run: "edit Hameln" },
        { trigger: ".o_field_widget[name=brand_name] input", run: "edit WeserCloud" },
        { trigger: "button[name=action_save]", run: "click" },
        counting(".o_form_view button[name=action_confirm_inherited]"),
        { trigger: ".o_form_view button[name=action_confirm_inherited]", run: "click" },
        ...within(
            { fields: 0, clicks: 1, pages: 0 },
            ".o_form_view:not(:has(button[name=action_confirm_inherited]))"
        ),
        { trigger: ".o_data_row:contains(Deployment patterns):contains(Accepted)" },
        ...handIn("Target segments"),
        ...handIn("Pricing authority"),
        ...handIn("Branding rights"),
        ...handIn("Packaged offers"),
        noError,
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

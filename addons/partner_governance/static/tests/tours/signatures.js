import { registry } from "@web/core/registry";
import { counting, within } from "./budget";
import { noError } from "./steps";

// TRADE 11: approve or refuse with one click from the list.
const emptied = ".o_view_nocontent:contains(Nothing waits for your signature)";

registry.category("web_tour.tours").add("programme_sign", {
    steps: () => [
        counting(".o_data_row button[name=action_approve]"),
        { trigger: ".o_data_row button[name=action_approve]", run: "click" },
        ...within({ fields: 0, clicks: 1, pages: 0 }, emptied),
        noError,
    ],
});

// PG-100: no and a question are one click from the list too, and one sentence each.
const say = (button, text) => [
    { trigger: ".o_data_row button:contains(Refuse or ask)", run: "click" },
    { trigger: ".modal .o_field_widget[name=reason] input", run: `edit ${text}` },
    { trigger: `.modal button[name=${button}]`, run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

registry.category("web_tour.tours").add("programme_ask_then_refuse", {
    steps: () => [
        counting(".o_data_row button:contains(Refuse or ask)"),
        ...say("action_ask", "Which warehouse system is it?"),
        ...within({ fields: 1, clicks: 2, pages: 0 }, ".o_data_row button[name=action_approve]"),
        counting(".o_data_row button:contains(Refuse or ask)"),
        ...say("action_refuse", "Nobody is free before June"),
        ...within({ fields: 1, clicks: 2, pages: 0 }, emptied),
        noError,
    ],
});

// PG-100: the mail's link; whoever follows it logs in first, and one click answers.
const login = (person) => [
    { trigger: "input[name=login]", run: `edit ${person}` },
    { trigger: "input[name=password]", run: `edit ${person}` },
    { trigger: ".oe_login_form button[type=submit]", run: "click", expectUnloadPage: true },
];

registry.category("web_tour.tours").add("programme_sign_from_mail", {
    steps: () => [
        ...login("signs.mail"),
        {
            content: "what is to be signed, for whom, as what, and who asks",
            trigger: ".o_form_view:contains(Nordwind):contains(Hanse ERP)",
        },
        counting(".o_form_view button[name=action_approve]"),
        { trigger: ".o_form_view button[name=action_approve]", run: "click" },
        ...within({ fields: 0, clicks: 1, pages: 0 }, ".o_arrow_button_current:contains(Approved)"),
        noError,
    ],
});

registry.category("web_tour.tours").add("programme_refuse_from_mail", {
    steps: () => [
        counting(".o_form_view button:contains(Refuse or ask)"),
        { trigger: ".o_form_view button:contains(Refuse or ask)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit The pricing is not documented",
        },
        { trigger: ".modal button[name=action_refuse]", run: "click" },
        ...within(
            { fields: 1, clicks: 2, pages: 0 },
            ".o_form_view:not(:has(button[name=action_approve])):contains(The pricing is not documented)"
        ),
        noError,
    ],
});

// PG-100: who looks at the review first answers there as well.
registry.category("web_tour.tours").add("programme_refuse_from_review", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:first .o_data_cell:first", run: "click" },
        { trigger: ".o_form_view .o_data_row button:contains(Refuse or ask)", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit No margin" },
        { trigger: ".modal button[name=action_refuse]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Refused)" },
        { trigger: ".o_form_view:not(:has(.o_data_row button[name=action_approve]))" },
        noError,
    ],
});

import { registry } from "@web/core/registry";

// TB-074, TRADE 11: the list of renewals; renew as it is with one click.
registry.category("web_tour.tours").add("billing_renewal", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains(Befristet)" },
        {
            content: "one click",
            trigger: ".o_data_row:contains(Befristet) button[name=action_renew]",
            run: "click",
        },
        {
            content: "renewed, it is no longer due",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Befristet)))",
        },
        { trigger: "body:not(:has(.o_error_dialog)):not(:has(.modal))" },
    ],
});

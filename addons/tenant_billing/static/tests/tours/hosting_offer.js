import { registry } from "@web/core/registry";

const noError = {
    content: "no error dialog stands in the way",
    trigger: "body:not(:has(.o_error_dialog))",
};

// What a person does: buttons of ours pressed, fields changed, pages loaded.
const done = { buttons: 0, edits: 0 };
function count() {
    document.addEventListener(
        "click",
        (ev) => (done.buttons += ev.target.closest("button[name^=action_]") ? 1 : 0),
        true
    );
    document.addEventListener("change", () => done.edits++, true);
}

function edit(row, field, value) {
    const cell = `.o_field_widget[name=line_ids] .o_data_row:contains(${row}) .o_data_cell[name=${field}]`;
    const selected = `.o_selected_row:has([name=component_id] input:value(${row}))`;
    return [
        { trigger: cell, run: "click" },
        { trigger: `${selected} .o_field_widget[name=${field}] input`, run: `edit ${value}` },
    ];
}

// TB-070, TRADE 11: one button, three edits, one send; counted.
registry.category("web_tour.tours").add("hosting_offer", {
    steps: () => [
        { trigger: ".o_form_view button[name=action_offer_hosting]", run: count },
        { trigger: ".o_form_view button[name=action_offer_hosting]", run: "click" },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Base)" },
        ...edit("Base", "amount", "125"),
        ...edit("Storage", "quantity", "90"),
        {
            trigger: ".o_field_widget[name=email] input",
            run: "edit buyer@nordwind.example",
        },
        { trigger: ".o_form_view button[name=action_send]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Sent)" },
        {
            trigger: ".o_form_view button[name=action_accept]",
            run() {
                if (done.buttons !== 2 || done.edits !== 3) {
                    throw new Error(`${done.buttons} buttons and ${done.edits} edits`);
                }
            },
        },
        noError,
    ],
});

// TB-070: the customer, logged out, reads and signs.
registry.category("web_tour.tours").add("hosting_offer_sign", {
    steps: () => [
        { trigger: "#hosting_offer:contains(HanseFlow), #hosting_offer:contains(Base)" },
        { trigger: "#offer_recurring:contains(193)" },
        { trigger: "body[is-ready=true] #offer_accept", run: "click" },
        { trigger: ".modal.show .o_web_sign_name_input", run: "edit Jörn Matthiesen" },
        { trigger: ".modal.show canvas.o_web_sign_signature", run: "canvasNotEmpty" },
        {
            trigger: ".modal.show .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#answer_signed:contains(Jörn Matthiesen)" },
    ],
});

// TB-070: the seller wins the deal, and the subscription is there.
registry.category("web_tour.tours").add("hosting_offer_won", {
    steps: () => [
        { trigger: ".o_arrow_button_current:contains(Accepted)" },
        { trigger: ".o_form_view button[name=action_win]", run: "click" },
        { trigger: ".o_form_view:not(:has(button[name=action_win]))" },
        { trigger: ".o_form_view button[name=action_open_subscription]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Active)" },
        { trigger: ".o_field_widget[name=item_ids] .o_data_row:contains(Storage)" },
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

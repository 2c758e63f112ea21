// TRADE 11: what a person does, counted by the browser wherever it lands.
//
// A field is one that was clicked into or changed, a click is one beside fields, a page is an
// action that the client has opened (a dialog is none). Choosing from the list that drops down
// belongs to its field.

const DROPPED =
    ".o-autocomplete--dropdown-menu, .o_select_menu_menu, .o_datetime_picker, .o-dropdown--menu .o_select_menu_item";
const HAPPENINGS = ["click", "input", "change"];

let counted = null;

function fieldOf(target) {
    const field = target.closest(".o_form_view .o_field_widget[name]");
    if (!field || target.closest("button[name], .o_data_row:not(.o_selected_row)")) {
        return null;
    }
    return field.getAttribute("name");
}

function note(event) {
    const target = event.target;
    if (!(target instanceof Element) || target.closest(DROPPED)) {
        return;
    }
    const field = fieldOf(target);
    if (field) {
        counted.fields.add(field);
    } else if (event.type === "click" && !target.closest("label")) {
        counted.clicks.push(target.textContent.trim().slice(0, 40) || target.className);
    }
}

function notePage({ detail: mode }) {
    const page = odoo.__WOWL_DEBUG__.root.env.services.action.currentController?.jsId;
    if (mode !== "new" && page !== counted.page) {
        counted.pages += 1;
        counted.page = page;
    }
}

/** From here on everything counts. The trigger is what a person sees before the first act. */
export function counting(trigger) {
    return {
        content: "count from here on",
        trigger,
        run() {
            const { bus, services } = odoo.__WOWL_DEBUG__.root.env;
            counted = {
                clicks: [],
                fields: new Set(),
                pages: 0,
                page: services.action.currentController?.jsId,
            };
            HAPPENINGS.forEach((name) => window.addEventListener(name, note, true));
            bus.addEventListener("ACTION_MANAGER:UI-UPDATED", notePage);
        },
    };
}

/**
 * The job is done within its budget. What is not named is not limited; 0 is none at all.
 *
 * @param {{clicks?: number, fields?: number, pages?: number}} budget at most
 * @param {string} seen what a person sees when it is done
 */
export function within(budget, seen) {
    return [
        { trigger: seen },
        {
            content: `within ${JSON.stringify(budget)}`,
            trigger: "body",
            run() {
                const { bus } = odoo.__WOWL_DEBUG__.root.env;
                HAPPENINGS.forEach((name) => window.removeEventListener(name, note, true));
                bus.removeEventListener("ACTION_MANAGER:UI-UPDATED", notePage);
                const told = JSON.stringify({ ...counted, fields: [...counted.fields] });
                const numbers = {
                    clicks: counted.clicks.length,
                    fields: counted.fields.size,
                    pages: counted.pages,
                };
                for (const [kind, most] of Object.entries(budget)) {
                    if (numbers[kind] > most) {
                        throw new Error(`${numbers[kind]} ${kind} instead of ${most}: ${told}`);
                    }
                }
                if (!numbers.clicks && !numbers.fields) {
                    throw new Error("nothing was counted");
                }
            },
        },
    ];
}

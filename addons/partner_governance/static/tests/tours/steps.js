// Steps that several tours share.
import { counting, within } from "./budget";

export const noError = {
    content: "no error dialog stands in the way",
    trigger: "body:not(:has(.o_error_dialog))",
};

/** Choose a record of a many2one by its name. */
export function choose(field, text, inside = "") {
    return [
        { trigger: `${inside} .o_field_widget[name=${field}] input`, run: `edit ${text}` },
        {
            trigger: `.o-autocomplete--dropdown-item:not(:has(.o_m2o_dropdown_option)):contains(${text})`,
            run: "click",
        },
    ];
}

/** An entry of a menu of the app. */
export function menu(section, entry) {
    return [
        { trigger: `.o_menu_sections [data-menu-xmlid='${section}']`, run: "click" },
        { trigger: `[data-menu-xmlid='${entry}']`, run: "click" },
    ];
}

/** TRADE 11: five fields and one save register a deal; then what a person sees. */
export function register(company, identity, seen) {
    return [
        { trigger: ".o_list_button_add", run: "click" },
        counting(".o_form_view .o_field_widget[name=company_name] input"),
        { trigger: ".o_field_widget[name=company_name] input", run: `edit ${company}` },
        ...choose("country_id", "Germany"),
        { trigger: ".o_field_widget[name=identity] input", run: `edit ${identity}` },
        { trigger: ".o_field_widget[name=contact_name] input", run: "edit Karin Jahn" },
        { trigger: ".o_field_widget[name=expected_month] input", run: "edit 12/01/2030" },
        { trigger: ".o_form_button_save", run: "click" },
        ...within({ fields: 5, clicks: 1, pages: 0 }, seen),
        { trigger: ".o_form_saved .o_field_widget[name=reference]:contains(D-)" },
    ];
}

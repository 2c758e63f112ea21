import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { standardErrorDialogProps } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What is missing at a gate, each with a button that opens where it is mended. */
export class GateMissing extends Component {
    static template = "partner_governance.GateMissing";
    static props = { fixes: Array, opened: { type: Function, optional: true } };

    setup() {
        this.action = useService("action");
    }

    async open(fix) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: fix.res_model,
            res_id: fix.res_id,
            views: [[false, "form"]],
        });
        this.props.opened?.();
    }
}

/** The same as a field of a deal, a project or a review. */
export class GateMissingField extends Component {
    static template = "partner_governance.GateMissingField";
    static components = { GateMissing };
    static props = { ...standardFieldProps };

    get fixes() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("gate_missing", {
    component: GateMissingField,
    supportedTypes: ["json"],
});

/** A closed gate: the sentence of every door, and what is missing. */
export class GateClosedDialog extends Component {
    static template = "partner_governance.GateClosed";
    static components = { Dialog, GateMissing };
    static props = { ...standardErrorDialogProps };

    setup() {
        const { data, message } = this.props;
        this.lines = (data?.arguments?.[0] || message || "").split("\n");
        this.fixes = data?.context?.fixes || [];
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.partner_governance.exceptions.GateClosed", GateClosedDialog);

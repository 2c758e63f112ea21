import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { standardErrorDialogProps } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** A closed gate: the sentence of every door, and a button for each thing that is missing. */
export class GateClosedDialog extends Component {
    static template = "partner_governance.GateClosed";
    static components = { Dialog };
    static props = { ...standardErrorDialogProps };

    setup() {
        this.action = useService("action");
        const { data, message } = this.props;
        this.lines = (data?.arguments?.[0] || message || "").split("\n");
        this.fixes = data?.context?.fixes || [];
    }

    async open(fix) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: fix.res_model,
            res_id: fix.res_id,
            views: [[false, "form"]],
        });
        this.props.close();
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.partner_governance.exceptions.GateClosed", GateClosedDialog);

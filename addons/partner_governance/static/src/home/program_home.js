import { Component, onWillStart, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { deserializeDate, formatDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The Monday list: five rows at most, and how many more there are. */
export class ProgramHome extends Component {
    static template = "partner_governance.Home";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.state = useState({ rows: [], more: 0, all: false });
        onWillStart(() => this.load(false));
    }

    async load(all) {
        const found = await this.orm.call("program.monday", "home", [], { everything: all });
        Object.assign(this.state, found, { all });
    }

    open(row) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.res_model,
            res_id: row.res_id,
            views: [[false, "form"]],
        });
    }

    due(row) {
        return row.due ? formatDate(deserializeDate(row.due)) : _t("no date");
    }

    tone(row) {
        if (!row.due) {
            return "text-bg-light";
        }
        const days = deserializeDate(row.due).diff(today(), "days").days;
        return days < 0 ? "text-bg-danger" : days < 1 ? "text-bg-warning" : "text-bg-light";
    }

    money(row) {
        return formatCurrency(row.money, this.state.currency_id, { digits: [16, 0] });
    }
}

registry.category("actions").add("program_home", ProgramHome);

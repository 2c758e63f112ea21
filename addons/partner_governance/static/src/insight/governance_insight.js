import { Component, onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The five layers of governance with their figures, and the six functions with their KPI. */
export class GovernanceInsight extends Component {
    static template = "partner_governance.Insight";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        onWillStart(async () => {
            this.overview = await this.orm.call("governance.insight", "overview", []);
        });
    }

    value(figure) {
        if (!figure || !figure.connected) {
            return _t("not connected");
        }
        if (figure.total === null) {
            return _t("no case yet");
        }
        const number = Number.isInteger(figure.total)
            ? formatInteger(figure.total)
            : formatFloat(figure.total, { digits: [16, 1] });
        return figure.unit === "percent"
            ? `${number} %`
            : figure.unit === "days"
            ? _t("%s days", number)
            : number;
    }

    isTold(figure) {
        return Boolean(figure && figure.connected && figure.total !== null);
    }

    async open(figure) {
        if (this.isTold(figure) && figure.cases) {
            this.action.doAction(
                await this.orm.call("governance.insight", "drill", [figure.id])
            );
        }
    }
}

registry.category("actions").add("governance_insight", GovernanceInsight);

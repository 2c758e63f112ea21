import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Steps of the bridge: field, label, colour. Gains first, then losses. */
const STEPS = [
    ["new", _t("New"), "#43C5B1"],
    ["expansion", _t("Expansion"), "#0E8270"],
    ["reactivation", _t("Reactivation"), "#4EA7F2"],
    ["transfer_in", _t("Transferred in"), "#A4A8B6"],
    ["contraction", _t("Contraction"), "#F4A261"],
    ["churn", _t("Churn"), "#CE4257"],
    ["transfer_out", _t("Transferred out"), "#7E8290"],
];
const BALANCE = "#545B70";

export class BillingInsight extends Component {
    static template = "tenant_billing.Insight";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.bridge = useRef("bridge");
        this.months = useRef("months");
        this.charts = [];
        onWillStart(async () => {
            const [overview] = await Promise.all([
                this.orm.call("billing.insight", "overview", []),
                loadBundle("web.chartjs_lib"),
            ]);
            this.overview = overview;
        });
        useEffect(
            () => this.draw(),
            () => []
        );
        onWillUnmount(() => this.charts.forEach((chart) => chart.destroy()));
    }

    /** Steps that moved anything in the months shown. */
    get steps() {
        return STEPS.filter(([name]) => this.overview.months.some((month) => month[name]));
    }

    value(tile) {
        if (tile.value === null || tile.value === false) {
            return "–";
        }
        if (tile.kind === "money") {
            return this.money(tile.value);
        }
        return tile.kind === "percent"
            ? `${formatFloat(tile.value, { digits: [16, 1] })} %`
            : formatInteger(tile.value);
    }

    money(amount) {
        return formatCurrency(amount, this.overview.currency_id, { digits: [16, 0] });
    }

    open(name) {
        this.action.doAction(name);
    }

    draw() {
        if (this.overview.months.length) {
            this.charts.push(this.drawBridge(), this.drawMonths());
        }
    }

    chart(canvas, data, options) {
        const color = getComputedStyle(canvas).color;
        const axis = { grid: { display: false }, ticks: { color } };
        return new Chart(canvas, {
            data,
            options: {
                maintainAspectRatio: false,
                animation: false,
                interaction: { mode: "index", intersect: false },
                ...options,
                scales: {
                    x: { ...axis, stacked: true },
                    y: {
                        stacked: true,
                        ticks: { color, maxTicksLimit: 6, callback: (tick) => this.money(tick) },
                    },
                },
                plugins: {
                    legend: { labels: { color, boxWidth: 12 }, position: "bottom" },
                    ...options.plugins,
                },
            },
        });
    }

    /** From the first month's opening over the steps of all months to the last one's closing. */
    drawBridge() {
        const months = this.overview.months;
        const steps = this.steps.map(([name, label, color]) => [
            label,
            months.reduce((sum, month) => sum + month[name], 0),
            color,
        ]);
        let level = months[0].opening;
        const bars = [[_t("Opening"), [0, level], level, BALANCE]];
        for (const [label, amount, color] of steps) {
            bars.push([label, [level, level + amount], amount, color]);
            level += amount;
        }
        bars.push([_t("Closing"), [0, level], level, BALANCE]);
        const label = (item) => this.money(bars[item.dataIndex][2]);
        return this.chart(
            this.bridge.el,
            {
                labels: bars.map(([name]) => name.toString()),
                datasets: [
                    {
                        type: "bar",
                        data: bars.map(([, span]) => span),
                        backgroundColor: bars.map((bar) => bar[3]),
                    },
                ],
            },
            { plugins: { legend: { display: false }, tooltip: { callbacks: { label } } } }
        );
    }

    drawMonths() {
        const months = this.overview.months;
        const label = (item) => `${item.dataset.label}: ${this.money(item.raw)}`;
        return this.chart(
            this.months.el,
            {
                labels: months.map((month) => month.label),
                datasets: this.steps.map(([name, title, color]) => ({
                    type: "bar",
                    label: title.toString(),
                    data: months.map((month) => month[name]),
                    backgroundColor: color,
                })),
            },
            { plugins: { tooltip: { callbacks: { label } } } }
        );
    }
}

registry.category("actions").add("billing_insight", BillingInsight);

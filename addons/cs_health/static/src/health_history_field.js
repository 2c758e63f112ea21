import { registry } from "@web/core/registry";
import {
    JournalDashboardGraphField,
    journalDashboardGraphField,
} from "@web/views/fields/journal_dashboard_graph/journal_dashboard_graph_field";

/**
 * The line of a score over time, on the whole scale from 0 to 100: a small change must look
 * small. Reads its points anew at every rendering, since the pager keeps the component.
 */
export class HealthHistoryField extends JournalDashboardGraphField {
    renderChart() {
        this.data = JSON.parse(this.props.record.data[this.props.name] || '[{"values": []}]');
        super.renderChart();
    }

    getLineChartConfig() {
        const config = super.getLineChartConfig();
        config.data.datasets[0].pointRadius = 0;
        config.options.scales = {
            y: { min: 0, max: 100, ticks: { stepSize: 25 } },
            x: { ticks: { maxTicksLimit: 3, maxRotation: 0 }, grid: { display: false } },
        };
        return config;
    }
}

registry.category("fields").add("health_history", {
    ...journalDashboardGraphField,
    component: HealthHistoryField,
    extractProps: () => ({ graphType: "line" }),
});

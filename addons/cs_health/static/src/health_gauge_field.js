import { registry } from "@web/core/registry";
import { GaugeField, gaugeField } from "@web/views/fields/gauge/gauge_field";

const COLORS = { red: "#d44c59", amber: "#e2a43a", green: "#2ba558" };
const UNKNOWN = "#9a9a9a";

/** Core's gauge in the colour of the band that stands in the record's field `band`. */
export class HealthGaugeField extends GaugeField {
    renderChart() {
        super.renderChart();
        const [known, rest] = this.chart.data.datasets[0].backgroundColor;
        const color = COLORS[this.props.record.data.band] || UNKNOWN;
        if (known !== color) {
            this.chart.data.datasets[0].backgroundColor = [color, rest];
            this.chart.update("none");
        }
    }
}

registry.category("fields").add("health_gauge", {
    ...gaugeField,
    component: HealthGaugeField,
    fieldDependencies: [{ name: "band", type: "selection" }],
});

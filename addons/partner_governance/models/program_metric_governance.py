from odoo import fields, models


class ProgramMetric(models.Model):
    """What governance itself can answer."""

    _inherit = "program.metric"

    def _value_gate_pass_rate(self, partners, period):
        """Percent of the reviews decided in the period that passed."""
        rows = self.env["governance.review"]._read_group(
            [
                ("program_node_id", "in", partners.ids),
                ("state", "in", ("passed", "refused")),
                ("decided_at", ">=", period.start),
                ("decided_at", "<", period.end),
            ],
            ["program_node_id", "state"],
            ["id:recordset"],
        )
        reviews, passed = {}, {}
        for node, state, found in rows:
            reviews[node.id] = reviews.get(node.id, found.browse()) | found
            passed[node.id] = passed.get(node.id, 0) + (len(found) if state == "passed" else 0)
        return {
            ident: self._measured(round(100 * passed[ident] / len(found), 2), len(found), found)
            for ident, found in reviews.items()
        }

    def _value_deals_won(self, partners, period):
        """Registered deals whose opportunity was won in the period: their number, no amount."""
        rows = self.env["crm.lead"]._read_group(
            [
                ("program_node_id", "in", partners.ids),
                ("program_deal_id", "!=", False),
                ("won_status", "=", "won"),
                ("date_closed", ">=", period.start),
                ("date_closed", "<", period.end),
            ],
            ["program_node_id"],
            ["program_deal_id:recordset"],
        )
        return {node.id: self._measured(len(deals), len(deals), deals) for node, deals in rows}

    def _value_specialisations(self, partners, period):
        """Confirmed specialisations that hold on the period's last day."""
        last = fields.Date.subtract(period.end, days=1)
        rows = self.env["program.specialisation"]._read_group(
            [
                ("program_node_id", "in", partners.ids),
                ("state", "=", "confirmed"),
                ("date_from", "<=", last),
                "|",
                ("date_until", "=", False),
                ("date_until", ">", last),
            ],
            ["program_node_id"],
            ["id:recordset"],
        )
        return {node.id: self._measured(len(found), len(found), found) for node, found in rows}

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

MONTHS = 12


class ProgramPartner(models.Model):
    """Quality of sub-partners in one list: failures at gates, the SLA, health (PG-019)."""

    _inherit = "program.partner"

    gate_failures = fields.Integer(
        string="Gate failures", compute="_compute_gate_failures", help="Refused in 12 months."
    )
    gate_reopened = fields.Integer(
        string="Gates reopened",
        compute="_compute_gate_failures",
        help="Answers changed after they were asked or passed, in 12 months.",
    )
    sla_quality = fields.Char(string="SLA breaches", compute="_compute_quality")
    health_quality = fields.Char(string="Health", compute="_compute_quality")

    def _compute_gate_failures(self):
        since = fields.Datetime.now() - relativedelta(months=MONTHS)
        groups = self.env["governance.review"]._read_group(
            [
                ("program_node_id", "in", self.ids),
                ("state", "in", ("refused", "reopened")),
                ("create_date", ">=", since),
            ],
            ["program_node_id", "state"],
            ["__count"],
        )
        counts = {(node.id, state): count for node, state, count in groups}
        for node in self:
            node.gate_failures = counts.get((node.id, "refused"), 0)
            node.gate_reopened = counts.get((node.id, "reopened"), 0)

    @api.depends_context("uid", "lang")
    def _compute_quality(self):
        unknown = self.env._("not connected")
        sla, health = self._quality_sla(), self._quality_health()
        for node in self:
            node.sla_quality = sla.get(node.id, unknown)
            node.health_quality = health.get(node.id, unknown)

    def _quality_sla(self):
        """Hook: ``{node id: text}`` of breached promises; a node that is missing is not
        connected."""
        return {}

    def _quality_health(self):
        """Hook: ``{node id: text}`` of the health of the node's customers."""
        return {}

    def action_open_gate_failures(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Gate failures of %(partner)s", partner=self.name),
            "res_model": "governance.review",
            "view_mode": "list,form",
            "domain": [
                ("program_node_id", "=", self.id),
                ("state", "in", ("refused", "reopened")),
            ],
        }

from odoo import fields, models


class GovernanceRiskHistory(models.Model):
    """How a risk stood at the end of a day."""

    _name = "governance.risk.history"
    _description = "History of a risk"
    _order = "day, id"

    risk_id = fields.Many2one("governance.risk", required=True, index=True, ondelete="cascade")
    program_node_id = fields.Many2one(
        related="risk_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    day = fields.Date(required=True, index=True)
    score = fields.Integer(string="Inherent", aggregator="max")
    residual_score = fields.Integer(string="Residual", aggregator="max")
    indicator_level = fields.Integer(string="Indicator (1–5)", aggregator="max")

    _day_uniq = models.Constraint("UNIQUE (risk_id, day)", "One row a day.")

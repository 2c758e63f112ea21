from odoo import fields, models

from .governance_risk import SCALE


class GovernanceRiskStandard(models.Model):
    """A risk that every partner has, with the live indicator that measures it (seed 002)."""

    _name = "governance.risk.standard"
    _description = "Standard risk"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Names the indicator that measures it.")
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True)
    treatment_note = fields.Text(string="What is usually done", translate=True)
    probability = fields.Selection(SCALE, required=True, default="3")
    impact = fields.Selection(SCALE, required=True, default="3")

    _code_uniq = models.Constraint("UNIQUE (code)", "A standard risk with this code exists.")

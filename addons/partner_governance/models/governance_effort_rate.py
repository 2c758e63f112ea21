from odoo import fields, models

from .governance_rule import OPERATORS


class GovernanceEffortRate(models.Model):
    """Person days that an answer costs, as data; a rate without a question is a tier's base."""

    _name = "governance.effort.rate"
    _description = "Effort rate"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    tier_level = fields.Integer(string="Of tier", help="0: of every tier.")
    question = fields.Selection(selection="_selection_question")
    operator = fields.Selection(OPERATORS)
    value = fields.Char()
    per_unit = fields.Boolean(string="Times the answer")
    days = fields.Float(string="Days", digits=(8, 2), required=True)
    source = fields.Char(translate=True, help="Where this number comes from.")

    def _selection_question(self):
        return self.env["governance.qualification"]._questions()

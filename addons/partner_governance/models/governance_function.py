from odoo import fields, models


class GovernanceFunction(models.Model):
    """One of the six functions that share the programme's governance (000 line 2)."""

    _name = "governance.function"
    _description = "Function of the programme"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        ondelete="restrict",
        domain="[('program_partner_id.is_root', '=', True)]",
    )
    metric_id = fields.Many2one("program.metric", string="KPI", required=True, ondelete="restrict")

    _code_uniq = models.Constraint("UNIQUE (code)", "A function with this code exists already.")

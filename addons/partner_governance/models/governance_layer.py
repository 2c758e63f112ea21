from odoo import fields, models


class GovernanceLayer(models.Model):
    """One of the five layers of governance (000 lines 10-14)."""

    _name = "governance.layer"
    _description = "Governance layer"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    objective = fields.Char(required=True, translate=True)
    impact = fields.Char(string="Partner impact", required=True, translate=True)
    function_id = fields.Many2one(
        "governance.function", string="Owner", required=True, ondelete="restrict"
    )
    metric_ids = fields.One2many("program.metric", "layer_id", string="Figures")

    _code_uniq = models.Constraint("UNIQUE (code)", "A layer with this code exists already.")

from odoo import fields, models


class GovernanceResponsibilityTemplate(models.Model):
    """What a new partner's matrix says, per commercial model."""

    _name = "governance.responsibility.template"
    _description = "Template of a responsibility line"
    _inherit = ["governance.raci.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    model_ids = fields.Many2many("program.commercial.model", string="Commercial models")

    def _of_models(self, models):
        """``{commercial model: its lines}``"""
        # Safe: the template is the programme's own and published to everybody in it.
        lines = self.sudo().search([("model_ids", "in", models.ids)])
        return {
            each: lines.filtered(lambda line, each=each: each in line.model_ids) for each in models
        }

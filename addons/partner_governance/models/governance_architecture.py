from odoo import fields, models


class GovernanceArchitecture(models.Model):
    """An architecture template: what a deployment of its kind is made of (PG-103, PG-112)."""

    _name = "governance.architecture"
    _description = "Architecture template"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    module_scope = fields.Text(string="Modules", required=True, translate=True)
    integrations = fields.Text(required=True, translate=True)
    data_rules = fields.Text(string="Data rules", required=True, translate=True)
    deployment = fields.Text(string="Deployment", required=True, translate=True)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "This template is there already.")

    def _standard(self, area):
        """What the template says of an area."""
        return self[area] if self else ""


class GovernanceTier(models.Model):
    _inherit = "governance.tier"

    architecture_id = fields.Many2one(
        "governance.architecture", string="Template", ondelete="restrict"
    )

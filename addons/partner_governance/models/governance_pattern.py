from odoo import fields, models


class GovernancePattern(models.Model):
    """An approved way to extend or to integrate; what names none needs an exception (PG-069)."""

    _name = "governance.pattern"
    _description = "Approved pattern"
    _inherit = ["governance.owned.mixin"]
    _order = "kind, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    kind = fields.Selection(
        [("integration", "Integration"), ("extension", "Extension")],
        required=True,
        default="integration",
        index=True,
    )
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help="How it is built, and when it fits.")
    limits = fields.Text(translate=True, help="What it does not cover.")
    is_approved = fields.Boolean(string="Approved", default=True, index=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A pattern with this code exists already.")

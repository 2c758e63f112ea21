from odoo import api, fields, models


class GovernanceSubcontractor(models.Model):
    """Somebody a partner depends on, with who takes over and how (PG-132)."""

    _name = "governance.subcontractor"
    _description = "Subcontractor"
    _inherit = ["mail.thread", "program.node.mixin", "governance.owned.mixin"]
    _order = "is_covered, name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    service = fields.Char(string="Does for us", required=True)
    engagement_id = fields.Many2one("program.engagement", ondelete="restrict", index=True)
    substitute = fields.Char(tracking=True, help="Who takes over when it fails.")
    plan = fields.Text(string="Plan when it fails", tracking=True)
    days_to_replace = fields.Integer(string="Days to replace")
    is_covered = fields.Boolean(
        string="Covered",
        compute="_compute_is_covered",
        store=True,
        index=True,
        help="A substitute is named and the plan is written.",
    )

    @api.depends("substitute", "plan")
    def _compute_is_covered(self):
        for one in self:
            one.is_covered = bool(one.substitute and one.plan)

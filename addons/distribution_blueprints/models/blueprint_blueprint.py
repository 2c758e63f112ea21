from odoo import api, fields, models


class BlueprintBlueprint(models.Model):
    """A standard deployment, in versions. Belongs to a node; published, partners below use it."""

    _name = "blueprint.blueprint"
    _description = "Blueprint"
    _inherit = ["program.node.mixin"]
    _order = "name"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    program_published = fields.Boolean(
        string="For sub-partners too", help="Partners below may set tenants up with it."
    )
    governance_tier_id = fields.Many2one(
        "governance.tier",
        string="Recommended for",
        ondelete="restrict",
        help="Tenants of deals of this tier start with it.",
    )
    version_ids = fields.One2many("blueprint.version", "blueprint_id", string="Versions")
    latest_id = fields.Many2one(
        "blueprint.version", string="Latest release", compute="_compute_latest_id"
    )
    active = fields.Boolean(default=True)

    @api.depends("version_ids.state")
    def _compute_latest_id(self):
        for blueprint in self:
            released = blueprint.version_ids.filtered(lambda v: v.state == "released")
            blueprint.latest_id = released.sorted("id")[-1:]

    @api.model
    def _recommended(self, tier):
        """The latest released version for a governance tier, empty when there is none."""
        if not tier:
            return self.env["blueprint.version"]
        return self.search([("governance_tier_id", "=", tier.id)], limit=1).latest_id

from odoo import api, fields, models


class ProgramNodeMixin(models.AbstractModel):
    """A record that belongs to one node of the programme tree."""

    _name = "program.node.mixin"
    _description = "Belongs to a programme partner"

    program_node_id = fields.Many2one(
        "program.partner",
        string="Programme partner",
        default=lambda self: self._default_program_node(),
        index=True,
        ondelete="restrict",
        copy=False,
        help="The partner of the programme that this record belongs to. Set by the system.",
    )

    @api.model
    def _default_program_node(self):
        """The node of whoever acts; platform staff act for the root."""
        # Safe: a user's own binding.
        user = self.env.user.sudo()
        if user.program_partner_id:
            return user.program_partner_id
        if user.has_group("partner_governance.group_platform_staff"):
            return self.env["program.partner"].sudo()._root()
        return self.env["program.partner"]

    @api.model
    def _program_adopt_orphans(self, root):
        """Records from before the installation belong to the platform."""
        self.with_context(active_test=False).search([("program_node_id", "=", False)]).write(
            {"program_node_id": root.id}
        )

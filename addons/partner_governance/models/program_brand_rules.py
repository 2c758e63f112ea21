import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class ProgramBrand(models.Model):
    """What a brand shows and sends under, and who may change it (PG-026)."""

    _inherit = "program.brand"

    host_name = fields.Char(
        help="Name under which its customers reach portal and log-in, e.g. portal.example.com."
    )
    sender_name = fields.Char(help="Name that mails to its customers come from.")
    sender_email = fields.Char(help="Address that mails to its customers come from.")
    secondary_colour = fields.Char()
    change_allowed = fields.Boolean(compute="_compute_change_allowed")

    _host_uniq = models.UniqueIndex(
        "(lower(host_name)) WHERE host_name IS NOT NULL", "This host name shows another brand."
    )

    @api.depends_context("uid")
    def _compute_change_allowed(self):
        for brand in self:
            brand.change_allowed = not brand._change_obstacle()

    @api.constrains("host_name", "primary_colour", "secondary_colour")
    def _check_shape(self):
        for brand in self:
            if brand.host_name and not HOST.fullmatch(brand.host_name):
                raise ValidationError(
                    self.env._(
                        "“%(host)s” is no host name. Write it small and without https://, like "
                        "portal.example.com.",
                        host=brand.host_name,
                    )
                )
            for colour in (brand.primary_colour, brand.secondary_colour):
                if colour and not COLOUR.fullmatch(colour):
                    raise ValidationError(
                        self.env._("“%(colour)s” is no colour like #1f3a5f.", colour=colour)
                    )

    @api.model_create_multi
    def create(self, vals_list):
        brands = super().create(vals_list)
        for brand in brands:
            if not brand.program_node_id.sudo().has_brand:  # Safe: a flag of its model.
                raise UserError(
                    self.env._(
                        "%(node)s sells under the brand of the seller it works for, so it has no "
                        "brand of its own. A brand comes with another commercial model.",
                        node=brand.program_node_id.sudo().name,
                    )
                )
        brands._check_change()
        return brands

    def write(self, vals):
        self._check_change()
        return super().write(vals)

    def _check_change(self):
        if self.env.su:
            return
        for brand in self:
            if obstacle := brand._change_obstacle():
                raise AccessError(obstacle)

    def _change_obstacle(self):
        """Why the caller may not change this brand, or an empty text.

        A manager of the partner changes it while the partner holds the right; the platform's
        administrators may, and the partner reads that they did.
        """
        if self.env.user.has_group("partner_governance.group_platform_administrator"):
            return ""
        # Safe: whose brand it is, compared with the caller's own node.
        node = self.sudo().program_node_id
        if node.id != self.env["program.isolation"]._scope_of_person().node_id:
            return self.env._("The brand of %(node)s is changed by its own managers.",
                              node=node.name)  # fmt: skip
        if not self.env.user.has_group("partner_governance.group_partner_manager"):
            return self.env._("A brand is changed by managers.")
        if not node._holds_brand_right():
            return self.env._(
                "%(node)s does not hold the right to change its brand. Ask its upline.",
                node=node.name,
            )
        return ""


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _holds_brand_right(self):
        """Whether the ledger of rights lets this partner change its brand today."""
        return self.is_root or (
            self.has_brand and self.env["program.right"]._holds("branding", self)
        )

from odoo import api, fields, models
from odoo.exceptions import AccessError


class ProgramWelcome(models.TransientModel):
    """What a partner says about itself, on one page: address, tax number, territory, brand."""

    _name = "program.welcome"
    _description = "About us"

    node_id = fields.Many2one(
        "program.partner",
        required=True,
        readonly=True,
        default=lambda self: self.env.user.sudo().program_partner_id,
    )
    name = fields.Char(related="node_id.name", string="Company")
    model_code = fields.Selection(related="node_id.model_code")
    has_brand = fields.Boolean(related="node_id.has_brand")
    missing_records = fields.Text(related="node_id.missing_records")
    street = fields.Char()
    zip = fields.Char()
    city = fields.Char()
    country_id = fields.Many2one("res.country")
    vat = fields.Char(string="Tax number")
    website = fields.Char()
    phone = fields.Char()
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many("res.country.state", string="Regions")
    vertical_ids = fields.Many2many("program.vertical", string="Industries")
    lead_ownership = fields.Selection(related="node_id.lead_ownership", string="Our leads")
    service_scope = fields.Text(string="We deliver")
    service_scope_out = fields.Text(string="We do not deliver")
    brand_name = fields.Char(string="Trade name")
    logo = fields.Image(max_width=512, max_height=512)
    primary_colour = fields.Char(string="Colour")
    support_email = fields.Char(string="Support address")

    CONTACT = ("street", "zip", "city", "country_id", "vat", "website", "phone")
    NODE = ("service_scope", "service_scope_out")
    PLACES = ("country_ids", "state_ids", "vertical_ids")
    BRAND = ("logo", "primary_colour", "support_email")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        # Safe: what the caller's own company says about itself.
        node = self.env.user.sudo().program_partner_id
        contact = node.partner_id
        brand = node.with_context(active_test=False).brand_ids[:1]
        for name in self.CONTACT:
            value = contact[name]
            values[name] = value.id if name == "country_id" else value
        for name in self.NODE:
            values[name] = node[name]
        for name in self.PLACES:
            values[name] = [(6, 0, node[name].ids)]
        for name in self.BRAND:
            values[name] = brand[name]
        values["brand_name"] = brand.name
        return values

    def action_save(self):
        """Write the own company, and begin the onboarding of an invited partner."""
        self.ensure_one()
        # Safe: never what the form says but the caller's own node, and its managers alone.
        node = self.env.user.sudo().program_partner_id
        if not node or not self.env.user.has_group("partner_governance.group_partner_manager"):
            raise AccessError(self.env._("That is filled in by the partner's own managers."))
        node.partner_id.write(
            {name: self[name].id if name == "country_id" else self[name] for name in self.CONTACT}
        )
        places = {name: [(6, 0, self[name].ids)] for name in self.PLACES}
        node.write({**{name: self[name] for name in self.NODE}, **places})
        self._save_brand(node)
        if node.state == "invited":
            node._go("onboarding")
        if node.onboarding_state == "onboarding":
            # What is wanted next, instead of the record that was just filled in.
            return self.env["program.partner"].action_my_onboarding()
        return {
            "type": "ir.actions.act_window",
            "res_model": "program.partner",
            "res_id": node.id,
            "view_mode": "form",
        }

    def _save_brand(self, node):
        if not self.brand_name or not node.has_brand:
            return
        values = {"name": self.brand_name, **{name: self[name] for name in self.BRAND}}
        # With the caller's own rights: whoever may not change the brand is told so.
        # Before go-to-market the brand is archived: the same one is filled in again.
        brand = node.with_context(active_test=False).brand_ids[:1].with_env(self.env)
        if brand:
            changed = {
                name: value for name, value in values.items() if (brand[name] or False) != value
            }
            if changed:
                brand.write(changed)
        else:
            self.env["program.brand"].create(
                {name: value for name, value in values.items() if value}
            )

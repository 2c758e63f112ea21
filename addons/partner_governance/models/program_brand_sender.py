from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import request
from odoo.tools import email_normalize, formataddr


class ProgramBrand(models.Model):
    """From whom a brand's mails leave: from its own sender once the platform's operations have
    checked the DNS of its domain, before that visibly not at all (TRADE 7, PG-026)."""

    _inherit = "program.brand"

    # The check is of one address: another one is checked anew.
    sender_checked_for = fields.Char(readonly=True, copy=False)
    sender_checked_on = fields.Date(string="DNS checked on", readonly=True, copy=False)
    sender_checked_uid = fields.Many2one(
        "res.users", string="DNS checked by", readonly=True, copy=False, ondelete="restrict"
    )
    # Nobody takes a name by writing it down: operations have looked whose it is.
    host_checked_for = fields.Char(readonly=True, copy=False, index="btree_not_null")
    host_state = fields.Selection(
        [("none", "No host name"), ("waiting", "Not checked"), ("checked", "Checked")],
        string="Host",
        compute="_compute_host_state",
    )
    sender_state = fields.Selection(
        [("none", "No sender of its own"), ("waiting", "DNS not checked"), ("checked", "Checked")],
        string="Sender",
        compute="_compute_sender_state",
    )

    @api.depends("sender_email", "sender_checked_for")
    def _compute_sender_state(self):
        for brand in self:
            if not brand.sender_email:
                brand.sender_state = "none"
            else:
                same = brand.sender_checked_for == email_normalize(brand.sender_email)
                brand.sender_state = "checked" if same else "waiting"

    @api.depends("host_name", "host_checked_for")
    def _compute_host_state(self):
        for brand in self:
            if not brand.host_name:
                brand.host_state = "none"
            else:
                same = brand.host_checked_for == brand.host_name
                brand.host_state = "checked" if same else "waiting"

    @api.constrains("host_name")
    def _check_host_is_free(self):
        address = self.env["ir.config_parameter"].sudo().get_param("web.base.url")  # Safe: public.
        own = urlsplit(address or "").hostname
        for brand in self:
            if brand.host_name and brand.host_name == own:
                raise ValidationError(
                    self.env._(
                        "“%(host)s” is the programme's own host name. Choose another one.",
                        host=brand.host_name,
                    )
                )

    @api.constrains("sender_email")
    def _check_sender_email(self):
        for brand in self:
            if brand.sender_email and not email_normalize(brand.sender_email):
                raise ValidationError(
                    self.env._(
                        "“%(address)s” is no e-mail address: write one, like mail@example.com.",
                        address=brand.sender_email,
                    )
                )

    def action_confirm_sender(self):
        """Platform operations have looked: SPF and DKIM of the domain name this mail server."""
        self._check_operations()
        if not self.sender_email:
            raise UserError(
                self.env._("“%(brand)s” names no sender address: enter it first.", brand=self.name)
            )
        # Safe: who may confirm has been checked; the check has no other way in.
        brand = self.sudo()
        brand.write(
            {
                "sender_checked_for": email_normalize(brand.sender_email),
                "sender_checked_on": fields.Date.context_today(self),
                "sender_checked_uid": self.env.uid,
            }
        )
        self.env["governance.event"]._record(
            "brand_sender_checked", brand, node=brand.program_node_id, new=brand.sender_checked_for
        )
        return True

    def action_confirm_host(self):
        """Platform operations have looked: the name leads here, by the will of its owner."""
        self._check_operations()
        if not self.host_name:
            raise UserError(
                self.env._("“%(brand)s” has no host name: enter it first.", brand=self.name)
            )
        # Safe: who may confirm has been checked; the check has no other way in.
        brand = self.sudo()
        brand.host_checked_for = brand.host_name
        self.env["governance.event"]._record(
            "brand_host_checked", brand, node=brand.program_node_id, new=brand.host_name
        )
        return True

    def _check_operations(self):
        self.ensure_one()
        if not self.env.user.has_group("partner_governance.group_platform_operations"):
            raise AccessError(
                self.env._("The DNS of a brand is checked by the platform's operations.")
            )

    def _sender_address(self):
        """“Name <address>” of the brand's own sender; False while it has none, or its DNS has not
        been checked."""
        if self.sender_state != "checked":
            return False
        return formataddr((self.sender_name or self.name, email_normalize(self.sender_email)))

    def _sender_obstacle(self):
        """What keeps the brand's own sender from being used, with what to do; or empty."""
        if self.sender_state != "waiting":
            return ""
        return self.env._(
            "Nothing leaves from “%(address)s” yet: the DNS of its domain has not been checked. "
            "Ask the platform's operations (brand “%(brand)s”, button “DNS is checked”), and send "
            "again.",
            address=self.sender_email,
            brand=self.name,
        )

    # What is shown under the host name of a brand.

    @api.model
    def _of_request(self):
        """The brand whose host name was asked for and has been checked, as pages show it; empty for
        the programme's own host. Log-in, reset and portal ask it.

        :return: dict with name, legal_name, colour, logo (base64 or False); or an empty dict
        """
        host = request.httprequest.host if request else ""
        host = host.partition(":")[0].lower()
        # Safe: a brand is made to be shown to everybody who comes to its host.
        brand = self.sudo().search([("host_checked_for", "=", host)], limit=1) if host else self
        if brand.host_state != "checked" or brand.program_node_id._brand_in_use() != brand:
            return {}
        return {
            "name": brand.name,
            "legal_name": brand.legal_name or brand.name,
            "colour": brand.primary_colour or "#1f3a5f",
            "logo": brand.logo,
        }

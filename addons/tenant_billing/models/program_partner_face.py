import re

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
DEFAULT_COLOUR = "#1f3a5f"


class ProgramPartner(models.Model):
    """How a seller shows itself to its customers, and from whom its mails come (TRADE 7)."""

    _inherit = "program.partner"

    def _brand(self):
        return self._brand_in_use()

    def _face(self):
        """What customers read on mails, pages and documents: of the brand, else the company.

        Runs as the system: a brand is made to be shown, and its company's address with it.

        :return: dict with name, legal_name, logo (base64 or False), colour, footer, email,
            address (lines)
        """
        self.ensure_one()
        brand, company = self._brand(), self.company_id
        contact = self.partner_id
        colour = brand.primary_colour or company.primary_color or ""
        return {
            "name": brand.name or self.name,
            "legal_name": brand.legal_name or self.name,
            "logo": brand.logo or (not company.uses_default_logo and company.logo) or False,
            # It goes into styles, so nothing but a colour passes.
            "colour": colour if COLOUR.fullmatch(colour) else DEFAULT_COLOUR,
            "footer": brand.footer or False,
            "email": email_normalize(brand.support_email or company.email or "") or False,
            "address": [
                part
                for part in (
                    contact.street,
                    " ".join(filter(None, (contact.zip, contact.city))),
                    contact.country_id.name,
                )
                if part
            ],
        }

    def _sender(self):
        """“Name <address>” of the brand's own sender, whose DNS has been checked; the platform,
        whose server sends, has the address of its company. Nobody else's stands in for it.
        False: nothing leaves under this name."""
        self.ensure_one()
        brand = self._brand()
        if brand.sender_email:
            return brand._sender_address()
        address = self.is_root and email_normalize(self.company_id.email or "")
        return address and formataddr((brand.name or self.name, address))

    def _sender_missing(self):
        """What keeps mails of this node from leaving, with what to do."""
        return self._brand()._sender_obstacle() or self.env._(
            "%(seller)s has no sender: enter the sender address of its brand, have its DNS checked "
            "by the platform's operations, and send again.",
            seller=self.name,
        )

    def _reply_to(self):
        """Where answers go: to what the brand, else its company, names for its customers."""
        face = self._face()
        return face["email"] and formataddr((face["name"], face["email"]))

    def _send_mail(self, values):
        """Send one mail under this seller's name, now: from its own sender, or visibly not at
        all. Called by what the outbox carries out, as the system.

        :param values: of ``mail.mail``, without a sender
        :raises UserError: without a sender, or where the mail server does not take it
        """
        sender = self._sender()
        if not sender:
            raise UserError(self._sender_missing())
        mail = self.env["mail.mail"].create(
            {
                "auto_delete": False,
                **values,
                "email_from": sender,
                "reply_to": self._reply_to() or sender,
            }
        )
        try:
            mail.send(raise_exception=True)
        except MailDeliveryException as error:
            raise UserError(str(error.args[0])) from error
        if mail.state in ("exception", "cancel"):
            raise UserError(mail.failure_reason or self.env._("The mail was not taken."))
        return mail

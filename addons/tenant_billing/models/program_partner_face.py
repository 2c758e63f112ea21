import re

from odoo import models

COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
DEFAULT_COLOUR = "#1f3a5f"


class ProgramPartner(models.Model):
    """How a seller shows itself to its customers."""

    _inherit = "program.partner"

    def _face(self):
        """What customers read on mails, pages and documents: of the brand, else the company.

        Runs as the system: a brand is made to be shown, and its company's address with it.

        :return: dict with name, legal_name, logo (base64 or False), colour, footer, email,
            address (lines)
        """
        self.ensure_one()
        brand, company = self.brand_ids[:1], self.company_id
        contact = self.partner_id
        colour = brand.primary_colour or company.primary_color or ""
        return {
            "name": brand.name or self.name,
            "legal_name": brand.legal_name or self.name,
            "logo": brand.logo or (not company.uses_default_logo and company.logo) or False,
            # It goes into styles, so nothing but a colour passes.
            "colour": colour if COLOUR.fullmatch(colour) else DEFAULT_COLOUR,
            "footer": brand.footer or False,
            "email": brand.support_email or company.email or contact.email or False,
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

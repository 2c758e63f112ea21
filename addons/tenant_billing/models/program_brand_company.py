from markupsafe import Markup

from odoo import api, models

# What of a company's contact its documents print.
ADDRESS = frozenset(("name", "street", "street2", "zip", "city", "state_id", "country_id", "vat"))


class ProgramBrand(models.Model):
    """Logo, colour, legal name and footer of a brand stand on the invoices of its seller too: its
    company's layout takes them over (DESIGN 4.4, PG-026)."""

    _inherit = "program.brand"

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        found.program_node_id._dress_company()
        return found

    def write(self, vals):
        before = self.program_node_id
        done = super().write(vals)
        (before | self.program_node_id)._dress_company()
        return done


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create(vals_list)
        nodes._dress_company()
        return nodes

    def _dress_company(self):
        """Give the company's documents the face of its brand. Without one they stay as they are,
        but for the picture that Odoo puts where a logo is missing."""
        # Safe: the node's own company gets what the node's own brand shows to everybody.
        for node in self.sudo():
            face, company = node._face(), node.company_id
            if not node._brand():
                if company.logo and company.uses_default_logo:
                    company.logo = False
                continue
            company.write({"logo": face["logo"], "primary_color": face["colour"]})
            vat = company.vat and f"{company.country_id.vat_label or 'VAT'}: {company.vat}"
            lines = [face["legal_name"], *face["address"], *([vat] if vat else [])]
            details = Markup("<br/>").join(lines)
            footer = ", ".join(filter(None, (face["footer"] or face["legal_name"], face["email"])))
            for code, _name in self.env["res.lang"].get_installed():
                company.with_context(lang=code).write(
                    {"company_details": details, "report_footer": Markup("<p>%s</p>") % footer}
                )

    @api.model
    def _dress_all(self):
        self.search([("company_id", "!=", False)])._dress_company()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        done = super().write(vals)
        if ADDRESS & vals.keys():
            # Safe: an address that was changed is printed by the company whose it is.
            nodes = self.env["program.partner"].sudo().search([("partner_id", "in", self.ids)])
            nodes._dress_company()
        return done

from odoo import api, models


class ProgramDeal(models.Model):
    """A partner registers deals once its commercial qualification is closed (TRADE 7)."""

    _inherit = "program.deal"

    @api.model_create_multi
    def create(self, vals_list):
        deals = super().create(vals_list)
        deals.program_node_id._onboarding_guard("deals")
        return deals


class ProjectProject(models.Model):
    """A partner delivers projects once its delivery certification is closed."""

    _inherit = "project.project"

    @api.model_create_multi
    def create(self, vals_list):
        projects = super().create(vals_list)
        projects.program_node_id._onboarding_guard("delivery")
        return projects


class ProgramBrand(models.Model):
    """A brand is prepared at any time and used once the go-to-market activation is closed."""

    _inherit = "program.brand"

    @api.model_create_multi
    def create(self, vals_list):
        brands = super().create(vals_list)
        early = brands.filtered(lambda brand: not brand.program_node_id._onboarding_opens("brand"))
        super(ProgramBrand, early).write({"active": False})
        return brands

    def write(self, vals):
        if vals.get("active"):
            self.program_node_id._onboarding_guard("brand")
        return super().write(vals)

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


class ProgramPartner(models.Model):
    """A brand is prepared at any time, and seen once the go-to-market activation is closed."""

    _inherit = "program.partner"

    def _brand_in_use(self):
        """The brand that customers see; empty while onboarding has not opened it."""
        self.ensure_one()
        if not self._onboarding_opens("brand"):
            return self.env["program.brand"]
        return self.brand_ids.filtered("active")[:1]

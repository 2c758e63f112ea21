"""What demo data cannot say in XML: find the root, answer a questionnaire."""

from odoo import api, models


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    @api.model
    def _demo_name_root(self):
        """Give the root the external id that the demo partners stand below."""
        root = self._ensure_root()
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "partner_governance.node_root", "record": root, "noupdate": True}]
        )

    @api.model
    def _demo_name_contacts(self, node_id, contacts):
        rights = self.browse(node_id).right_ids.filtered(lambda each: each.kind == "incident")
        rights.incident_contacts = contacts


class ProgramDeal(models.Model):
    _inherit = "program.deal"

    @api.model
    def _demo_answer(self, deal_id, answers):
        self.browse(deal_id).qualification_id.write(answers)

    @api.model
    def _demo_start_project(self, deal_id, xml_id):
        """The deal is won and its project made, as its people would; it gets ``xml_id``."""
        deal = self.browse(deal_id)
        deal.lead_ids.action_set_won()
        deal.action_start_project()
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": xml_id, "record": deal.project_ids, "noupdate": True}]
        )

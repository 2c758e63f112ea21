"""What demo data of tiers and council cannot say in XML: signatures, a review, a meeting."""

from odoo import api, fields, models


class ProgramTierAssignment(models.Model):
    _inherit = "program.tier.assignment"

    @api.model
    def _demo_hold(self, node_id, grade_id):
        """A tier that was taken over, with its signatures."""
        made = self._take_over(
            self.env["program.partner"].browse(node_id),
            self.env["res.partner.grade"].browse(grade_id),
            "Contract of the earlier programme",
        )
        for approval in made.approval_ids.sorted("sequence"):
            people = approval.node_id.user_ids - made.requester_id
            signer = people.filtered(lambda each, a=approval: a.group_id in each.all_group_ids)[:1]
            approval.with_user(signer).action_approve()


class ProgramTierAssessment(models.Model):
    _inherit = "program.tier.assessment"

    @api.model
    def _demo_review(self):
        self._review_batch()


class GovernanceCouncil(models.Model):
    _inherit = "governance.council"

    @api.model
    def _demo_meet(self, node_id):
        """This quarter's meetings: the council and one partner's review have their pack."""
        self._propose_batch()
        quarter = fields.Date.start_of(fields.Date.context_today(self), "quarter")
        meetings = self.search([("quarter", "=", quarter)])
        wanted = meetings.filtered(
            lambda each: each.kind == "council" or each.reviewed_id.id == node_id
        )
        wanted.action_start()

from odoo import models


class GovernanceTrailMixin(models.AbstractModel):
    """A record whose audit rows a manager opens from its form (PG-128)."""

    _name = "governance.trail.mixin"
    _description = "Shows its audit rows"

    def _trail_records(self):
        """Recordsets whose events belong to this record's story, its own first."""
        return [self]

    def action_trail(self):
        self.ensure_one()
        return self.env["governance.trail"]._open(self._trail_records())


class ProgramPartner(models.Model):
    _name = "program.partner"
    _inherit = ["program.partner", "governance.trail.mixin"]

    def _trail_records(self):
        return [*super()._trail_records(), self.tier_assignment_ids]


class ProgramDeal(models.Model):
    _name = "program.deal"
    _inherit = ["program.deal", "governance.trail.mixin"]

    def _trail_records(self):
        reviews = self.review_ids
        return [*super()._trail_records(), reviews, reviews.approval_ids]


class GovernanceReview(models.Model):
    _name = "governance.review"
    _inherit = ["governance.review", "governance.trail.mixin"]

    def _trail_records(self):
        return [*super()._trail_records(), self.approval_ids]


class ProgramTierAssignment(models.Model):
    _name = "program.tier.assignment"
    _inherit = ["program.tier.assignment", "governance.trail.mixin"]

    def _trail_records(self):
        return [*super()._trail_records(), self.approval_ids]

from odoo import fields, models
from odoo.exceptions import UserError


class GovernanceGateSubject(models.AbstractModel):
    """What stands before a gate: a deal, the project that has come of it, a change."""

    _name = "governance.gate.subject"
    _description = "Stands before a gate"

    def _gate_deal(self):
        """The deal whose answers count."""
        raise NotImplementedError

    def _gate_reviews(self):
        """The reviews of this record."""
        raise NotImplementedError

    def _gate_review_values(self):
        """What a review of this record points at."""
        return {"deal_id": self._gate_deal().id}

    def _gate_answers(self):
        """The answers that are judged here; None where a gate judges something else."""
        return self._gate_deal().qualification_ids[:1]

    def _gate_condition_kept(self, name):
        """:raise UserError: the record went through on the condition ``name``, which stays"""

    def _gate_tier(self):
        return self._gate_deal().qualification_ids[:1].tier_id

    def _gate_tier_level(self):
        return self._gate_tier().level or 1

    def _gate_mark(self):
        """Mark of what is reviewed: another one makes a passage stale."""
        return self._gate_deal().qualification_ids[:1].fingerprint or ""

    def _review_of(self, gate):
        """The newest review of this record at a gate; waivers are counted apart."""
        return (
            self._gate_reviews()
            .filtered(lambda review: review.gate_id == gate and not review.is_waiver)
            .sorted("id", reverse=True)[:1]
        )

    def _waivers_of(self, gate):
        """Waivers of a gate that were signed; whether they run is a question of the day."""
        return self._gate_reviews().filtered(
            lambda review: review.gate_id == gate and review.is_waiver and review.state == "waived"
        )

    def _lapsed_gates(self, today):
        """Gates before an earlier door that were passed until a day only, and not since."""
        return self.env["governance.gate"]


class ProgramDeal(models.Model):
    _name = "program.deal"
    _inherit = ["program.deal", "governance.gate.subject"]

    def _gate_deal(self):
        return self

    def _gate_reviews(self):
        return self.review_ids.filtered(
            lambda review: not review.project_id and not review.change_id
        )

    def _gate_condition_kept(self, name):
        if self.state == "won":
            raise UserError(
                self.env._(
                    "%(deal)s was won on the condition “%(name)s”, so it is met, not dropped.",
                    deal=self.display_name,
                    name=name,
                )
            )

    def _ended_passages(self, today):
        """Gates that the deal passed until a day that is over, and has not passed since."""
        ended = self._gate_reviews().filtered(
            lambda review: (
                review.state in ("waived", "conditional", "expired") and review.valid_until < today
            )
        )
        return ended.gate_id.filtered(lambda gate: gate._missing(self))


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "governance.gate.subject"]

    program_tier_level = fields.Integer(
        related="program_deal_id.tier_level", store=True, string="Tier"
    )
    review_ids = fields.One2many("governance.review", "project_id", string="Gate reviews")

    def _gate_deal(self):
        return self.program_deal_id

    def _gate_reviews(self):
        return self.review_ids

    def _lapsed_gates(self, today):
        """What the deal was won on for a while is passed before its project goes on."""
        return self.program_deal_id._ended_passages(today)

    def _gate_review_values(self):
        return {**super()._gate_review_values(), "project_id": self.id}

    def _gate_condition_kept(self, name):
        self.program_deal_id._gate_condition_kept(name)

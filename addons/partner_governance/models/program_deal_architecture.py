from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProgramDeal(models.Model):
    """The template and the infrastructure of a deal, and why it leaves the advice (PG-102,
    PG-103)."""

    _inherit = "program.deal"

    architecture_id = fields.Many2one(
        "governance.architecture", string="Architecture", ondelete="restrict", tracking=True
    )
    advised_architecture_id = fields.Many2one(
        related="tier_id.architecture_id", string="Advised architecture"
    )
    infrastructure_advice = fields.Text(related="tier_id.infrastructure_advice")
    infrastructure_choice = fields.Selection(
        [("advised", "As advised"), ("other", "Something else")],
        string="Infrastructure",
        default="advised",
        required=True,
        tracking=True,
    )
    infrastructure_reason = fields.Char(string="Why not as advised", tracking=True)
    architecture_reason = fields.Char(string="Why another template", tracking=True)

    @api.constrains("infrastructure_choice", "infrastructure_reason")
    def _check_infrastructure(self):
        for deal in self:
            if (
                deal.infrastructure_choice == "other"
                and not (deal.infrastructure_reason or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "Tier %(tier)s advises: %(advice)s Say why this deal needs something else.",
                        tier=deal.tier_level,
                        advice=deal.infrastructure_advice or "",
                    )
                )

    @api.constrains("architecture_id", "architecture_reason")
    def _check_architecture(self):
        for deal in self:
            advised = deal.advised_architecture_id
            other = deal.architecture_id and advised and deal.architecture_id != advised
            if other and not (deal.architecture_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "“%(advised)s” is advised for this deal. Say why it needs “%(chosen)s”.",
                        advised=advised.name,
                        chosen=deal.architecture_id.name,
                    )
                )

    def write(self, vals):
        before = {deal.id: deal.architecture_id for deal in self}
        if "architecture_id" in vals:
            self.filtered(
                lambda deal: (
                    deal.architecture_id and deal.architecture_id.id != vals["architecture_id"]
                )
            )._check_answers_open()
        done = super().write(vals)
        if "architecture_id" in vals:
            for deal in self.filtered(lambda deal: deal.architecture_id != before[deal.id]):
                if before[deal.id]:
                    deal._program_architecture_changed(before[deal.id])
        return done

    def _program_architecture_changed(self, before):
        """Another template reopens the architecture reviews that compared with the first."""
        reviews = self.review_ids.filtered(
            lambda review: review.is_architecture and review.state in ("asked", "passed")
        )
        reviews._reopen(f"{before.name} → {self.architecture_id.name}")

    def action_apply_architecture(self):
        """One click: the template that the tier advises, on the deal and on its projects."""
        for deal in self:
            deal.architecture_id = deal.advised_architecture_id
        return True


class ProjectProject(models.Model):
    _inherit = "project.project"

    architecture_id = fields.Many2one(
        related="program_deal_id.architecture_id", string="Architecture", store=True
    )

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import qualification as engine


class GovernanceTierOverride(models.Model):
    """Another tier than the rules say, with its reason and its name: up is free, down is
    approved (PG-097 … PG-100). A lower tier holds for the answers that it was approved for."""

    _name = "governance.tier.override"
    _description = "Override of a governance tier"
    _inherit = ["mail.thread", "governance.signed.mixin"]
    _order = "id desc"

    deal_id = fields.Many2one("program.deal", required=True, ondelete="restrict", index=True)
    program_node_id = fields.Many2one(
        related="deal_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    tier_id = fields.Many2one(
        "governance.tier", string="Tier instead", required=True, ondelete="restrict"
    )
    reason = fields.Char(required=True)
    tier_before = fields.Integer(string="Tier by the rules", readonly=True, copy=False)
    mark = fields.Char(readonly=True, copy=False)

    @api.depends("deal_id", "tier_id")
    def _compute_display_name(self):
        for one in self:
            deal = one.deal_id.sudo().display_name
            one.display_name = self.env._("%(deal)s as %(tier)s", deal=deal, tier=one.tier_id.name)

    @api.constrains("reason")
    def _check_reason(self):
        for one in self:
            if not one.reason.strip():
                raise ValidationError(self.env._("Say why the rules do not fit this deal."))

    @api.model_create_multi
    def create(self, vals_list):
        overrides = super().create(vals_list)
        for one in overrides:
            one.deal_id.check_access("write")
            one.deal_id._check_answers_open()
            one._ask()
        return overrides

    def write(self, vals):
        if {"deal_id", "tier_id", "reason"} & vals.keys() and not self.env.su:
            raise UserError(self.env._("An override stays as it was asked; ask for another one."))
        return super().write(vals)

    def _ask(self):
        """Up takes effect at once; down asks the upline and the programme desk."""
        # Safe: the rules' own tier of the deal, kept beside what is asked instead.
        one = self.sudo()
        answers = one.deal_id.qualification_ids[:1]
        one.write({"tier_before": answers.computed_tier_level, "mark": answers.fingerprint})
        # An approved override may hold a higher tier than the rules: going below it is down too.
        down = one.tier_id.level < max(one.tier_before, answers.tier_level)
        self._ask_signatures(one._demands() if down else [])

    def _demands(self):
        root = self.env["program.partner"]._root()
        upline = self.program_node_id.upline_id
        demands = [
            {
                "name": self.env._("Programme desk"),
                "node_id": root.id,
                "group_id": self._sign_group("platform_programme").id,
                "sequence": 20,
            }
        ]
        if upline and upline != root:
            demands.append(
                {
                    "name": self.env._("Upline"),
                    "node_id": upline.id,
                    "group_id": self._sign_group("partner_manager").id,
                    "sequence": 10,
                }
            )
        return demands

    def _signed(self):
        done = super()._signed()
        for one in self:
            answers = one.deal_id.qualification_ids[:1]
            self.env["governance.event"]._record(
                "tier_overridden",
                one,
                node=one.program_node_id,
                old=str(one.tier_before),
                new=str(one.tier_id.level),
                reason=one.reason,
            )
            if answers.tier_level != one.tier_before:
                one.deal_id._program_answers_changed(
                    [(self.env._("Tier"), one.tier_before, answers.tier_level)]
                )
        return done


class ProgramDeal(models.Model):
    _inherit = "program.deal"

    override_ids = fields.One2many("governance.tier.override", "deal_id", string="Overrides")


class GovernanceQualification(models.Model):
    _inherit = "governance.qualification"

    @api.depends(
        lambda self: ("deal_id.kind", "deal_id.override_ids.sign_state", *self._answer_names())
    )
    def _compute_outcome(self):
        return super()._compute_outcome()

    def _override_level(self):
        approved = self.deal_id.override_ids.filtered(lambda one: one.sign_state == "approved")
        return engine.overridden(
            self.computed_tier_level,
            self.fingerprint,
            tuple((one.tier_id.level, one.mark or "") for one in approved.sorted("id")),
        )

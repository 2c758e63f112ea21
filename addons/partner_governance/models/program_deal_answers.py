from odoo import fields, models
from odoo.exceptions import UserError


class ProgramDeal(models.Model):
    """What a changed answer sets going: flags, reopened reviews, a passage by rule."""

    _inherit = "program.deal"

    def write(self, vals):
        if "kind" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda deal: deal.kind != vals["kind"])
        changed._check_answers_open()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        before = {deal.id: kinds.get(deal.kind) for deal in changed}
        done = super().write(vals)
        for deal in changed:
            deal._program_answers_changed(
                [(self.env._("Kind of deal"), before[deal.id], kinds.get(deal.kind))]
            )
        return done

    def _check_answers_open(self):
        """What was signed for a won deal stands; what changes then is a change request."""
        won = self.filtered(lambda deal: deal.state == "won" and not deal._answers_are_owed())
        if won and not self.env.su:
            raise UserError(
                self.env._(
                    "%(deal)s is won, so its answers stay as they were signed. Ask for a change "
                    "of the project instead.",
                    deal=won[0].display_name,
                )
            )

    def _answers_are_owed(self):
        """Whether it was won on a waiver that is over, and never answered in full."""
        today = fields.Date.context_today(self)
        return not self.qualification_ids[:1].is_complete and bool(self._ended_passages(today))

    def _program_answers_changed(self, difference):
        """A changed answer reopens what was asked or passed, and shows the difference."""
        self.env["governance.flag"]._follow(self.qualification_ids)
        lines = "; ".join(f"{label}: {old} → {new}" for label, old, new in difference)
        for deal in self:
            deal._program_reopen(lines)
            deal._program_pass_by_rule()

    def _program_flags_changed(self):
        """A flag was answered: what waited for it may pass by rule now."""
        self._program_pass_by_rule()

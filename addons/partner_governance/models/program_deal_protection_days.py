from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import matching


class ProgramDeal(models.Model):
    """How long a protection lasts: steps, extension, warning, lapse (PG-025)."""

    _inherit = "program.deal"

    def _program_step(self):
        """Something has been done on the deal: its protection lives on."""
        # Safe: the day of what the caller has just done.
        self.sudo().filtered(lambda deal: deal.state == "registered").write(
            {"last_step_on": fields.Date.context_today(self), "warned_on": False}
        )

    def _program_answers_changed(self, difference):
        done = super()._program_answers_changed(difference)
        self._program_step()
        return done

    def action_request_review(self):
        done = super().action_request_review()
        self._program_step()
        return done

    def action_extend_protection(self):
        """Once, by the days that the partner's tier gives."""
        self._check_own()
        for deal in self:
            if deal.protection_state != "protected" or deal.state != "registered":
                raise UserError(self.env._("Only a running protection can be extended."))
            if deal.is_extended:
                raise UserError(
                    self.env._(
                        "The protection of %(company)s has been extended already, until %(day)s.",
                        company=deal.company_name,
                        day=deal.protected_until,
                    )
                )
            # Safe: who may work on the deal may extend it once, checked above.
            own = deal.sudo()
            until = fields.Date.add(
                own.protected_until, days=own.program_node_id._protection_days()
            )
            own.write({"protected_until": until, "is_extended": True})
            own.ownership_ids._still_running().date_until = until
            self.env["governance.event"]._record(
                "protection_extended", own, node=own.program_node_id, new=str(until)
            )
            deal._program_step()
        return True

    @api.model
    def _cron_protection(self, limit=500):
        """Warn before a protection lapses, end it when it does."""
        today = fields.Date.context_today(self)
        soon = fields.Date.add(today, days=matching.WARN_DAYS)
        deals = self.search(
            [
                ("protection_state", "=", "protected"),
                ("state", "=", "registered"),
                "|",
                ("lapses_on", "<=", today),
                "&",
                ("lapses_on", "<=", soon),
                ("warned_on", "=", False),
            ],
            order="lapses_on, id",
            limit=limit,
        )
        past = deals._past_protection()
        past._lapse()
        for deal in deals - past:
            deal._warn(today)
        self.env["ir.cron"]._commit_progress(len(deals), remaining=int(len(deals) == limit))

    def _past_protection(self):
        today = fields.Date.context_today(self)
        return self.filtered(
            lambda deal: (
                deal.protection_state == "protected"
                and deal.state == "registered"
                and deal.lapses_on
                and deal.lapses_on <= today
            )
        )

    def _lapse(self):
        why = self.env._("protection lapsed")
        for deal in self:
            deal.ownership_ids.filtered(lambda one: not one.ended_why)._end(why)
            deal.protection_state = "lapsed"
            deal.message_post(body=self.env._("The protection of this company has lapsed."))
            self.env["governance.event"]._record(
                "protection_lapsed", deal, node=deal.program_node_id, old="protected", new="lapsed"
            )

    def _warn(self, today):
        self.warned_on = today
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            self.lapses_on,
            summary=self.env._("The protection lapses: take a step, or extend it"),
            user_id=(self.user_id or self.program_node_id._first_person()).id or self.env.uid,
        )

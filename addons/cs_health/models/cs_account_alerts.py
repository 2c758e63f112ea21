from datetime import timedelta

from odoo import models
from odoo.tools import plaintext2html

# How many metrics a change of band names as its causes.
CAUSES = 3
DAYS_TO_ACT = 3


class CsAccount(models.Model):
    """What follows from a new band: a line in the log that says why, and a task."""

    _inherit = "cs.account"

    def _tell_band(self, before, verdicts):
        """One line in the log of each account: from which band to which, and why."""
        names = {
            metric.code: metric.name
            for metric in self.env["cs.metric"].with_context(active_test=False).search([])
        }
        bands = dict(self._fields["band"]._description_selection(self.env))
        bodies = {}
        for account in self:
            if account.id not in verdicts or not before[account.id]:
                continue
            verdict = verdicts[account.id]
            causes = sorted(verdict.changes.items(), key=lambda item: -abs(item[1]))[:CAUSES]
            why = [f"{names[code]} {change:+}" for code, change in causes]
            why += [
                self.env._("hard stop: %(name)s", name=names.get(code, code))
                for code in verdict.banded.stops
            ]
            text = self.env._(
                "Health went from %(old)s to %(new)s (%(change)s). %(why)s",
                old=bands[before[account.id]],
                new=bands[account.band],
                change=f"{verdict.change:+}",
                why="; ".join(why),
            )
            bodies[account.id] = plaintext2html(text)
        if bodies:
            self.browse(bodies)._message_log_batch(bodies=bodies)

    def _plan_rescue(self, day):
        """One open task for the owner of a live customer that is at risk or unknown."""
        worrying = self.filtered(
            lambda account: (
                account.band in ("red", "insufficient") and account.stage != "implementation"
            )
        )
        if not worrying:
            return
        kind = self.env.ref("cs_health.activity_at_risk")
        open_tasks = self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", worrying.ids),
                ("activity_type_id", "=", kind.id),
            ]
        )
        taken = set(open_tasks.mapped("res_id"))
        model_id = self.env["ir.model"]._get_id(self._name)
        bands = dict(self._fields["band"]._description_selection(self.env))
        # Quick: the owner finds the task in the list; no mail per customer and night.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model_id,
                    "res_id": account.id,
                    "user_id": account.user_id.id,
                    "date_deadline": day + timedelta(days=DAYS_TO_ACT),
                    "summary": bands[account.band],
                    "automated": True,
                }
                for account in worrying
                if account.id not in taken
            ]
        )

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import bands
from ..exceptions import message


class CsAccount(models.Model):
    """A person's band beside the computed one, with a reason, an owner and an end."""

    _inherit = "cs.account"

    def _override(self, band, reason, until):
        """A person's band beside the computed one, until and including a day.

        :raises UserError: codes ``override_*`` of the engine
        """
        self.check_access("write")
        today = fields.Date.context_today(self)
        wanted = bands.Override(band, reason or "", str(self.env.uid), today, until or today)
        code = bands.check_override(wanted)
        if code:
            raise UserError(message(self.env, code))
        self._set_override(band, reason, self.env.user, today, until)

    def action_end_override(self):
        """Back to the computed band."""
        self.check_access("write")
        self._set_override(False, False, self.env["res.users"], False, False)

    def _set_override(self, band, reason, user, start, until):
        # Safe: the caller may write the account, or is the cron; there is no other way in.
        for account in self.sudo():
            before = account.override_band
            account.write(
                {
                    "override_band": band,
                    "override_reason": reason,
                    "override_user_id": user.id,
                    "override_from": start,
                    "override_until": until,
                }
            )
            self.env["governance.event"]._record(
                "health_override",
                account,
                node=account.program_node_id,
                old=before or "",
                new=band or "",
                reason=reason or "",
            )

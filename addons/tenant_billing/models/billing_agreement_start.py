from odoo import models
from odoo.exceptions import UserError


class BillingAgreement(models.Model):
    """From which day on an agreement may begin, which its seller starts alone."""

    _inherit = "billing.agreement"

    def action_start(self):
        self._check_own()
        for agreement in self:
            agreement._refuse_past()
        return super().action_start()

    def _refuse_past(self):
        """Its partner is not asked, so nobody charges it for months that are over.

        :raises UserError:
        """
        first = self.env["billing.run"]._clock().date().replace(day=1)
        if not self.env.su and self.start_date < first:
            raise UserError(
                self.env._(
                    "%(name)s would begin on %(start)s, in a month that is over: its partner would "
                    "be charged for days that it never agreed to. Let it begin on %(first)s or "
                    "later.",
                    name=self.display_name,
                    start=self.start_date,
                    first=first,
                )
            )

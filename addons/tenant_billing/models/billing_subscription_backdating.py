from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ..adapters import facts as adapter
from ..engine.changes import standing

# Default of the parameter tenant_billing.backdate_days.
BACKDATE_DAYS = 0


class BillingSubscription(models.Model):
    """What was served stays charged, on every leg: a buyer does not take it back by a date."""

    _inherit = "billing.subscription"

    def _check_lowering(self, day):
        """Whether the user may date from ``day`` what lowers charges: a pause, an end, a smaller
        quantity. Partner staff go back the days of ``tenant_billing.backdate_days`` at most, the
        programme desk as far as it has to.

        :raises UserError:
        """
        if self.env["program.isolation"]._scope().kind in ("system", "platform"):
            return
        first = self._today() - timedelta(days=self._bound("backdate_days", BACKDATE_DAYS))
        if day < first:
            raise UserError(
                self.env._(
                    "What was served up to %(first)s stays charged. Choose that day or a later "
                    "one, or ask the programme desk.",
                    first=first,
                )
            )

    def _check_lowered(self, versions, items):
        """`_check_lowering` for new versions of components, beside the ``items`` there are."""
        known = [adapter.version(item) for item in items.sorted("id")]
        kinds = {one.code: one.kind for one in self.plan_id.component_ids}
        for version in versions:
            now = standing(known, version.code, version.day)
            there = now and now.there(kinds[version.code])
            if there and (version.ends or version.quantity < now.quantity):
                self._check_lowering(version.day)

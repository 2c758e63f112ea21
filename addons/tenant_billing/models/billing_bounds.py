from odoo import models
from odoo.exceptions import UserError

from ..engine import bounds
from ..engine.errors import BillingError
from ..exceptions import engine_message, message

# Defaults of the parameters tenant_billing.catch_up_months and tenant_billing.max_charges.
CATCH_UP_MONTHS = 12
MAX_CHARGES = 2000


class BillingSubscription(models.Model):
    """Bounds of what one run bills on one subscription."""

    _inherit = "billing.subscription"

    def _bound(self, name, default):
        # Safe: reads one number of the configuration.
        text = self.env["ir.config_parameter"].sudo().get_param(f"tenant_billing.{name}")
        return int(text) if text and text.strip().isdigit() else default

    def _as_of(self, run):
        """Not further than the catch-up bound: missed periods are billed in order, with their
        own days, and the rest by the runs that follow (R-15)."""
        day = super()._as_of(run)
        first = [leg.opening_day or leg.date_from for leg in self.leg_ids]
        since = self.rated_until or max([self.start_date, *([min(first)] if first else [])])
        return bounds.last_day(since, day, self._bound("catch_up_months", CATCH_UP_MONTHS))

    def _check_count(self, count):
        """:raises UserError: where one run would book more charges than is allowed"""
        try:
            bounds.check_count(count, self._bound("max_charges", MAX_CHARGES))
        except BillingError as error:
            raise UserError(engine_message(self.env, error)) from error

    def _behind(self, run):
        """``[(subscription, reason)]``: those that a run could not bring up to its day."""
        months = self._bound("catch_up_months", CATCH_UP_MONTHS)
        return [
            (one, message(self.env, "catch_up", months=months, day=one.rated_until))
            for one in self
            if one.rated_until < run._as_of(one.timezone)
        ]

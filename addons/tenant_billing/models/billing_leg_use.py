from datetime import datetime, time, timedelta

from odoo import api, fields, models

from ..adapters import facts as facts_adapter
from ..adapters.terms import PriceMissing, terms, window
from ..engine.errors import BillingError
from ..engine.money import plain
from ..engine.plan_use import plan_use


class BillingLeg(models.Model):
    """What is used of what the contract includes, for renewals (TB-074)."""

    _inherit = "billing.leg"

    use_note = fields.Char(
        string="Use of plan",
        compute="_compute_use_note",
        help="Of each allowance, on average of the last three full periods.",
    )
    is_above_plan = fields.Boolean(compute="_compute_use_note")

    @api.depends_context("uid", "lang")
    def _compute_use_note(self):
        """Quantities of the leg's own tenant against what the leg's own prices include."""
        day = self.env["billing.run"]._clock().date()
        until = datetime.combine(day + timedelta(days=2), time(0))
        # Safe: prices of the legs themselves, and usage of the tenants that they are about.
        legs = self.sudo()
        facts = facts_adapter.read_facts(legs.subscription_id, until)
        for leg, own in zip(self, legs, strict=True):
            try:
                found = plan_use(terms(own.subscription_id, own, facts), day, window(own, facts))
            # Parked for what is wrong with it, which the subscription says.
            except (PriceMissing, BillingError):
                found = ()
            names = {
                item.code: item.component_id for item in facts.items.get(own.subscription_id.id, ())
            }
            leg.use_note = ", ".join(self._use_text(use, names[use.component]) for use in found)
            leg.is_above_plan = any(use.quantity > use.included for use in found)

    def _use_text(self, use, component):
        values = {"name": component.name, "unit": component.meter_id.unit or ""}
        if not use.periods:
            return self.env._("%(name)s: no full period yet", **values)
        return self.env._(
            "%(name)s %(used)s of %(included)s %(unit)s (%(percent)s %%)",
            used=plain(use.quantity, 1),
            included=plain(use.included, 1),
            percent=plain(100 * use.quantity / use.included, 0),
            **values,
        )

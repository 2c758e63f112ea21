from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..adapters import side_leg as adapter
from ..adapters import terms as terms_adapter
from ..adapters.parties import Parties
from ..adapters.prices import decimal
from ..engine.errors import BillingError
from ..engine.rating import recurring_rate
from ..engine.side_leg import is_shared, share_key, side_charges
from ..exceptions import engine_message
from .billing_parked import blamed_on


class BillingLeg(models.Model):
    """A side leg: no part of the chain, on the terms of an engagement (TB-027)."""

    _inherit = "billing.leg"

    side_terms_id = fields.Many2one(
        "billing.side.terms", index="btree_not_null", ondelete="restrict", readonly=True
    )

    _has_price = models.Constraint(
        "CHECK (price_book_id IS NOT NULL OR side_terms_id IS NOT NULL)",
        "A contract has a price book.",
    )

    def _side_cost(self, facts, day):
        """What its seller pays a month on side legs of the same subscription, in the currency of
        this leg, as far as it is known ahead: hours are not."""
        one, total = self.subscription_id, 0
        for side in facts.sides.get(one.id, ()):
            over = side.date_until and side.date_until <= day
            if side.buyer_id != self.seller_id or over or side.date_from > day:
                continue
            cost = side.side_terms_id._monthly(self, facts, day)
            if side.side_terms_id.kind != "share":
                company = self.seller_id.company_id
                cost = side.currency_id._convert(cost, self.currency_id, company, day)
            total += cost
        return total


class BillingSideTerms(models.Model):
    _inherit = "billing.side.terms"

    def _monthly(self, sale, facts, day):
        """What is paid a month: a share in the currency of ``sale``, else in its own."""
        one = sale.subscription_id
        if self.kind == "fixed":
            return self.amount / one._months_a_period()
        if self.kind == "hours":
            return 0
        try:
            known = terms_adapter.terms(one, sale, facts)
            net = Parties(self.env).net_share(sale)
        except (terms_adapter.PriceMissing, UserError):
            return 0
        streams = {item.code: item.component_id.stream for item in facts.items.get(one.id, ())}
        wanted = adapter.side_terms(self).streams
        shared = tuple(
            component
            for component in known.components
            if not wanted or streams[component.code] in wanted
        )
        rate = recurring_rate(replace(known, components=shared), max(day, one.start_date))
        rate *= net
        return float(rate * decimal(self.percent) / 100 / decimal(one._months_a_period()))


class BillingCharge(models.Model):
    _inherit = "billing.charge"

    share_rate = fields.Float(
        digits=(24, 12),
        help="Of a share of a sale in another currency: the rate at which it was first booked.",
    )


class BillingDiscount(models.Model):
    _inherit = "billing.discount"

    @api.constrains("leg_id")
    def _check_side_leg(self):
        if self.leg_id.side_terms_id:
            raise ValidationError(
                self.env._("Services are paid as agreed: offer another engagement instead.")
            )


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    def _open_chain(self, retail_book, day):
        legs = super()._open_chain(retail_book, day)
        running = self.tenant_id.engagement_ids.filtered(lambda each: each.state == "running")
        self.env["billing.side.terms"].search([("engagement_id", "in", running.ids)])._open(self)
        return legs

    def _target(self, leg, facts, as_of, window=None):
        """Of a side leg: what its terms come to, a share by the payer's own sales."""
        side = leg.side_terms_id
        if not side:
            return super()._target(leg, facts, as_of, window)
        window, agreed = window or terms_adapter.window(leg, facts), adapter.side_terms(side)
        streams = {item.code: item.component_id.stream for item in facts.items.get(self.id, ())}
        sales, parties = [], Parties(self.env)
        for sale in facts.legs.get(self.id, ()) if side.kind == "share" else ():
            if sale.seller_id == leg.buyer_id:
                # What an earlier system sold counts too: the share of it is paid already.
                days = terms_adapter.window(sale, facts)
                days = replace(days, opening_day=None, openings=())
                charges = super()._target(sale, facts, as_of, days)
                net = parties.net_share(sale)
                sales += [
                    (
                        streams[charge.component],
                        charge,
                        net * self._share_rate(leg, sale, charge, facts, parties),
                    )
                    for charge in charges
                    if is_shared(agreed, window, streams[charge.component], charge)
                ]
        try:
            return side_charges(
                agreed,
                terms_adapter.engine_subscription(self),
                window,
                as_of,
                end=facts.ends.get(self.id),
                hours=adapter.hour_events(facts.side_hours.get(side.id, ()), self.timezone),
                sales=sales,
                decimal_places=leg.currency_id.decimal_places,
            )
        except BillingError as error:
            raise UserError(engine_message(self.env, error)) from error

    @api.model
    def _share_rate(self, leg, sale, charge, facts, parties):
        """What one of the sale's currency is in that of the side leg, by the payer's rates of the
        day on which it is due; a share that is booked keeps its rate.

        :raises UserError: where no rate is known, blamed on the payer
        """
        if sale.currency_id == leg.currency_id:
            return Decimal(1)
        key = leg.id, share_key(charge)
        if key not in facts.side_rates:
            with blamed_on(leg.buyer_id):
                company = leg.buyer_id.company_id
                facts.side_rates[key] = decimal(
                    parties.rate_between(sale.currency_id, leg.currency_id, company, charge.due)
                )
        return facts.side_rates[key]

    @api.model
    def _booked_at(self, leg, booking, facts):
        found = super()._booked_at(leg, booking, facts)
        if rate := facts.side_rates.get((leg.id, booking.key)):
            found["share_rate"] = float(rate)
        return found

    @api.model
    def _component_of(self, one, leg, booking, facts, previous):
        if not leg.side_terms_id:
            return super()._component_of(one, leg, booking, facts, previous)
        charge = booking.charge
        before = previous.get((leg.id, booking.key))
        return adapter.component(leg, charge.kind if charge else before.component_kind)

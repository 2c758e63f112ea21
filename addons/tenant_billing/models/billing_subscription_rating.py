from datetime import date, datetime
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from ..adapters import facts as adapter
from ..adapters import terms as terms_adapter
from ..adapters.ledger import charge_values, earlier_rows, open_days
from ..adapters.parties import Parties
from ..adapters.scenario import scenario
from ..engine.errors import BillingError
from ..engine.ledger import book
from ..engine.rating import target
from ..exceptions import engine_message, message
from .billing_parked import blamed_on

# From here on a document could no longer tell one cent from the next.
LARGEST = Decimal(10) ** 12


class BillingSubscription(models.Model):
    """Rating and booking: target of each leg minus what is booked (DESIGN 4.3)."""

    _inherit = "billing.subscription"

    def _book(self, run):
        """Book the differences of all legs as of the run's day.

        Set-based: a fixed number of queries whatever the number of subscriptions. The caller
        holds the row locks.

        :raises UserError: naming what is wrong with a subscription
        :return: the new ``billing.charge`` records
        """
        for day, group in self.grouped(lambda one: one._as_of(run)).items():
            group._roll_terms(day)
        until = run._usage_until(self)
        facts = adapter.read_facts(self, until, today=run.as_of)
        if self._open_ledgers(facts, run):
            facts = adapter.read_facts(self, until, today=run.as_of)
        found = []
        for one in self:
            as_of = one._as_of(run)
            before = len(found)
            for leg in (*facts.legs.get(one.id, ()), *facts.sides.get(one.id, ())):
                if leg.seller_id._is_in_shadow(as_of):
                    continue
                with blamed_on(leg.seller_id):
                    charges = one._target(leg, facts, as_of)
                found += [
                    (one, leg, as_of, booking)
                    for booking in book(charges, facts.booked.get(leg.id, ()))
                ]
            one._check_count(len(found) - before)
        parties, previous = Parties(self.env), self._previous(found)
        legs = self.env["billing.leg"].union(*(leg for _one, leg, _day, _booking in found))
        waiting = open_days(self.env, run, legs) if found else {}
        earlier = earlier_rows(self.env, found)
        values = []
        for one, leg, as_of, booking in found:
            with blamed_on(leg.seller_id):
                rows = charge_values(
                    one,
                    leg,
                    booking,
                    previous.get((leg.id, booking.key)),
                    as_of,
                    self._component_of(one, leg, booking, facts, previous),
                    parties,
                    run,
                    waiting,
                    earlier.get((leg.id, booking.key.component)),
                )
                booked_at = self._booked_at(leg, booking, facts)
                values += [{**row, **booked_at} for row in rows]
        charges = self.env["billing.charge"].create(values)
        for day, group in self.grouped(lambda one: one._as_of(run)).items():
            group.filtered(lambda one: one.rated_until != day).rated_until = day  # noqa: B023
            group.filtered(
                lambda one: one.state != "ended" and one.ended_on and one.ended_on <= day  # noqa: B023
            ).state = "ended"
            group._roll_pauses(day)
        self.write({"rated_run_id": run.id, "problem": False})
        return charges

    @api.model
    def _component_of(self, one, leg, booking, facts, previous):
        """The component of the plan that a booking is of."""
        return next(
            item.component_id
            for item in facts.items.get(one.id, ())
            if item.code == booking.key.component
        )

    @api.model
    def _booked_at(self, leg, booking, facts):
        """Hook: further values of a row, of what it was worked out from."""
        return {}

    def _target(self, leg, facts, as_of, window=None):
        """The engine's target of a leg.

        :param window: days of the leg that are only thought of; default: its own
        :raises UserError: in the words of the engine's code
        """
        window = window or terms_adapter.window(leg, facts)
        try:
            charges = target(terms_adapter.terms(self, leg, facts), as_of, window)
        except BillingError as error:
            raise UserError(engine_message(self.env, error)) from error
        except terms_adapter.PriceMissing as error:
            raise UserError(
                message(
                    self.env,
                    "price_missing",
                    book=error.book.name,
                    codes=", ".join(error.codes),
                )
            ) from error
        for charge in charges:
            if abs(charge.amount) >= LARGEST:
                raise UserError(
                    message(
                        self.env,
                        "amount_too_large",
                        component=charge.component,
                        amount=f"{charge.amount:,f}",
                        limit=f"{LARGEST:,f}",
                    )
                )
        return charges

    def _as_of(self, run):
        """“Today” of a run for this subscription; never before a day that was run already,
        since what was charged up to there would look like a mistake."""
        return max(run._as_of(self.timezone), self.rated_until or date.min)

    def _previous(self, found):
        """Newest rows of the keys that left the target."""
        legs = {leg.id for _one, leg, _day, booking in found if not booking.charge}
        if not legs:
            return {}
        rows = self.env["billing.charge"].search(
            [("leg_id", "in", list(legs)), ("reason", "!=", "withdrawn")], order="revision"
        )
        return {
            (row.leg_id.id, (row.component_code, row.kind, row.period_start)): row for row in rows
        }

    def _scenario(self, leg, as_of):
        """A leg as the simulator's JSON: ``./setup/simulate billing`` prints its charges.

        :raises UserError: where it looks at more than itself: a side leg follows another one, a
            partner's minimum or pool all of its tenants
        """
        self.ensure_one()
        if leg.side_terms_id or self.item_ids.component_id.filtered("portfolio"):
            raise UserError(
                self.env._(
                    "%(leg)s cannot be replayed alone: it is charged by what other contracts are.",
                    leg=leg.display_name,
                )
            )
        facts = adapter.read_facts(self, datetime.max, events=True)
        return scenario(terms_adapter.terms(self, leg, facts), as_of)

    def _preview(self, leg, day, facts=None, legs=None):
        """What the engine books on a leg in the next three periods, and has not yet.

        :param facts: what is known, or thought of; default: what is known
        :param legs: contracts whose terms may be told to the reader; default: this one
        :return: bookings of the engine
        """
        self.ensure_one()
        facts = facts or adapter.read_facts(self, datetime.max)
        calendar = self._calendar()
        until = calendar.boundary(calendar.index(max(day, self.start_date)) + 3)
        facts = self._outlook(facts, legs or leg, until)
        return book(self._target(leg, facts, until), facts.booked.get(leg.id, ()))

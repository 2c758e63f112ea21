from datetime import datetime

from odoo import models
from odoo.exceptions import UserError

from ..adapters import facts as adapter
from ..adapters.ledger import charge_values
from ..adapters.parties import Parties
from ..adapters.scenario import scenario
from ..engine.errors import BillingError
from ..engine.ledger import book
from ..engine.rating import target
from ..exceptions import engine_message, message


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
        facts = adapter.read_facts(self, run._usage_until())
        values, previous, parties = [], self._previous(facts), Parties(self.env)
        for one in self:
            as_of = run._as_of(one.timezone)
            components = {item.code: item.component_id for item in facts.items.get(one.id, ())}
            for leg in facts.legs.get(one.id, ()):
                bookings = book(one._target(leg, facts, as_of), facts.booked.get(leg.id, ()))
                values += [
                    charge_values(
                        one,
                        leg,
                        booking,
                        previous.get((leg.id, booking.key)),
                        as_of,
                        components,
                        parties,
                        run,
                    )
                    for booking in bookings
                ]
        charges = self.env["billing.charge"].create(values)
        for day, group in self.grouped(lambda one: run._as_of(one.timezone)).items():
            behind = group.filtered(lambda one: not one.rated_until or one.rated_until < day)  # noqa: B023
            behind.write({"rated_until": day})
        self.write({"rated_run_id": run.id, "problem": False})
        return charges

    def _target(self, leg, facts, as_of):
        """The engine's target of a leg.

        :raises UserError: in the words of the engine's code
        """
        try:
            return target(adapter.terms(self, leg, facts), as_of, adapter.window(leg))
        except BillingError as error:
            raise UserError(engine_message(self.env, error)) from error
        except adapter.PriceMissing as error:
            raise UserError(
                message(
                    self.env,
                    "price_missing",
                    book=error.book.name,
                    codes=", ".join(error.codes),
                )
            ) from error

    def _previous(self, facts):
        """Newest row of each booked key, for keys that leave the target."""
        if not facts.booked:
            return {}
        rows = self.env["billing.charge"].search(
            [("leg_id", "in", list(facts.booked)), ("reason", "!=", "withdrawn")], order="revision"
        )
        return {
            (row.leg_id.id, (row.component_code, row.kind, row.period_start)): row for row in rows
        }

    def _scenario(self, leg, as_of):
        """A leg as the simulator's JSON: ``./setup/simulate billing`` prints its charges."""
        self.ensure_one()
        facts = adapter.read_facts(self, datetime.max)
        return scenario(adapter.terms(self, leg, facts), as_of)

    def _preview(self, leg, day):
        """Charges of the next three periods: what the engine books until then and has not yet.

        :return: list of engine charges
        """
        self.ensure_one()
        facts = adapter.read_facts(self, datetime.max)
        calendar = adapter.terms(self, leg, facts).subscription.calendar
        until = calendar.boundary(calendar.index(max(day, self.start_date)) + 3)
        return [
            booking.charge
            for booking in book(self._target(leg, facts, until), facts.booked.get(leg.id, ()))
            if booking.charge
        ]

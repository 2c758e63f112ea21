from dataclasses import replace
from datetime import timedelta

from odoo import models

from ..adapters import facts as adapter
from ..adapters.terms import version_on
from ..engine.money import ZERO


class BillingSubscription(models.Model):
    """What the ends of terms will do by themselves, so that a look ahead knows it (TB-074)."""

    _inherit = "billing.subscription"

    def _outlook(self, facts, legs, until):
        """The facts as they will be: uplifts of renewals to come, and the end where a contract
        with the customer ends with its term.

        :param legs: contracts that the reader is party to; nothing is foreseen from others
        :param until: how far to look, a date
        """
        running = legs.filtered(lambda leg: leg.term_until and not leg.date_until)
        prices = {}
        for leg in running:
            prices.update(leg._coming_prices(facts.prices, until))
        facts = replace(facts, prices={**facts.prices, **prices})
        ending = running.filtered(lambda leg: leg.renewal == "end" and leg._ends_by_itself())
        ends = [max(leg.term_until, self._today()) for leg in ending if leg.term_until <= until]
        if ends and not facts.ends.get(self.id):
            return adapter.what_if(facts, self, end=adapter.end_change(min(ends), "credit"))
        return facts


class BillingLeg(models.Model):
    _inherit = "billing.leg"

    def _coming_prices(self, prices, until):
        """The prices of this contract's own book with the uplifts of renewals up to ``until``.

        :param prices: versions by (book id, code), as rating reads them
        """
        book, percent = self.price_book_id, self._uplift_due()
        if not percent or self.renewal != "auto" or not self.term_months:
            return {}
        found = {}
        for code in set(book.price_ids.mapped("code")):
            versions = list(prices.get((book.id, code), ()))
            for day in self._renewal_days(until):
                price = version_on(versions, day)
                if adapter.first_day(price) != day:
                    values = {"code": code, "valid_from": day, **price._marked_up(percent, ZERO)}
                    versions = sorted([*versions, price.new(values)], key=adapter.first_day)
            found[book.id, code] = versions
        return found

    def _renewal_days(self, until):
        """First days of the terms to come, as far as the subscription runs."""
        stated = self.subscription_id.end_date
        last = min(until, stated - timedelta(days=1)) if stated else until
        day = self.term_until
        while day <= last:
            yield day
            day = self._next_term_end(day)

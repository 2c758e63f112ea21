from datetime import date
from decimal import Decimal

import pytest
from cp.tenant_billing.engine.money import ZERO
from cp.tenant_billing.engine.periods import Calendar
from cp.tenant_billing.engine.pricing import Price
from cp.tenant_billing.engine.quote import expected_usage, horizon, invoices
from cp.tenant_billing.engine.rating import target
from cp.tenant_billing.engine.terms import Component, Free, Subscription, Terms

START = date(2026, 1, 10)


def component(code="base", kind="recurring", amount="100", **values):
    values.setdefault("timing", "arrears" if kind == "metered" else "advance")
    return Component(code, kind, Price("per_unit", Decimal(amount)), **values)


def quote(*components, free=(), expected=None, start=START, until=date(2027, 1, 1)):
    subscription = Subscription(start, anchor_day=1)
    usage = tuple(
        event
        for one in components
        if one.code in (expected or {})
        for event in expected_usage(
            one, Decimal(expected[one.code]), subscription.calendar, "UTC", until, free
        )
    )
    return Terms(subscription, components, usage=usage, free=tuple(free))


class TestQuote:
    def test_twelve_periods_after_a_cut_one(self):
        """TB-070: the first invoice is the cut period and what is charged once; the last of
        twelve months is the first of January."""
        terms = quote(
            component(quantity=Decimal(1)),
            component("setup", "one_off", "450", quantity=Decimal(1)),
        )
        until = horizon(terms.subscription.calendar, 11)
        assert until == date(2027, 1, 1)
        found = invoices(terms, until)
        assert len(found) == 13
        assert (found[0].day, found[0].amount) == (START, Decimal("520.97"))
        assert found[0].by_component == {"base": Decimal("70.97"), "setup": Decimal("450.00")}
        assert [one.amount for one in found[1:]] == [Decimal("100.00")] * 12

    def test_it_is_the_target_of_the_run(self):
        """TB-070: nothing is added, nothing left out."""
        terms = quote(
            component(quantity=Decimal(3)),
            component("storage", "metered", "0.2", aggregation="max", included=Decimal(50)),
            expected={"storage": "70"},
        )
        until = date(2026, 12, 1)
        charges = [charge for one in invoices(terms, until) for charge in one.charges]
        assert sorted(charges, key=str) == sorted(target(terms, until), key=str)

    @pytest.mark.parametrize("aggregation", ["max", "last", "time_weighted_average"])
    def test_a_level_holds(self, aggregation):
        """TB-070: 70 GB, 50 included, 0.20 each: 4.00 a full month."""
        terms = quote(
            component("storage", "metered", "0.2", aggregation=aggregation, included=Decimal(50)),
            expected={"storage": "70"},
        )
        assert [one.amount for one in invoices(terms, date(2026, 4, 1))][1:] == [
            Decimal("4.00")
        ] * 2

    def test_a_count_comes_in_each_period_and_by_days_in_a_cut_one(self):
        """TB-070: 310 a month are 220 in 22 of 31 days."""
        terms = quote(
            component("load", "metered", "1", aggregation="sum"), expected={"load": "310"}
        )
        found = [one.amount for one in invoices(terms, date(2026, 3, 1))]
        assert found == [Decimal("220.00"), Decimal("310.00")]

    def test_a_trial_takes_no_count(self):
        """TB-070, B-03: free days take nothing of the allowance and cost nothing."""
        free = (Free(date(2026, 1, 1), date(2026, 1, 16)),)
        terms = quote(
            component("load", "metered", "1", aggregation="sum"),
            expected={"load": "310"},
            free=free,
            start=date(2026, 1, 1),
        )
        found = [one.amount for one in invoices(terms, date(2026, 3, 1))]
        assert found == [Decimal("160.00"), Decimal("310.00")]

    def test_nothing_expected_is_nothing_measured(self):
        """TB-070"""
        one = component("load", "metered", "1", aggregation="sum")
        assert not list(expected_usage(one, ZERO, Calendar(START), "UTC", date(2027, 1, 1)))

"""Use against what is included (TB-074)."""

from billing_builders import D, change, day, metered, recurring, terms, used
from cp.tenant_billing.engine.plan_use import Use, plan_use
from cp.tenant_billing.engine.rating import LegWindow


def facts(*events, aggregation="max", included="50", **more):
    part = metered(aggregation=aggregation, included=included)
    return terms(recurring(), part, usage=used(*events), start="2026-01-01", **more)


def test_the_last_three_full_periods():
    """TB-074: on average; the running one is not in it, nor is an older one."""
    one = facts(
        ("2026-01-05", "10"), ("2026-02-05", "40"), ("2026-03-05", "60"), ("2026-04-05", "80"),
        ("2026-05-02", "500"),
    )  # fmt: skip
    assert plan_use(one, day("2026-05-10")) == (Use("storage", D(60), D(50), 3),)


def test_counts_and_levels():
    """TB-074: a count begins anew each period, a level goes on."""
    events = (("2026-01-05", "30"), ("2026-01-06", "30"))
    assert plan_use(facts(*events, aggregation="sum"), day("2026-03-02"))[0].quantity == D(30)
    assert plan_use(facts(*events), day("2026-03-02"))[0].quantity == D(30)


def test_none_yet():
    """TB-074: without a full period there is nothing to compare."""
    assert plan_use(facts(("2026-01-05", "10")), day("2026-01-20"))[0].periods == 0
    partial = facts(("2026-01-05", "10"), anchor_day=15)
    assert plan_use(partial, day("2026-01-20"))[0].periods == 0


def test_the_allowance_of_today():
    """TB-074: with what is included from now on."""
    grown = facts(("2026-01-05", "40"), changes=[change("2026-02-01", "storage", included="80")])
    assert plan_use(grown, day("2026-02-10"))[0].included == D(80)


def test_without_an_allowance_or_over():
    """TB-074"""
    assert plan_use(facts(("2026-01-05", "40"), included="0"), day("2026-03-01")) == ()
    ended = facts(changes=[change("2026-02-01", "storage", end=True)])
    assert plan_use(ended, day("2026-03-01")) == ()
    later = LegWindow(day("2026-02-01"))
    assert plan_use(facts(("2026-01-05", "40")), day("2026-03-01"), later)[0].periods == 1

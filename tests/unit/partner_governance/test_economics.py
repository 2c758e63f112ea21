"""PG-095: effort, margin and payback before a proposal, each number with its source."""

from decimal import Decimal as D

import pytest
from cp.partner_governance.engine import economics
from cp.partner_governance.engine.economics import EffortLine, Rate, Terms
from cp.partner_governance.engine.qualification import Condition

RATES = (
    Rate("base1", D(8), tier=1),
    Rate("base2", D(25), tier=2),
    Rate("warehouse", D("2.5"), Condition("warehouse_count", "at_least", "2"), per_unit=True),
    Rate("portal", D(6), Condition("b2b_portal", "is", "shop")),
    Rate("history", D("0.75"), Condition("history_years", "is_set"), per_unit=True),
)


def test_every_line_names_its_rate_and_its_quantity():
    """PG-095: 25 of tier 2 and 3 × 2.5 for the warehouses."""
    lines = economics.effort({"warehouse_count": 3, "b2b_portal": "orders"}, 2, RATES)
    assert lines == (
        EffortLine("base2", D(1), D(25), D("25.0")),
        EffortLine("warehouse", D(3), D("2.5"), D("7.5")),
    )


def test_what_is_unknown_adds_no_days():
    """PG-091, PG-095: an unknown answer is a flag, not a guess."""
    lines = economics.effort({"warehouse_count": "unknown", "history_years": None}, 1, RATES)
    assert [line.code for line in lines] == ["base1"]


@pytest.mark.parametrize(
    ("days", "terms", "margin", "percent", "payback"),
    [
        (D(10), Terms(D(1000), D(600), D(500), D(300)), D("4000.00"), D("40.0"), 0),
        # 2 days before the contract cost 1200: 10 × 600 − 12 × 600 = −1200, at 200 a month: 6.
        (D(10), Terms(D(600), D(600), D(500), D(300), D(2)), D("-1200.00"), D("-20.0"), 6),
        # One cent more than six months pay: a seventh month has begun.
        (D(1), Terms(D(0), D("1200.01"), D(500), D(300)), D("-1200.01"), None, 7),
        (D(10), Terms(D(500), D(600), D(300), D(300)), D("-1000.00"), D("-20.0"), None),
    ],
)
def test_margin_and_payback(days, terms, margin, percent, payback):
    """PG-095: payback is the months in which hosting pays what the project costs beyond its
    price; never where hosting earns nothing."""
    result = economics.economics(days, terms)
    assert (result.margin, result.margin_percent, result.payback_months) == (
        margin,
        percent,
        payback,
    )

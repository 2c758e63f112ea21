"""Side legs: what a delivery partner is paid (TB-027)."""

import pytest
from billing_builders import D, change, day, per_unit, recurring, short, terms, used
from cp.tenant_billing.engine.rating import LegWindow, Subscription, target
from cp.tenant_billing.engine.side_leg import SideTerms, side_charges
from hypothesis import given
from hypothesis import strategies as st

MONTHLY = Subscription(day("2026-01-01"), anchor_day=1)
FROM = LegWindow(start=day("2026-01-11"))


def paid(side, window=FROM, as_of="2026-03-01", **more):
    return [short(one) for one in side_charges(side, MONTHLY, window, day(as_of), **more)]


def test_fixed_by_the_days_of_the_engagement():
    """TB-027: 310.00 a month from the 11th on, until it ends on 11 February."""
    side = SideTerms("fixed", D(310))
    assert paid(side) == [
        ("charge", "26-01-11", "26-02-01", "210.00"),
        ("charge", "26-02-01", "26-03-01", "310.00"),
    ]
    ended = LegWindow(start=day("2026-01-11"), until=day("2026-02-15"))
    assert paid(side, ended)[1] == ("charge", "26-02-01", "26-02-15", "155.00")
    end = change("2026-02-15", None, end=True)
    assert paid(side, end=end) == paid(side, ended)


def test_by_the_hour():
    """TB-027: hours of the days of the engagement, once a period."""
    hours = used(
        ("2026-01-05", "8"), ("2026-01-12", "2.5"), ("2026-01-30", "1"), ("2026-02-02", "3"),
        component="services",
    )  # fmt: skip
    assert paid(SideTerms("hours", D(90)), hours=hours) == [
        ("charge", "26-01-11", "26-02-01", "315.00"),
        ("charge", "26-02-01", "26-03-01", "270.00"),
    ]


def test_a_share_follows_the_sale():
    """TB-027: 20 % of support, its credit too; nothing of other streams, nothing before."""
    facts = terms(
        recurring("support", per_unit("62")),
        recurring("base", per_unit("100")),
        changes=[change("2026-02-15", "support", quantity="2")],
    )
    sales = [(one.component, one, D(1)) for one in target(facts, day("2026-03-01"))]
    side = SideTerms("share", percent=D(20), streams=frozenset(("support",)))
    assert paid(side, sales=sales) == [
        ("charge", "26-02-01", "26-03-01", "12.40"),
        ("credit", "26-02-15", "26-03-01", "-6.20"),
        ("charge", "26-02-15", "26-03-01", "12.40"),
        ("charge", "26-03-01", "26-04-01", "24.80"),
    ]
    everything = SideTerms("share", percent=D(20))
    assert len(paid(everything, sales=sales)) > len(paid(side, sales=sales))


def test_a_share_is_of_the_net_sale():
    """TB-027, B-07: 119.00 with 19 % inside are 100.00, 25 % of it 25.00."""
    (charge,) = target(terms(recurring(price=per_unit("119"))), day("2026-01-01"))
    sales = [("hosting", charge, D("0.840336134454"))]
    side = SideTerms("share", percent=D(25))
    assert [row[-1] for row in paid(side, LegWindow(), sales=sales)] == ["25.00"]


@given(
    st.integers(0, 100),
    st.lists(st.integers(-10000, 10000), max_size=10),
    st.sampled_from((0, 2)),
    st.sampled_from((D(1), D("0.840336134454"))),
)
def test_a_share_is_never_more_than_the_sale(percent, cents, places, net):
    """TB-027, R-36: charge by charge, in the currency's own units."""
    (charge,) = target(terms(recurring(price=per_unit("1"))), day("2026-01-01"))
    sales = []
    for number, each in enumerate(cents):
        amount = D(each) if places == 0 else D(each) / 100
        sales.append(
            (
                "hosting",
                type(charge)(
                    **{
                        **{name: getattr(charge, name) for name in charge.__slots__},
                        "component": f"c{number}",
                        "amount": amount,
                    }
                ),
                net,
            )
        )
    found = side_charges(
        SideTerms("share", percent=D(percent)),
        MONTHLY,
        LegWindow(),
        day("2026-01-01"),
        sales=sales,
        decimal_places=places,
    )
    by_code = {one.component: one.amount for one in found}
    for _stream, sale, _net in sales:
        share = by_code.get(f"services:{sale.component}", D(0))
        assert abs(share) <= abs(sale.amount)
        assert share * sale.amount >= 0


@pytest.mark.parametrize("kind", ["fixed", "hours"])
def test_nothing_outside_the_engagement(kind):
    window = LegWindow(start=day("2026-03-01"), until=day("2026-03-02"))
    assert paid(SideTerms(kind, D(1)), window, as_of="2026-02-28") == []

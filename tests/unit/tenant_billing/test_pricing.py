"""Price models at their borders (TB-001 to TB-005, TB-013)."""

import pytest
from billing_builders import D, flat, package, per_unit, tiered
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.pricing import Price, Tier, canonical, price_problems, price_quantity

GRADUATED = tiered("graduated", ("10", "2", "5"), ("20", "1", "3"), (None, "0.5", "1"))
VOLUME = tiered("volume", ("10", "2", "5"), ("20", "1", "3"), (None, "0.5", "1"))


@pytest.mark.parametrize(
    ("price", "quantity", "cost"),
    [
        (flat("9.90"), "0", "0"),
        (flat("9.90"), "0.01", "9.90"),
        (flat("9.90"), "500", "9.90"),
        (per_unit("0.20"), "0", "0"),
        (per_unit("0.20"), "12.5", "2.5"),
        (package("5", "100"), "0", "0"),
        (package("5", "100"), "0.001", "5"),
        (package("5", "100"), "100", "5"),
        (package("5", "100"), "100.001", "10"),
        (package("5", "0.3"), "0.9", "15"),
        (GRADUATED, "0", "0"),  # not even the first tier's flat
        (GRADUATED, "1", "7"),
        (GRADUATED, "10", "25"),  # up_to is inclusive
        (GRADUATED, "10.5", "28.5"),  # a share of the second tier, and its flat
        (GRADUATED, "20", "38"),
        (GRADUATED, "21", "39.5"),
        (VOLUME, "0", "0"),
        (VOLUME, "10", "25"),
        (VOLUME, "10.5", "13.5"),  # all of it at the tier that it falls in
        (VOLUME, "20", "23"),
        (VOLUME, "21", "11.5"),
    ],
)
def test_models_at_their_borders(price, quantity, cost):
    """TB-001, TB-003, TB-005, TB-013: quantity x rate per driver, bands, allowances."""
    assert price_quantity(price, D(quantity)) == D(cost)


def test_a_negative_quantity_costs_nothing():
    """R-28: below the allowance nothing is charged and nothing given back."""
    assert price_quantity(VOLUME, D(-3)) == 0


def test_large_numbers_are_exact():
    """R-27: 1e9 units at 1e9, and 1e9 at a price of fifteen decimals."""
    assert price_quantity(per_unit("1000000000"), D("1000000000")) == D(10) ** 18
    tiny = price_quantity(per_unit("0.000000000000001"), D("999999999.999999999999999"))
    assert tiny == D("0.000000999999999999999999999999")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (per_unit("2"), tiered("graduated", (None, "2.00"))),
        (per_unit("2"), tiered("volume", ("5", "2"), (None, "2"))),
        (per_unit("2"), tiered("graduated", ("5", "2"), ("9", "2"), (None, "2"))),
        (flat("0"), per_unit("0.00")),
        (flat("0"), package("0", "3")),
        (flat("7"), tiered("volume", (None, "0", "7"))),
        (tiered("graduated", (None, "1", "7")), tiered("volume", (None, "1", "7"))),
        (Price("flat", D(1), package_size=D(4)), flat("1.0")),
        (package("5", "3"), package("5.00", "3.0")),
    ],
)
def test_prices_that_cost_the_same_are_equal(one, other):
    """R-19: so exchanging one for the other is a change that changes nothing."""
    assert canonical(one) == canonical(other)
    for quantity in ("0", "1", "5", "5.5", "12"):
        assert price_quantity(one, D(quantity)) == price_quantity(other, D(quantity))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (flat("2"), per_unit("2")),
        (package("5", "3"), package("5", "4")),
        (GRADUATED, VOLUME),
        (tiered("graduated", ("5", "2"), (None, "2", "1")), per_unit("2")),
        (tiered("volume", ("5", "2"), (None, "2", "1")), per_unit("2")),
    ],
)
def test_prices_that_differ_are_not(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("price", "problems"),
    [
        (flat("1"), []),
        (Price("per_user", D(1)), [(".model", "unknown_model")]),
        (flat("-1"), [(".amount", "negative")]),
        (package("1", "-3"), [(".package_size", "not_positive")]),
        (Price("package", D(1)), [(".package_size", "not_positive")]),
        (Price("volume"), [(".tiers", "no_tiers")]),
        (tiered("volume", ("10", "1")), [(".tiers[0].up_to", "last_tier_limited")]),
        (
            tiered("graduated", ("10", "1"), ("10", "1"), (None, "1")),
            [(".tiers[1].up_to", "tiers_overlap")],
        ),
        (tiered("graduated", ("0", "1"), (None, "1")), [(".tiers[0].up_to", "tiers_overlap")]),
        (
            tiered("graduated", (None, "1"), ("5", "1"), (None, "-1", "-1")),
            [
                (".tiers[1]", "tier_after_open_end"),
                (".tiers[2].unit", "negative"),
                (".tiers[2].flat", "negative"),
                (".tiers[2]", "tier_after_open_end"),
            ],
        ),
    ],
)
def test_problems_are_named_by_place(price, problems):
    assert [(problem.path, problem.code) for problem in price_problems(price)] == problems


def test_a_price_that_slipped_through_raises_a_code():
    with pytest.raises(BillingError, match="unknown_model"):
        price_quantity(Price("per_user", D(1)), D(1))
    for model in ("graduated", "volume"):
        with pytest.raises(BillingError, match="no_tier"):
            price_quantity(Price(model, tiers=(Tier(D(5), D(1)),)), D(6))

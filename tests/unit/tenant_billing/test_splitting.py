"""An amount split by streams sums to itself (TB-027)."""

import pytest
from billing_builders import D
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.splitting import shares, split_row
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("amount", "weights", "places", "expected"),
    [
        ("100.00", ["60", "30", "10"], 2, ["60.00", "30.00", "10.00"]),
        ("100.00", ["1", "1", "1"], 2, ["33.34", "33.33", "33.33"]),
        ("-100.00", ["1", "1", "1"], 2, ["-33.34", "-33.33", "-33.33"]),
        ("0.01", ["50", "50"], 2, ["0.01", "0"]),
        ("0.00", ["50", "50"], 2, ["0", "0"]),
        ("7", ["33.3", "66.7"], 0, ["2", "5"]),
        ("99.99", ["0", "100"], 2, ["0", "99.99"]),
        ("10.00", ["199", "1"], 2, ["9.95", "0.05"]),
    ],
)
def test_largest_remainder(amount, weights, places, expected):
    """TB-027: percents and amounts are weights alike."""
    found = shares(D(amount), [D(weight) for weight in weights], places)
    assert found == [D(each) for each in expected]


@pytest.mark.parametrize("weights", [[], ["0", "0"], ["1", "-1"]])
def test_weights_that_cannot_be(weights):
    with pytest.raises(BillingError, match="bad_weights"):
        shares(D("1.00"), [D(weight) for weight in weights], 2)


def test_an_amount_with_more_decimals():
    with pytest.raises(BillingError, match="not_whole"):
        shares(D("0.005"), [D(1)], 2)


weights = st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=6).filter(any)


@given(st.decimals(-100000, 100000, places=2), weights)
def test_shares_sum_to_the_cent(amount, parts):
    """TB-027: exactly, each at most a cent from its part, and turned with the sign."""
    found = shares(amount, parts, 2)
    assert sum(found) == amount
    for share, part in zip(found, parts, strict=True):
        assert abs(share - amount * part / sum(parts)) < D("0.01") + D("1e-20")
    assert shares(-amount, parts, 2) == [-share for share in found]


HALVES = (("hosting", D(50)), ("oem", D(50)))


@pytest.mark.parametrize(
    ("total", "parts", "booked", "expected"),
    [
        ("100.00", HALVES, {}, {"hosting": "50.00", "oem": "50.00"}),
        ("100.00", (), {}, {"hosting": "100.00"}),
        # A price fixed since: the row adds what is missing to each stream.
        ("120.00", HALVES, {"hosting": "50.00", "oem": "50.00"}, {"hosting": "10", "oem": "10"}),
        # No bundle any more, or one since: what stood moves.
        ("120.00", (), {"hosting": "50.00", "oem": "50.00"}, {"hosting": "70", "oem": "-50"}),
        ("100.00", HALVES, {"hosting": "80.00"}, {"hosting": "-30", "oem": "50"}),
        # Withdrawn: what was given is taken back, whatever the parts are by now.
        ("0.00", (), {"hosting": "50.00", "oem": "50.00"}, {"hosting": "-50", "oem": "-50"}),
        ("0.00", HALVES, {"hosting": "20.00", "oem": "80.00"}, {"hosting": "-20", "oem": "-80"}),
    ],
)
def test_a_row_adds_what_is_missing(total, parts, booked, expected):
    """TB-027, DESIGN 4.3: by stream too, the difference is what is booked."""
    found = split_row(D(total), "hosting", parts, {k: D(v) for k, v in booked.items()}, 2)
    assert found == {stream: D(amount) for stream, amount in expected.items()}

"""PG-138…PG-142, PG-149: scores, bands, levels of indicators, standardisation."""

from decimal import Decimal

import pytest
from cp.partner_governance.engine import risk
from hypothesis import given
from hypothesis import strategies as st

FIVE = st.integers(1, 5)


@given(FIVE, FIVE)
def test_a_score_is_the_product_and_has_one_band(probability, impact):
    """PG-138: 1 to 25, symmetric, always in a band."""
    points = risk.score(probability, impact)
    assert 1 <= points <= 25
    assert points == risk.score(impact, probability)
    assert risk.band(points) in (risk.LOW, risk.MEDIUM, risk.HIGH, risk.CRITICAL)


@pytest.mark.parametrize(
    ("points", "band"),
    [(0, ""), (1, "low"), (3, "low"), (4, "medium"), (8, "medium"), (9, "high")]
    + [(14, "high"), (15, "critical"), (25, "critical")],
)
def test_bands(points, band):
    """PG-138: each band begins where it says."""
    assert risk.band(points) == band


@pytest.mark.parametrize("pair", [(0, 3), (6, 1), (3, -1)])
def test_off_the_scale_is_refused(pair):
    """PG-138: a scale of five knows no six."""
    assert risk.problems(pair, (1, 1)) == ("out_of_scale",)
    with pytest.raises(ValueError, match="out_of_scale"):
        risk.score(*pair)


def test_a_treatment_makes_nothing_worse():
    """PG-138: residual at most inherent."""
    assert risk.problems((2, 3), (3, 3)) == ("residual_above_inherent",)
    assert risk.problems((2, 3), (3, 2)) == ()


@pytest.mark.parametrize(
    ("bad", "total", "level"),
    [(0, 0, 0), (5, 0, 0), (0, 9, 1), (1, 1000, 2), (1, 100, 2), (10, 100, 3), (24, 100, 3)]
    + [(25, 100, 4), (49, 100, 4), (50, 100, 5), (100, 100, 5), (7, 3, 5)],
)
def test_levels_of_an_indicator(bad, total, level):
    """PG-139, PG-141, PG-142: nothing to measure is no good news, it is no news."""
    found = risk.indicator(bad, total)
    assert found.level == level
    assert found.connected == (level > 0)


@given(st.integers(0, 50), st.integers(1, 50))
def test_more_bad_records_never_lower_the_level(bad, total):
    """PG-138: monotone."""
    assert risk.indicator(bad + 1, total).level >= risk.indicator(bad, total).level


@pytest.mark.parametrize(
    ("points", "trend"),
    [
        ([], "steady"),
        ([4], "steady"),
        ([4, 4], "steady"),
        ([9, 4], "falling"),
        ([9, 4, 6], "rising"),
    ],
)
def test_a_trend_compares_the_last_two(points, trend):
    """PG-138: where it goes since it was last looked at."""
    assert risk.trend(points) == trend


@pytest.mark.parametrize(
    ("bad", "total", "share"),
    [(0, 0, None), (0, 4, Decimal("100.0")), (1, 3, Decimal("66.7")), (9, 3, Decimal("0.0"))],
)
def test_standardisation_index(bad, total, share):
    """PG-149: share without an open exception; none of nothing."""
    assert risk.standardisation(bad, total) == share

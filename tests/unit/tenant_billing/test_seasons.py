"""Seasons that come back every year (TB-058)."""

from datetime import date, timedelta

import pytest
from billing_builders import day
from cp.tenant_billing.engine.seasons import Season, fits, horizon, spans
from hypothesis import given
from hypothesis import strategies as st


def found(season, after, until):
    return [(f"{first}", f"{end}") for first, end in spans(season, day(after), day(until))]


CHRISTMAS = Season(day("2025-11-15"), day("2026-01-07"))
LEAP = Season(day("2024-02-29"), day("2024-03-10"))


@pytest.mark.parametrize(
    ("season", "after", "until", "expected"),
    [
        (
            CHRISTMAS,
            "2025-11-14",
            "2027-11-16",
            [
                ("2025-11-15", "2026-01-07"),
                ("2026-11-15", "2027-01-07"),
                ("2027-11-15", "2028-01-07"),
            ],
        ),
        (CHRISTMAS, "2025-11-15", "2026-11-15", []),
        (CHRISTMAS, "2026-11-15", "2027-11-16", [("2027-11-15", "2028-01-07")]),
        (
            LEAP,
            "2025-01-01",
            "2028-03-01",
            [
                ("2025-02-28", "2025-03-10"),
                ("2026-02-28", "2026-03-10"),
                ("2027-02-28", "2027-03-10"),
                ("2028-02-29", "2028-03-10"),
            ],
        ),
        (
            Season(day("2025-06-01"), day("2025-07-01"), day("2026-06-01")),
            "2025-01-01",
            "2030-01-01",
            [("2025-06-01", "2025-07-01")],
        ),
    ],
)
def test_spans(season, after, until, expected):
    """TB-058: the same days of each year, none twice, none beyond its end."""
    assert found(season, after, until) == expected


@pytest.mark.parametrize(
    ("first", "until", "fit"),
    [
        ("2025-11-15", "2026-01-07", True),
        ("2025-11-15", "2026-11-14", True),
        ("2025-11-15", "2026-11-15", False),
        ("2025-11-15", "2027-01-01", False),
        ("2025-11-15", "2025-11-15", False),
    ],
)
def test_a_season_is_over_before_it_comes_back(first, until, fit):
    """TB-058."""
    assert fits(Season(day(first), day(until))) is fit


def test_how_far_ahead():
    """TB-058: five years, or the term."""
    assert horizon(day("2026-02-01"), None) == day("2031-02-01")
    assert horizon(day("2026-02-01"), day("2027-02-01")) == day("2031-02-01")
    assert horizon(day("2026-02-01"), day("2034-02-01")) == day("2034-02-01")


days = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@given(days, st.integers(1, 350), days, days, days)
def test_laid_down_in_steps_is_the_same(first, length, begin, middle, end):
    """R-11: what a later run adds is what one long run would have; nothing overlaps."""
    begin, middle, end = sorted((begin, middle, end))
    season = Season(first, first + timedelta(days=length))
    whole = spans(season, begin, end)
    early = spans(season, begin, middle)
    after = max([begin, *(start for start, _until in early)])
    assert whole == early + spans(season, after, end)
    for (_start, until), (following, _until) in zip(whole, whole[1:], strict=False):
        assert until <= following

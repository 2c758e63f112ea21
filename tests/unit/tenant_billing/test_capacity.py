"""When a meter reaches its limit (TB-055)."""

from datetime import date, timedelta

import pytest
from billing_builders import D
from cp.tenant_billing.engine.capacity import (
    HORIZON_DAYS,
    MINIMUM_DAYS,
    VERDICTS,
    Forecast,
    filled,
    forecast,
)
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 4, 1)


def line(count, start, step):
    """``count`` daily values up to today: ``start`` today, ``step`` more a day."""
    return [(TODAY - timedelta(days=back), D(start) - D(step) * back) for back in range(count)]


@pytest.mark.parametrize(
    ("points", "limit", "verdict", "day"),
    [
        ([], 100, "too_little", None),
        (line(MINIMUM_DAYS - 1, 50, 1), 100, "too_little", None),
        (line(MINIMUM_DAYS, 50, 1), 100, "forecast", date(2026, 5, 21)),
        (line(30, 50, 1), 100, "forecast", date(2026, 5, 21)),
        (line(30, 50, 3), 100, "forecast", date(2026, 4, 18)),  # 50 / 3 days, begun ones whole
        (line(30, "99.5", 1), 100, "forecast", date(2026, 4, 2)),
        (line(30, 100, 1), 100, "reached", date(2026, 4, 1)),
        (line(30, 105, 1), 100, "reached", date(2026, 3, 27)),
        (line(3, 105, 1), 100, "reached", date(2026, 3, 30)),
        (line(30, 50, 0), 100, "steady", None),
        (line(30, 50, -1), 100, "steady", None),
        (line(30, 50, "0.01"), 100, "beyond", None),
        # What lies too far back tells nothing.
        ([(day - timedelta(days=200), value) for day, value in line(30, 50, 1)], 100,
         "too_little", None),
    ],
)  # fmt: skip
def test_verdicts(points, limit, verdict, day):
    """TB-055: a date, or why there is none."""
    found = forecast(points, D(limit), TODAY)
    assert (found.verdict, found.day) == (verdict, day)
    assert found.verdict in VERDICTS
    assert found.level == (points[0][1] if points and verdict != "too_little" else found.level)


def test_wild_values_move_it_little():
    """TB-055: three measurements of 1,000 among thirty (a restore, a bug) change no date much."""
    points = dict(line(30, 50, 1))
    for back in (5, 11, 20):
        points[TODAY - timedelta(days=back)] = D(1000)
    found = forecast(list(points.items()), D(100), TODAY)
    assert found.verdict == "forecast"
    assert abs((found.day - date(2026, 5, 21)).days) <= 3


def test_a_day_without_report_holds_the_level_before():
    points = {date(2026, 1, 1): D(5), date(2026, 1, 3): D(7)}
    assert filled(points, date(2026, 1, 4)) == [
        (date(2026, 1, 1), 5), (date(2026, 1, 2), 5), (date(2026, 1, 3), 7), (date(2026, 1, 4), 7),
    ]  # fmt: skip
    assert filled({}, TODAY) == []


values = st.integers(0, 10**12).map(lambda number: D(number) / 1000)
series = st.lists(values, max_size=40).map(
    lambda found: [(TODAY - timedelta(days=back), value) for back, value in enumerate(found)]
)


@given(series, values, st.randoms())
def test_a_forecast_is_sane(points, limit, random):
    """TB-055: ahead of today and within the horizon, whatever the values and their order."""
    found = forecast(points, limit, TODAY)
    mixed = list(points)
    random.shuffle(mixed)
    assert forecast(mixed, limit, TODAY) == found
    assert (found.day is not None) == (found.verdict in ("forecast", "reached"))
    if found.verdict == "forecast":
        assert TODAY < found.day <= TODAY + timedelta(days=HORIZON_DAYS)
        assert found.slope > 0
    if found.verdict == "reached":
        assert found.day <= TODAY
    assert isinstance(found, Forecast)


@given(series, values, values)
def test_a_higher_limit_is_never_reached_earlier(points, one, other):
    """TB-055: monotone in the limit."""
    low, high = (forecast(points, limit, TODAY) for limit in sorted((one, other)))
    if high.day:
        assert low.day and low.day <= high.day

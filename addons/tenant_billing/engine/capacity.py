"""When a meter reaches its limit: a robust trend of its daily values (TB-055).

The slope is the median of the slopes between all pairs of days (Theil 1950, Sen 1968), so
that up to 29 % of wild values move it little. The level is the median of what the days say
about the last day. A forecast is a straight line: it names a date or why there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from statistics import median

from .money import ZERO, exact

MINIMUM_DAYS = 14
WINDOW_DAYS = 90
HORIZON_DAYS = 730
VERDICTS = ("too_little", "reached", "steady", "beyond", "forecast")


@dataclass(frozen=True, slots=True)
class Forecast:
    """``verdict``: *too_little* data, *reached* already, *steady* (no growth), *beyond* the
    horizon, or *forecast* with its ``day``. ``slope`` is per day; None without a trend."""

    verdict: str
    level: Decimal
    slope: Decimal | None = None
    day: date | None = None


def filled(points: dict[date, Decimal], until: date) -> list[tuple[date, Decimal]]:
    """Daily values of a level: a day without a report holds the one before it."""
    found: list[tuple[date, Decimal]] = []
    if not points:
        return found
    day, value = min(points), ZERO
    while day <= until:
        value = points.get(day, value)
        found.append((day, value))
        day += timedelta(days=1)
    return found


def forecast(points: Sequence[tuple[date, Decimal]], limit: Decimal, today: date) -> Forecast:
    """The forecast of ``limit`` from daily ``(day, value)`` in any order, days distinct.

    Only the last `WINDOW_DAYS` before ``today`` count.
    """
    since = today - timedelta(days=WINDOW_DAYS)
    known = sorted((day, value) for day, value in points if since < day <= today)
    if not known:
        return Forecast("too_little", ZERO)
    newest = known[-1][1]
    if newest >= limit:
        return Forecast("reached", newest, day=_first_day_of_reach(known, limit))
    if len(known) < MINIMUM_DAYS:
        return Forecast("too_little", newest)
    with exact():
        slope = _slope(known)
        if slope <= 0:
            return Forecast("steady", newest, slope)
        last = known[-1][0]
        level = median(value + slope * (last - day).days for day, value in known)
        wait = ((limit - level) / slope).to_integral_value(ROUND_CEILING)
    if wait > HORIZON_DAYS:
        return Forecast("beyond", newest, slope)
    # The trend may be there already while the newest value is not: then it is a matter of days.
    day = max(last + timedelta(days=int(wait)), today + timedelta(days=1))
    return Forecast("forecast", newest, slope, day)


def _slope(known: Sequence[tuple[date, Decimal]]) -> Decimal:
    return median(
        (later - value) / (after - day).days
        for position, (day, value) in enumerate(known)
        for after, later in known[position + 1 :]
    )


def _first_day_of_reach(known: Sequence[tuple[date, Decimal]], limit: Decimal) -> date:
    """First day of the unbroken run of days at or above the limit that goes on today."""
    first = known[-1][0]
    for day, value in reversed(known):
        if value < limit:
            break
        first = day
    return first

"""A season that comes back every year: which dated spans it stands for (TB-058)."""

from dataclasses import dataclass
from datetime import date, timedelta

from .periods import clamped

# A season that is open-ended is laid down for so many years ahead.
YEARS = 5


@dataclass(frozen=True, slots=True)
class Season:
    """From ``first`` until the day ``until`` (not in it), and on the same days of later years.
    ``last`` is the first day on which none begins any more, None for no end."""

    first: date
    until: date
    last: date | None = None


def spans(season: Season, after: date, horizon: date) -> tuple[tuple[date, date], ...]:
    """The seasons that begin after ``after`` and before ``horizon``, in order.

    The days are those of the first season, so that one of 29 February is one of 28 February in
    other years and of 29 again in the next leap year (B-01).
    """
    found = []
    stop = min(horizon, season.last or date.max)
    for number in range(max(after.year - season.first.year, 0), stop.year - season.first.year + 1):
        first, until = _years_later(season.first, number), _years_later(season.until, number)
        if after < first < stop:
            found.append((first, until))
    return tuple(found)


def horizon(today: date, term_until: date | None) -> date:
    """How far ahead seasons are laid down: five years, or the end of the term where that is
    further."""
    ahead = _years_later(today, YEARS)
    return max(ahead, term_until or ahead)


def fits(season: Season) -> bool:
    """Whether a season is over before it comes back."""
    return season.first < season.until <= _years_later(season.first, 1) - timedelta(days=1)


def _years_later(day: date, years: int) -> date:
    return clamped(day.year + years, day.month, day.day)

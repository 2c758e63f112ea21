"""Period calendar: half-open local dates, each boundary clamped from the anchor (DESIGN 6).

Boundary ``n`` is a function of the start, the anchor and ``n`` alone, so 31 January is
followed by 28 February and 31 March (B-01, R-18) and no boundary depends on an earlier run.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .errors import BillingError
from .zones import midnight

INTERVALS = ("day", "week", "month", "year")
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """``[start, end)`` as served; ``[full_start, full_end)`` is what proration divides by."""

    start: date
    end: date
    full_start: date
    full_end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def full_days(self) -> int:
        return (self.full_end - self.full_start).days

    def instants(self, zone: str) -> tuple[datetime, datetime]:
        """UTC instants of both bounds for a subscription in ``zone``."""
        return midnight(self.start, zone), midnight(self.end, zone)


def clamped(year: int, month: int, day: int) -> date:
    """``day`` of that month, or its last day where the month is shorter."""
    if day <= 28:
        return date(year, month, day)
    return date(year, month, min(day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Periods from ``start``. ``anchor_day`` (1-31, default: the start's day) is for months
    and years; days and weeks step from the start.

    Raises ``BillingError``: ``bad_interval``, ``bad_interval_count``, ``bad_anchor_day``.
    """

    start: date
    interval: str = "month"
    interval_count: int = 1
    anchor_day: int | None = None

    def __post_init__(self) -> None:
        if self.interval not in INTERVALS:
            raise BillingError("bad_interval", interval=self.interval)
        if self.interval_count < 1:
            raise BillingError("bad_interval_count", interval_count=self.interval_count)
        if self.anchor_day is not None and not 1 <= self.anchor_day <= 31:
            raise BillingError("bad_anchor_day", anchor_day=self.anchor_day)

    @property
    def _anchor(self) -> int:
        return self.anchor_day or self.start.day

    @property
    def _first_month(self) -> int:
        """Month (counted from year 0) of boundary 0, the first one on or after the start."""
        month = self.start.year * 12 + self.start.month - 1
        here = clamped(self.start.year, self.start.month, self._anchor)
        return month if here >= self.start else month + 1

    def boundary(self, n: int) -> date:
        """Boundary ``n``; 0 is the first on or after the start, -1 begins its full period."""
        if self.interval in _DAYS:
            return self.start + timedelta(days=n * self.interval_count * _DAYS[self.interval])
        step = self.interval_count * _MONTHS[self.interval]
        year, month = divmod(self._first_month + n * step, 12)
        return clamped(year, month + 1, self._anchor)

    def index(self, day: date) -> int:
        """Number of the period that holds ``day``; -1 is the first, partial one."""
        if self.interval in _DAYS:
            return (day - self.start).days // (self.interval_count * _DAYS[self.interval])
        step = self.interval_count * _MONTHS[self.interval]
        n = (day.year * 12 + day.month - 1 - self._first_month) // step
        return n if self.boundary(n) <= day else n - 1

    def period(self, n: int) -> Period:
        """Period ``n``, cut at the start where it begins earlier."""
        full_start, end = self.boundary(n), self.boundary(n + 1)
        return Period(max(full_start, self.start), end, full_start, end)

    def period_at(self, day: date) -> Period:
        """The period that holds ``day``. Raises ``before_start``."""
        if day < self.start:
            raise BillingError("before_start", day=day, start=self.start)
        return self.period(self.index(day))

    def periods(self, first: date, last: date) -> Iterator[Period]:
        """All periods from the one holding ``first`` to the one holding ``last`` (inclusive)."""
        first = max(first, self.start)
        if first > last:
            return
        n = self.index(first)
        begin = self.boundary(n)
        while begin <= last:
            end = self.boundary(n + 1)
            yield Period(max(begin, self.start), end, begin, end)
            n, begin = n + 1, end

"""Prices over all tenants of a partner: pooled quantities and minimum commitments (TRADE 1).

Both stand on the partner's own subscription, one key a period, so that the tenants' legs keep
their own terms and nobody's charge depends on the order in which tenants are billed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from .charges import prorated
from .errors import BillingError
from .money import ZERO, exact
from .periods import Calendar
from .terms import Opening
from .usage import LEVELS, Series, UsageEvent

_MICROSECOND = timedelta(microseconds=1)
_FAR = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Member:
    """A tenant in a pool on the instants ``[start, end)`` (UTC; None: open), and what it uses."""

    start: datetime
    end: datetime | None
    events: tuple[UsageEvent, ...] = ()


class Pool:
    """The summed quantity of several tenants, as `usage.Series` gives that of one.

    A level counts by the share of the time for which its tenant is in the pool, so that two
    tenants that follow each other are one; a count counts while its tenant is in it.
    """

    __slots__ = ("_members",)

    def __init__(self, members: Iterable[Member] = ()) -> None:
        self._members = [(one.start, one.end or _FAR, Series(one.events)) for one in members]

    def level(self, aggregation: str, start: datetime, end: datetime) -> Decimal:
        """A level over ``[start, end)``. Raises ``BillingError`` ``unknown_aggregation``."""
        if aggregation not in LEVELS:
            raise BillingError("unknown_aggregation", aggregation=aggregation)
        with exact():
            area = ZERO
            for low, high, series in self._within(start, end):
                area += series.level(aggregation, low, high) * ((high - low) // _MICROSECOND)
            return area / ((end - start) // _MICROSECOND) if area else ZERO

    def counts(self, aggregation: str, bounds, free=frozenset()) -> list[Decimal]:
        """Sums of the consecutive spans between ``bounds``. Different values cannot be pooled:
        raises ``BillingError`` ``unknown_aggregation``."""
        if aggregation != "sum":
            raise BillingError("unknown_aggregation", aggregation=aggregation)
        with exact():
            return [
                sum(
                    (
                        series.counts("sum", (low, high))[0]
                        for low, high, series in self._within(start, end)
                    ),
                    ZERO,
                )
                for start, end in zip(bounds, bounds[1:], strict=False)
            ]

    def _within(self, start: datetime, end: datetime):
        for first, until, series in self._members:
            low, high = max(first, start), min(until, end)
            if low < high:
                yield low, high, series


@dataclass(frozen=True, slots=True)
class Spending:
    """What counts towards a commitment: ``amounts`` by the day on which they were due.

    ``known_until`` is the last day for which every tenant is billed, or is waited for no longer,
    None where no tenant waits.
    A period is settled when all of it is known; one that was settled once (its first day in
    ``kept``) stays so, and what comes later is a difference.
    """

    amounts: Mapping[date, Decimal] | None = None
    known_until: date | None = date.min
    kept: frozenset[date] = frozenset()

    def settled(self, start: date, end: date) -> bool:
        last = end - timedelta(days=1)
        return self.known_until is None or last <= self.known_until or start in self.kept

    def between(self, start: date, end: date) -> Decimal:
        """The sum of what was due in ``[start, end)``."""
        amounts = self.amounts or {}
        with exact():
            return sum((amounts[day] for day in amounts if start <= day < end), ZERO)


def carried(opening: Opening, day: date, calendar: Calendar) -> Decimal:
    """What counts towards a commitment on ``day``, the first one charged here, of what an earlier
    system charged in advance in the same period: as the commitment, by the days from then on."""
    if day < calendar.start or opening.start < calendar.period_at(day).full_start:
        return ZERO
    left, covered = (opening.end - day).days, (opening.end - opening.start).days
    with exact():
        return prorated(opening.amount, left, covered)


def running(
    first: date, until: date | None, pauses: Iterable[tuple[date, date | None]]
) -> list[tuple[date, date | None]]:
    """The days ``[first, until)`` without the pauses, in order; None: open."""
    spans, begin, stop = [], first, until or date.max
    for start, end in sorted(pauses, key=lambda pause: (pause[0], pause[1] or date.max)):
        if begin < min(start, stop):
            spans.append((begin, min(start, stop)))
        begin = max(begin, end or date.max)
    if begin < stop:
        spans.append((begin, until))
    return spans


def merged(spans: Iterable[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """The days that any of ``spans`` holds, as spans that do not touch; None: open."""
    found: list[tuple[date, date | None]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], span[1] or date.max)):
        if found and start <= (found[-1][1] or date.max):
            last = found[-1][1]
            found[-1] = found[-1][0], max(last, end) if last and end else None
        else:
            found.append((start, end))
    return found

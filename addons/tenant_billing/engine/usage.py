"""Usage: from events to the quantity of a span of time (DESIGN 4.6 and 6).

Counts (``sum``, ``unique_count``) take what happens inside the span. Levels (``max``,
``last``, ``time_weighted_average``) hold until the next event, over period ends, and are 0
before the first one. Spans are half-open in UTC instants.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from .errors import BillingError
from .money import ZERO, exact

COUNTS = ("sum", "unique_count")
LEVELS = ("max", "last", "time_weighted_average")
AGGREGATIONS = COUNTS + LEVELS
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """One event. ``at`` is an aware UTC instant; ``value`` a Decimal, or, for
    ``unique_count``, whatever names the thing counted."""

    id: str
    at: datetime
    value: Decimal | str
    component: str


def dedupe(events: Iterable[UsageEvent]) -> list[UsageEvent]:
    """The events without repeated ids, on whichever component; the first one stands (R-20)."""
    first: dict[str, UsageEvent] = {}
    for event in events:
        first.setdefault(event.id, event)
    return list(first.values())


class Series:
    """The events of one component in order of time; ties in order of id, so that the order
    in which events arrive cannot matter (R-25). The events must be deduplicated."""

    __slots__ = ("times", "values")

    def __init__(self, events: Iterable[UsageEvent] = ()) -> None:
        ordered = sorted(events, key=lambda event: (event.at, event.id))
        self.times: list[datetime] = [event.at for event in ordered]
        self.values: list = [event.value for event in ordered]

    def level(self, aggregation: str, start: datetime, end: datetime) -> Decimal:
        """A level over ``[start, end)``. Raises ``BillingError`` ``unknown_aggregation``."""
        low, high = bisect_left(self.times, start), bisect_left(self.times, end)
        carried = self.values[low - 1] if low else ZERO
        if aggregation == "last":
            return self.values[high - 1] if high else ZERO
        if aggregation == "max":
            # An event at the very start replaces the level carried in.
            replaced = low < high and self.times[low] == start
            return max(self.values[low:high] if replaced else [carried, *self.values[low:high]])
        if aggregation == "time_weighted_average":
            return self._average(carried, low, high, start, end)
        raise BillingError("unknown_aggregation", aggregation=aggregation)

    def _average(
        self, level: Decimal, low: int, high: int, start: datetime, end: datetime
    ) -> Decimal:
        if end <= start:
            return level
        with exact():
            area, since = ZERO, start
            for position in range(low, high):
                moment = self.times[position]
                area += level * ((moment - since) // _MICROSECOND)
                level, since = self.values[position], moment
            area += level * ((end - since) // _MICROSECOND)
            return area / ((end - start) // _MICROSECOND)

    def counts(
        self,
        aggregation: str,
        bounds: Sequence[datetime],
        free: frozenset[int] = frozenset(),
    ) -> list[Decimal]:
        """Counts of the consecutive spans between ``bounds``, which are one period.

        ``unique_count`` counts a value in the span that sees it first in the period. What is
        seen in a span of ``free`` is not seen yet for the spans after it.
        """
        cuts = [bisect_left(self.times, bound) for bound in bounds]
        spans = list(zip(cuts, cuts[1:], strict=False))
        if aggregation == "sum":
            with exact():
                return [sum(self.values[low:high], ZERO) for low, high in spans]
        if aggregation != "unique_count":
            raise BillingError("unknown_aggregation", aggregation=aggregation)
        seen: set = set()
        found = []
        for number, (low, high) in enumerate(spans):
            new = set(self.values[low:high]) - seen
            if number not in free:
                seen |= new
            found.append(Decimal(len(new)))
        return found


def aggregate(
    aggregation: str, events: Iterable[UsageEvent], start: datetime, end: datetime
) -> Decimal:
    """Quantity of ``[start, end)`` from raw events of one component, repeated ids dropped."""
    series = Series(dedupe(events))
    if aggregation in COUNTS:
        return series.counts(aggregation, (start, end))[0]
    return series.level(aggregation, start, end)

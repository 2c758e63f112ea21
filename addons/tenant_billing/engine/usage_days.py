"""Usage from daily roll-ups instead of single events (DESIGN 4.6 and 7).

Rating cuts time at local midnight only. So a few events that stand for a day give the same
quantities as all of its events, and rating reads them in their place. Levels of several
streams (environments, dimensions) add up: each holds until its own next event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from .money import ZERO, exact
from .usage import UsageEvent
from .zones import midnight

# Aggregations that days give exactly, whatever the number of streams.
BY_DAY = ("sum", "last", "time_weighted_average")
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of one stream. ``area`` is seconds × value from the first event to ``end``,
    the instant (UTC) at which the day is over."""

    day: date
    first_at: datetime
    last_at: datetime
    end: datetime
    sum: Decimal
    max: Decimal
    last: Decimal
    area: Decimal

    def is_day_of(self, timezone: str) -> bool:
        """Whether it lies inside the day that ``timezone`` has of this date."""
        return midnight(
            self.day, timezone
        ) <= self.first_at and self.last_at < self.end == midnight(
            self.day + timedelta(days=1), timezone
        )


def by_day(aggregation: str, streams: int) -> bool:
    """Whether days are enough; else the events are needed."""
    return aggregation in BY_DAY or (aggregation == "max" and streams <= 1)


def day_events(aggregation: str, days: Iterable[Day], component: str) -> list[UsageEvent]:
    """Events of one stream that stand for its days wherever time is cut at their midnights."""
    found = []
    for day in days:
        name = day.day.isoformat()
        for number, (at, value) in enumerate(_STANDING[aggregation](day)):
            found.append(UsageEvent(f"{name}/{number}", at, value, component))
    return found


def _sum(day: Day):
    yield day.first_at, day.sum


def _last(day: Day):
    yield day.last_at, day.last


def _max(day: Day):
    # The level carried in counts too, unless the first event stands at midnight.
    yield day.first_at, day.max
    if day.last != day.max:
        yield day.last_at, day.last


def _average(day: Day):
    with exact():
        seconds = Decimal((day.end - day.first_at) // _MICROSECOND) / 1_000_000
        level = day.area / seconds
    yield day.first_at, level
    if level != day.last:
        # Before the events of the next day, whose names sort later.
        yield day.end, day.last


_STANDING = {"sum": _sum, "last": _last, "max": _max, "time_weighted_average": _average}


def total(streams: Sequence[Sequence[UsageEvent]]) -> list[UsageEvent]:
    """The sum of levels, as events: at each instant at which a stream moves, what all of them
    then hold. Of several events of a stream at one instant the last one (by id) stands."""
    if len(streams) <= 1:
        return [event for stream in streams for event in stream]
    moves = sorted(
        (event.at, number, event.id, event) for number, stream in enumerate(streams)
        for event in stream
    )  # fmt: skip
    levels, found = [ZERO] * len(streams), []
    with exact():
        for position, (at, number, ident, event) in enumerate(moves):
            levels[number] = event.value
            if position + 1 == len(moves) or moves[position + 1][0] != at:
                name = f"{number}/{ident}"
                found.append(UsageEvent(name, at, sum(levels, ZERO), event.component))
    return found

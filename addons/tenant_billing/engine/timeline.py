"""The terms of one component through time, and the days on which a leg may charge it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .money import ZERO
from .pricing import Price, canonical, price_quantity
from .terms import KEEP, Change, Component, LegWindow, Subscription


@dataclass(frozen=True, slots=True)
class State:
    """Terms that hold from a day on."""

    quantity: Decimal
    included: Decimal
    minimum: Decimal
    price: Price

    @property
    def rate(self) -> Decimal:
        """Cost of the stated quantity in one full period, unrounded."""
        return self.cost(self.quantity)

    def cost(self, quantity: Decimal) -> Decimal:
        """Cost of ``quantity`` in one full period: allowance off, minimum kept."""
        return max(price_quantity(self.price, quantity - self.included), self.minimum)

    @property
    def function(self) -> tuple:
        """Equal for two states that cost the same for every quantity."""
        return canonical(self.price), self.included, self.minimum


class Timeline:
    """The state of each day, and the days on which it costs something else."""

    def __init__(self, component: Component, changes: Iterable[Change]) -> None:
        state = State(
            component.quantity, component.included, component.minimum or ZERO, component.price
        )
        states = {date.min: state}
        for change in sorted(changes, key=lambda change: (change.at, change.sequence)):
            state = states[change.at] = _changed(state, change)
        self._days = list(states)
        self._states = list(states.values())
        self._splits = self._find_splits(metered=component.kind == "metered")

    def _find_splits(self, metered: bool) -> list[date]:
        """Metered terms matter whatever is used later; a stated quantity matters only where
        the amount moves, since a split that changes nothing could still move a cent."""
        splits, before = [], None
        for day, state in zip(self._days, self._states, strict=True):
            now = state.function if metered else state.rate
            if before is not None and now != before:
                splits.append(day)
            before = now
        return splits

    def at(self, day: date) -> State:
        """The state that holds on ``day``."""
        return self._states[bisect_right(self._days, day) - 1]

    def next_split(self, day: date) -> date:
        """First day on or after ``day`` that begins with another cost; ``date.max``: none."""
        position = bisect_left(self._splits, day)
        return self._splits[position] if position < len(self._splits) else date.max

    def splits(self, first: date, until: date) -> list[date]:
        """Such days after ``first`` and before ``until``."""
        low, high = bisect_right(self._splits, first), bisect_left(self._splits, until)
        return self._splits[low:high]


def _changed(state: State, change: Change) -> State:
    values = {
        name: value
        for name in ("quantity", "included", "price")
        if (value := getattr(change, name)) is not None
    }
    if change.minimum is not KEEP:
        values["minimum"] = change.minimum or ZERO
    return replace(state, **values)


@dataclass(frozen=True, slots=True)
class Span:
    """Days of one component on one leg.

    ``first`` .. ``stop`` is what the leg charges. ``stated_end`` was known from the beginning
    and shortens a charge; ``sudden_end`` (a change, or the leg's own end) credits what it
    leaves unused. ``whole_first`` .. ``whole_stop`` is the component whoever sells it: what a
    shared allowance is divided by.
    """

    first: date
    stated_end: date
    sudden_end: date
    whole_first: date
    whole_stop: date
    handover: bool

    @property
    def stop(self) -> date:
        return min(self.stated_end, self.sudden_end)


def span_of(
    component: Component,
    subscription: Subscription,
    ends: Iterable[date],
    as_of: date,
    leg: LegWindow,
) -> Span:
    """The span as known at ``as_of``: ``ends`` are the days on which known changes end the
    component or the subscription; a later end of the leg is not known yet."""
    whole_first = max(subscription.start, component.start or date.min)
    stated_end = min(subscription.end or date.max, component.end or date.max)
    changed_end = min(ends, default=date.max)
    leg_end = leg.until if leg.until and leg.until <= as_of else date.max
    return Span(
        first=max(whole_first, leg.first or date.min),
        stated_end=stated_end,
        sudden_end=min(changed_end, leg_end),
        whole_first=whole_first,
        whole_stop=min(stated_end, changed_end),
        handover=leg_end < min(changed_end, stated_end),
    )

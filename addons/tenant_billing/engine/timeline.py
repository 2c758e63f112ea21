"""The terms of one component through time, and the days on which a leg may charge it.

Discounts and free days are laid over the terms, so that neither can move the other, whichever
is learnt first.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .money import ONE, ZERO
from .pricing import Price, canonical, price_quantity, scaled
from .terms import KEEP, Change, Component, Discount, Free, LegWindow, Subscription

_NOTHING = Price("flat", ZERO)


@dataclass(frozen=True, slots=True)
class State:
    """Terms that hold from a day on. ``price`` has ``discount`` (percent) off already;
    ``free`` days cost nothing."""

    quantity: Decimal
    included: Decimal
    minimum: Decimal
    price: Price
    maximum: Decimal | None = None
    discount: Decimal = ZERO
    free: bool = False

    @property
    def rate(self) -> Decimal:
        """Cost of the stated quantity in one full period, unrounded."""
        return self.cost(self.quantity)

    def cost(self, quantity: Decimal) -> Decimal:
        """Cost of ``quantity`` in one full period: allowance off, minimum and maximum kept."""
        return self.limited(price_quantity(self.price, quantity - self.included))

    def limited(self, amount: Decimal) -> Decimal:
        """``amount`` raised to the minimum; above the maximum, the maximum."""
        raised = max(amount, self.minimum)
        return raised if self.maximum is None else min(raised, self.maximum)

    @property
    def function(self) -> tuple:
        """Equal for two states that cost the same for every quantity."""
        return canonical(self.price), self.included, self.minimum, self.maximum, self.free


class Timeline:
    """The state of each day, and the days on which it costs something else."""

    def __init__(
        self,
        component: Component,
        changes: Iterable[Change],
        free: Iterable[Free] = (),
        discounts: Iterable[Discount] = (),
    ) -> None:
        state = State(
            component.quantity,
            component.included,
            component.minimum or ZERO,
            component.price,
            component.maximum,
        )
        states = {date.min: state}
        for change in sorted(changes, key=lambda change: (change.at, change.sequence)):
            state = states[change.at] = _changed(state, change)
        self._days = list(states)
        self._states = list(states.values())
        self._lay_over(
            [span for span in discounts if _covers(span, component.code)],
            [span for span in free if _covers(span, component.code)],
        )
        self._splits = self._find_splits(metered=component.kind == "metered")

    def _lay_over(self, discounts: list[Discount], free: list[Free]) -> None:
        """Cut the states where a discount or free days begin or end, and apply them."""
        if not discounts and not free:
            return
        cuts = {day for span in (*discounts, *free) for day in (span.start, span.until) if day}
        days = sorted(cuts.union(self._days))
        self._states = [
            _freed(self.at(day))
            if any(_holds(span, day) for span in free)
            else _discounted(
                self.at(day), [span.percent for span in discounts if _holds(span, day)]
            )
            for day in days
        ]
        self._days = days

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

    @property
    def days(self) -> list[date]:
        """Days from which the terms are stated anew, whether or not they cost something else."""
        return self._days

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
    if change.maximum is not KEEP:
        values["maximum"] = change.maximum
    return replace(state, **values)


def _covers(span: Discount | Free, code: str) -> bool:
    return span.components is None or code in span.components


def _holds(span: Discount | Free, day: date) -> bool:
    return (span.start or date.min) <= day < (span.until or date.max)


def _freed(state: State) -> State:
    return State(state.quantity, ZERO, ZERO, _NOTHING, free=True)


def _discounted(state: State, percents: list[Decimal]) -> State:
    factor = ONE
    for percent in percents:
        factor *= 1 - percent / 100
    return replace(state, price=scaled(state.price, factor), discount=100 * (1 - factor))


@dataclass(frozen=True, slots=True)
class Span:
    """Days of one component on one leg.

    ``first`` .. ``stop`` is what the leg charges. ``stated_end`` was known from the beginning
    and shortens a charge; ``sudden_end`` (a change, or the leg's own end) credits what it
    leaves unused where there is a ``refund``. ``whole_first`` .. ``whole_stop`` is the
    component whoever sells it: what a shared allowance is divided by.
    """

    first: date
    stated_end: date
    sudden_end: date
    whole_first: date
    whole_stop: date
    handover: bool
    refund: bool = True

    @property
    def stop(self) -> date:
        return min(self.stated_end, self.sudden_end)


def span_of(
    component: Component,
    subscription: Subscription,
    ends: Iterable[Change],
    as_of: date,
    leg: LegWindow,
) -> Span:
    """The span as known at ``as_of``: ``ends`` are the known changes that end the component
    or the subscription, of which the first counts; a later end of the leg is not known yet."""
    whole_first = max(subscription.start, component.start or date.min)
    stated_end = min(subscription.end or date.max, component.end or date.max)
    end = min(ends, key=lambda change: (change.at, -change.sequence), default=None)
    changed_end = end.at if end else date.max
    leg_end = leg.until if leg.until and leg.until <= as_of else date.max
    return Span(
        first=max(whole_first, leg.first or date.min),
        stated_end=stated_end,
        sudden_end=min(changed_end, leg_end),
        whole_first=whole_first,
        whole_stop=min(stated_end, changed_end),
        handover=leg_end < min(changed_end, stated_end),
        refund=not end or end.refund or leg_end < changed_end,
    )

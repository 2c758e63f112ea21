"""What is charged when its days are over: recurring components in arrears, levels, counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .charges import Charge, prorated
from .money import ZERO, round_money
from .periods import Period
from .pricing import price_quantity
from .terms import Component, Terms
from .timeline import Span, State, Timeline
from .usage import COUNTS, Series
from .zones import midnight


@dataclass(frozen=True, slots=True)
class _Part:
    """Days of one period on one set of terms."""

    start: date
    end: date
    period: Period
    state: State
    reason: str

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def prorate(self, amount: Decimal) -> Decimal:
        return prorated(amount, self.days, self.period.full_days)


def arrears_charges(
    component: Component,
    terms: Terms,
    timeline: Timeline,
    span: Span,
    as_of: date,
    series: Series,
) -> Iterator[Charge]:
    """Charges of one component whose days are over by ``as_of``."""
    rater = _rater(component)
    for period in terms.subscription.calendar.periods(span.first, as_of):
        parts = _parts(period, timeline, span)
        if not parts:
            return
        if parts[0].end <= as_of:
            for charge in rater(component, terms, timeline, span, parts, series):
                if charge.due <= as_of:
                    yield charge


def _rater(component: Component):
    if component.commitment:
        return _commitment
    if component.kind == "recurring":
        return _recurring
    return _counts if component.aggregation in COUNTS else _levels


def _parts(period: Period, timeline: Timeline, span: Span) -> list[_Part]:
    """The leg's days of a period, split where its terms change."""
    start, stop = max(period.start, span.first), min(period.end, span.stop)
    if start >= stop:
        return []
    cuts = [start, *timeline.splits(start, stop), stop]
    whole = start == period.full_start and stop == period.full_end
    reason = "change" if len(cuts) > 2 else "period" if whole else "partial_period"
    return [
        _Part(first, end, period, timeline.at(first), reason)
        for first, end in zip(cuts, cuts[1:], strict=False)
    ]


def _commitment(component, terms, timeline, span, parts, spending) -> Iterator[Charge]:
    """What is missing to the amount committed for these days, once, when they are over and all
    that counts towards it is known."""
    start, end = parts[0].start, parts[-1].end
    if not spending.settled(start, end):
        return
    owed = sum((part.prorate(part.state.rate) for part in parts), ZERO)
    missing = max(owed - spending.between(start, end), ZERO)
    last = parts[-1]
    whole = _Part(start, end, last.period, last.state, last.reason)
    quantity = last.state.quantity
    yield _row(component, terms, whole, quantity, quantity, ZERO, missing, missing)


def _recurring(component, terms, timeline, span, parts, series) -> Iterator[Charge]:
    for part in parts:
        yield _level_charge(component, terms, part, part.state.quantity)


def _levels(component, terms, timeline, span, parts, series) -> Iterator[Charge]:
    zone = terms.subscription.timezone
    for part in parts:
        bounds = midnight(part.start, zone), midnight(part.end, zone)
        yield _level_charge(component, terms, part, series.level(component.aggregation, *bounds))


def _level_charge(component: Component, terms: Terms, part: _Part, quantity: Decimal) -> Charge:
    """Priced per period, so prorated, its minimum with it; the allowance is whole."""
    state = part.state
    billable = max(quantity - state.included, ZERO)
    usage = price_quantity(state.price, billable)
    amount = part.prorate(state.limited(usage))
    added = part.prorate(max(state.minimum - usage, ZERO))
    return _row(component, terms, part, quantity, billable, state.included, amount, added)


def _counts(component, terms, timeline, span, parts, series) -> Iterator[Charge]:
    """Counted, so not prorated: allowance and tiers run once through the leg's days of the
    period, free ones left out; a minimum is topped up once, in the last part that costs; the
    parts with a maximum share it, the first ones first."""
    zone = terms.subscription.timezone
    period = parts[0].period
    whole_start = max(period.start, span.whole_first)
    whole_days = (min(period.end, span.whole_stop) - whole_start).days
    first = parts[0].start
    leg_days = (parts[-1].end - first).days
    # What somebody else bills of the period counts too, but for its free days.
    earlier = [whole_start, *timeline.splits(whole_start, first)] if whole_start < first else []
    starts = [*earlier, *(part.start for part in parts)]
    bounds = [midnight(day, zone) for day in (*starts, parts[-1].end)]
    free = frozenset(number for number, day in enumerate(starts) if timeline.at(day).free)
    counts = series.counts(component.aggregation, bounds, free)[len(earlier) :]
    last = max((number for number, part in enumerate(parts) if not part.state.free), default=None)
    room = sum((part.prorate(part.state.maximum) for part in parts if part.state.maximum), ZERO)
    running, billed, owed = ZERO, ZERO, ZERO
    for number, (part, quantity) in enumerate(zip(parts, counts, strict=True)):
        state = part.state
        if state.free:
            continue
        included = prorated(state.included, leg_days, whole_days)
        before = max(running - included, ZERO)
        running += quantity
        after = max(running - included, ZERO)
        usage = max(price_quantity(state.price, after) - price_quantity(state.price, before), ZERO)
        owed += part.prorate(state.minimum)
        added = max(owed - billed - usage, ZERO) if number == last else ZERO
        amount = usage + added
        if state.maximum is not None:
            amount = min(amount, room)
            room -= amount
        charge = _row(component, terms, part, quantity, after - before, included, amount, added)
        billed += charge.amount
        yield charge


def _row(component, terms, part, quantity, billable, included, amount, added) -> Charge:
    return Charge(
        component=component.code,
        kind=component.kind,
        entry="charge",
        period_start=part.start,
        period_end=part.end,
        full_start=part.period.full_start,
        full_end=part.period.full_end,
        due=part.end,
        quantity=quantity,
        billable=billable,
        included=included,
        model=part.state.price.model,
        amount=round_money(amount, terms.decimal_places),
        reason=part.reason,
        aggregation=component.aggregation,
        minimum_part=added,
        discount=part.state.discount,
    )

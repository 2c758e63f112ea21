"""What is used of what a contract includes, on average of its last full periods (TB-074)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .money import exact
from .terms import LegWindow, Terms
from .timeline import Timeline, span_of
from .usage import COUNTS, Series, dedupe

PERIODS = 3


@dataclass(frozen=True, slots=True)
class Use:
    """``quantity`` a period on average of ``periods`` of them, of what is ``included`` now."""

    component: str
    quantity: Decimal
    included: Decimal
    periods: int


def plan_use(terms: Terms, today: date, leg: LegWindow | None = None) -> tuple[Use, ...]:
    """Use of each metered component that has an allowance on ``today``, of the last full periods
    that were over by then; one without any has 0 periods."""
    events = defaultdict(list)
    for event in dedupe(terms.usage):
        events[event.component].append(event)
    found = []
    for component in terms.components:
        if component.kind != "metered":
            continue
        changes = [each for each in terms.changes if each.component == component.code]
        ends = [
            each for each in terms.changes if each.end and each.component in (None, component.code)
        ]
        # An allowance is what it is in a trial or pause too.
        state = Timeline(component, changes).at(today)
        span = span_of(component, terms.subscription, ends, today, leg or LegWindow())
        if not state.included or not span.first <= today < span.stop:
            continue
        series = Series(events[component.code])
        measured = [
            _measure(component.aggregation, series, period.instants(terms.subscription.timezone))
            for period in terms.subscription.calendar.periods(span.first, today)
            if period.end <= today
            and period.start >= span.first
            and period.days == period.full_days
        ][-PERIODS:]
        with exact():
            mean = sum(measured) / len(measured) if measured else Decimal(0)
        found.append(Use(component.code, mean, state.included, len(measured)))
    return tuple(found)


def _measure(aggregation, series, bounds):
    if aggregation in COUNTS:
        return series.counts(aggregation, bounds)[0]
    return series.level(aggregation, *bounds)

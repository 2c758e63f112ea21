"""Recurring components in advance: charged on the first day, and where a change, an end or a
hand-over leaves days unused, credited at what was debited for them (DESIGN 6)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from .charges import Charge, prorated
from .money import ZERO, round_money
from .periods import Period
from .terms import Component, Opening, Terms
from .timeline import Span, State, Timeline


class _Debit(NamedTuple):
    """The last charge, or what an earlier system charged: what a credit is measured by."""

    start: date
    end: date
    amount: object
    state: State
    period: Period


def advance_charges(
    component: Component,
    terms: Terms,
    timeline: Timeline,
    span: Span,
    as_of: date,
    openings: tuple[Opening, ...] = (),
) -> Iterator[Charge]:
    """Charges and credits of one component due up to and including ``as_of``."""
    calendar = terms.subscription.calendar
    if span.first >= span.stop:
        return
    debit = _opening(component, openings, span, calendar, timeline)
    event = span.first
    while True:
        if debit is not None:
            # What comes first: a change inside the days debited, or their end.
            event = min(timeline.next_split(event), debit.end)
            if debit.end > span.stop and event >= span.stop:
                if span.stop <= as_of and span.refund:
                    reason = "handover" if span.handover else "end"
                    yield _credit(component, terms, debit, span.stop, reason)
                return
        if event >= span.stop or event > as_of:
            return
        if debit is not None and event < debit.end:
            yield _credit(component, terms, debit, event, "change")
            reason = "change"
        else:
            reason = "period"
        period = calendar.period_at(event)
        debit = _debit(terms, period, event, span, timeline.at(event))
        if reason == "period" and debit.end - debit.start != period.full_end - period.full_start:
            reason = "partial_period"
        yield _charge(component, debit, reason)
        event += timedelta(days=1)


def _opening(component, openings, span, calendar, timeline) -> _Debit | None:
    """The earlier system's charge that covers the first day, if there is one."""
    for opening in openings:
        if opening.component == component.code and opening.start <= span.first < opening.end:
            before = timeline.at(span.first - timedelta(days=1))
            period = calendar.period_at(span.first)
            return _Debit(opening.start, opening.end, opening.amount, before, period)
    return None


def _debit(terms: Terms, period: Period, day: date, span: Span, state: State) -> _Debit:
    end = min(period.end, span.stated_end)
    amount = prorated(state.rate, (end - day).days, period.full_days)
    return _Debit(day, end, round_money(amount, terms.decimal_places), state, period)


def _charge(component: Component, debit: _Debit, reason: str) -> Charge:
    return _row(component, debit, debit.start, "charge", debit.amount, reason)


def _credit(component: Component, terms: Terms, debit: _Debit, day: date, reason: str) -> Charge:
    left, covered = (debit.end - day).days, (debit.end - debit.start).days
    amount = -round_money(prorated(debit.amount, left, covered), terms.decimal_places)
    return _row(component, debit, day, "credit", amount, reason)


def _row(component, debit: _Debit, day: date, entry: str, amount, reason: str) -> Charge:
    state = debit.state
    return Charge(
        component=component.code,
        kind=component.kind,
        entry=entry,
        period_start=day,
        period_end=debit.end,
        full_start=debit.period.full_start,
        full_end=debit.period.full_end,
        due=day,
        quantity=state.quantity,
        billable=max(state.quantity - state.included, ZERO),
        included=state.included,
        model=state.price.model,
        amount=amount,
        reason=reason,
        discount=state.discount,
    )

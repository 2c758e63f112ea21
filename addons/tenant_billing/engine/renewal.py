"""Terms of a contract: end, notice, renewal, and the gap between two of them (TB-073, TB-074)."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

from .money import ZERO, exact, round_money
from .periods import clamped


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return clamped(year, month + 1, day.day)


def term_end(start: date, months: int, day: date | None = None) -> date | None:
    """First day after the term of ``months`` that began on ``start``; with ``day``, after the
    one of its renewals that holds that day. None for no term.

    Counted from the start, so that a contract of 31 January does not drift (B-01).
    """
    if months <= 0:
        return None
    end = months_later(start, months)
    number = 1
    while day is not None and end <= day:
        number += 1
        end = months_later(start, months * number)
    return end


def notice_day(end: date, days: int) -> date:
    """The last day on which notice for ``end`` is in time."""
    return end - timedelta(days=days)


def gap_months(upstream: date | None, downstream: date | None) -> Decimal:
    """Months for which the purchase is bound and the sale is not, to one decimal; 0 where the
    sale lasts as long. Without a term downstream there is nothing to compare: 0."""
    if not upstream or not downstream or upstream <= downstream:
        return ZERO
    whole = 0
    while months_later(downstream, whole + 1) <= upstream:
        whole += 1
    reached = months_later(downstream, whole)
    with exact():
        rest = Decimal((upstream - reached).days) / monthrange(reached.year, reached.month)[1]
        return round_money(whole + rest, 1)

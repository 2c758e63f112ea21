"""Which drafts a person looks at before they are posted, and with what beside them (TRADE 4).

All else posts by itself. A hold is a question, never a verdict: each code is answered by one
decision (release, correct, park).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .money import exact
from .periods import clamped

FIRST, OFF, ZERO_TOTAL, CREDIT, PRICE, ORDER = (
    "first_invoice",
    "off_last_month",
    "zero",
    "credit",
    "price_changed",
    "order_number",
)
RULES = (FIRST, OFF, ZERO_TOTAL, CREDIT, PRICE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a seller wants to look at. ``off``: more than ``percent`` *and* more than ``amount``
    (of the seller's currency) off last month. A missing order number holds always: the buyer
    would not pay."""

    codes: frozenset[str] = frozenset(RULES)
    percent: Decimal = Decimal(20)
    amount: Decimal = Decimal(200)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, net, in one currency. ``month``: this buyer's documents of the month up to this
    one, it included; ``last``: those of last month up to the same day."""

    total: Decimal
    month: Decimal
    last: Decimal
    is_first: bool = False
    changed_prices: tuple[str, ...] = ()
    order_missing: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    code: str
    components: tuple[str, ...] = ()


def holds(draft: Draft, rules: Rules) -> tuple[Hold, ...]:
    """Reasons to look at a draft, the most telling first; none: it posts by itself."""
    found = []
    if draft.order_missing:
        found.append(Hold(ORDER))
    if draft.is_first and FIRST in rules.codes:
        found.append(Hold(FIRST))
    if not draft.total and ZERO_TOTAL in rules.codes:
        found.append(Hold(ZERO_TOTAL))
    if draft.total < 0 and CREDIT in rules.codes:
        found.append(Hold(CREDIT))
    # Of a first invoice there is nothing to be off from.
    if not draft.is_first and OFF in rules.codes and is_off(draft.month, draft.last, rules):
        found.append(Hold(OFF))
    if draft.changed_prices and PRICE in rules.codes:
        found.append(Hold(PRICE, tuple(sorted(set(draft.changed_prices)))))
    return tuple(found)


def is_off(month: Decimal, last: Decimal, rules: Rules) -> bool:
    """Whether both bounds are passed; at a bound it is not. From nothing, any amount above the
    second is off."""
    with exact():
        difference = abs(month - last)
        return difference > rules.amount and difference * 100 > rules.percent * abs(last)


def off_percent(month: Decimal, last: Decimal) -> Decimal | None:
    """How far off last month, in percent; None where last month was nothing."""
    if not last:
        return None
    return (month - last) * 100 / abs(last)


def spans(day: date) -> tuple[date, date, date, date]:
    """First and last day of what is compared: this month up to ``day``, and last month up to the
    same day of the month. A day at the end of its month reaches to the end of the other.

    So a buyer with several billing days in a month, or a supplement, is compared like with like.
    """
    first = day.replace(day=1)
    before = first - timedelta(days=1)
    at_end = (day + timedelta(days=1)).month != day.month
    last = before if at_end else clamped(before.year, before.month, day.day)
    return first, day, before.replace(day=1), last


def month_of(day: date) -> tuple[date, date]:
    """First day of the month of ``day``, and of the next."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return day.replace(day=1), date(year, month + 1, 1)


def previous_price(
    versions: list[tuple[date | None, object]], day: date, since: date
) -> tuple[object, object] | None:
    """What a component cost on ``since`` and what on ``day``, where these differ; None where it
    costs the same, or was not priced on ``since``.

    :param versions: (first day or None, terms of the price that compare equal), in order
    """

    def at(when):
        held = [terms for first, terms in versions if first is None or first <= when]
        return held[-1] if held else None

    before, now = at(since), at(day)
    if before is None or now is None or before == now:
        return None
    return before, now

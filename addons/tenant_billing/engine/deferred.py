"""Revenue of what is charged in advance, by the months that it is for (TB-059).

By days: each month takes its share of the amount, and the cents that are left over go to the
months that lost most by rounding down, the earlier one first (Hamilton's largest remainder), so
that the months add up to the charge.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from .errors import BillingError
from .money import ZERO, exact


@dataclass(frozen=True, slots=True)
class Month:
    """``month`` is its first day. ``billed`` and ``recognised`` are of the month, ``deferred`` is
    what is billed and not recognised at its end; before it is billed nothing is deferred."""

    month: date
    billed: Decimal
    recognised: Decimal
    deferred: Decimal


def schedule(
    amount: Decimal, first: date, until: date, billed_on: date, decimal_places: int = 2
) -> tuple[Month, ...]:
    """A charge (or credit) for ``[first, until)``, billed on a day, by month without a gap.

    Raises ``BillingError`` ``bad_period`` for no day at all.
    """
    if until <= first:
        raise BillingError("bad_period", start=first, end=until)
    days = _days(first, until)
    shares = dict(zip(days, split(amount, list(days.values()), decimal_places), strict=True))
    billed_in = billed_on.replace(day=1)
    found, left, month = [], ZERO, min(billed_in, *days)
    while month <= max(billed_in, *days):
        billed = amount if month == billed_in else ZERO
        recognised = shares.get(month, ZERO)
        left += recognised
        deferred = amount - left if month >= billed_in else ZERO
        found.append(Month(month, billed, recognised, deferred))
        month = _next(month)
    return tuple(found)


def split(amount: Decimal, weights: list[int], decimal_places: int = 2) -> list[Decimal]:
    """``amount`` in parts by weight that add up to it; parts have the decimals of money."""
    with exact():
        unit = Decimal(1).scaleb(-decimal_places)
        total, units = sum(weights), abs(amount) / unit
        ideal = [units * weight / total for weight in weights]
        parts = [each.to_integral_value(rounding=ROUND_FLOOR) for each in ideal]
        order = sorted(range(len(parts)), key=lambda place: parts[place] - ideal[place])
        left = units - sum(parts)
        for place in order[: int(left)]:
            parts[place] += 1
        # What the currency has no unit for.
        parts[order[0]] += left - int(left)
        sign = -1 if amount < 0 else 1
        return [sign * part * unit for part in parts]


def _days(first: date, until: date) -> dict[date, int]:
    found, day = {}, first
    while day < until:
        stop = min(_next(day.replace(day=1)), until)
        found[day.replace(day=1)] = (stop - day).days
        day = stop
    return found


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)

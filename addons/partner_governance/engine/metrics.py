"""Live values of partners: what one is, over which days, and how those of many are told.

A value names its sample size, since a rate of two cases says little, and the records behind it.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

# Fewer partners than this are never told apart (TRADE 9).
FEW = 5
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Period:
    """Days from ``start`` up to, and not including, ``end``."""

    start: date
    end: date


@dataclass(frozen=True)
class Value:
    """``value`` of one partner; ``count`` cases it was worked out from; ``records`` behind it as
    ``(model, ids)``."""

    value: Decimal
    count: int
    records: tuple[str, tuple[int, ...]] = ("", ())


def trailing(until: date, months: int) -> Period:
    """The ``months`` before ``until``, which itself is not in it; clamped like 31 → 28 Feb."""
    index = until.year * 12 + until.month - 1 - months
    year, month = divmod(index, 12)
    last = monthrange(year, month + 1)[1]
    return Period(date(year, month + 1, min(until.day, last)), until)


@dataclass(frozen=True)
class Summary:
    """A metric over many partners. ``total`` is a sum of counts, or the mean weighted by cases
    of anything else; the quartiles are None where fewer than ``FEW`` partners stand behind."""

    partners: int
    count: int
    total: Decimal | None
    lower: Decimal | None = None
    median: Decimal | None = None
    upper: Decimal | None = None


def summary(values: Sequence[Value], additive: bool) -> Summary:
    """Total and quartiles of ``values``; of rates and durations only those with cases count."""
    told = list(values) if additive else [each for each in values if each.count]
    if not told:
        return Summary(0, 0, None)
    cases = sum(each.count for each in told)
    if additive:
        total = sum((each.value for each in told), Decimal(0))
    else:
        total = sum(each.value * each.count for each in told) / cases
    if len(told) < FEW:
        return Summary(len(told), cases, rounded(total))
    ordered = sorted(each.value for each in told)
    quartiles = [rounded(quantile(ordered, share)) for share in ("0.25", "0.5", "0.75")]
    return Summary(len(told), cases, rounded(total), *quartiles)


def quantile(ordered: Sequence[Decimal], share: str) -> Decimal:
    """Linear between neighbours (R's type 7, the spreadsheet's QUARTILE.INC)."""
    place = Decimal(share) * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)

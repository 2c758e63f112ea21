"""Effort, margin and payback of a deal before it is offered, each number with its source.

PG-095. Rates are data. Days are ``Decimal`` person days; money is in one currency, the seller's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from .qualification import UNKNOWN, Condition, holds

CENT, TENTH = Decimal("0.01"), Decimal("0.1")


@dataclass(frozen=True)
class Rate:
    """``days`` of work where the condition holds; times the answer where ``per_unit``. A rate
    without a question is the base of ``tier`` (0: of every tier)."""

    code: str
    days: Decimal
    condition: Condition | None = None
    per_unit: bool = False
    tier: int = 0


@dataclass(frozen=True)
class EffortLine:
    """``quantity`` × ``rate`` days = ``days``; ``code`` names the rate it comes from."""

    code: str
    quantity: Decimal
    rate: Decimal
    days: Decimal


@dataclass(frozen=True)
class Terms:
    """What a seller asks and pays: per day of work and per month of hosting, and the days that
    it spends before the contract."""

    day_price: Decimal
    day_cost: Decimal
    month_price: Decimal
    month_cost: Decimal
    presales_days: Decimal = Decimal(0)


@dataclass(frozen=True)
class Economics:
    """``payback_months`` until the monthly margin has paid what the one-off part costs beyond
    its price: 0 when it pays for itself, None when it never does."""

    revenue: Decimal
    cost: Decimal
    margin: Decimal
    margin_percent: Decimal | None
    month_margin: Decimal
    payback_months: int | None


def effort(answers: Mapping[str, object], tier: int, rates: Iterable[Rate]) -> tuple:
    """The lines of an estimate, one a rate that applies."""
    lines = []
    for rate in rates:
        if rate.tier not in (0, tier):
            continue
        if rate.condition and not holds(rate.condition, answers, rate.code):
            continue
        quantity = Decimal(1)
        if rate.per_unit and rate.condition:
            answer = answers.get(rate.condition.question)
            if answer in (None, False, "", UNKNOWN):
                continue
            quantity = Decimal(str(answer))
        days = (quantity * rate.days).quantize(TENTH, ROUND_HALF_UP)
        lines.append(EffortLine(rate.code, quantity, rate.days, days))
    return tuple(lines)


def economics(days: Decimal, terms: Terms) -> Economics:
    """One-off margin and payback of ``days`` of work at a seller's terms."""
    revenue = (days * terms.day_price).quantize(CENT, ROUND_HALF_UP)
    cost = ((days + terms.presales_days) * terms.day_cost).quantize(CENT, ROUND_HALF_UP)
    margin = revenue - cost
    monthly = (terms.month_price - terms.month_cost).quantize(CENT, ROUND_HALF_UP)
    payback: int | None = 0
    if margin < 0:
        # Whole months, the last one begun.
        months = monthly > 0 and (-margin / monthly).to_integral_value(ROUND_CEILING)
        payback = int(months) if months else None
    percent = None
    if revenue:
        percent = (margin / revenue * 100).quantize(TENTH, ROUND_HALF_UP)
    return Economics(revenue, cost, margin, percent, monthly, payback)

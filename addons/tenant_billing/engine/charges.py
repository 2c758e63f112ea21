"""One row of the target: what is charged or credited, for which days and why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .money import ZERO


class Key(NamedTuple):
    """Identity of a charge within its leg, stable over runs and item versions (DESIGN 4.3)."""

    component: str
    entry: str
    period_start: date


@dataclass(frozen=True, slots=True)
class Charge:
    """``entry`` is the ledger's kind, ``charge`` or ``credit`` (credits are negative);
    ``kind`` is the component's: recurring, metered or one_off.

    ``[period_start, period_end)`` are the days charged, ``[full_start, full_end)`` the full
    period that proration divides by. ``quantity`` is what was ordered or measured,
    ``billable`` what is left of it after ``included``. ``minimum_part`` is what the minimum
    added (unrounded). ``discount`` are the percent off its price. ``amount`` is rounded once.

    ``reason``: ``period`` · ``partial_period`` (a start, end or hand-over cuts it) ·
    ``change`` (begins or ends at a change, or credits for one) · ``end`` and ``handover``
    (credits) · ``one_off``.
    """

    component: str
    kind: str
    entry: str
    period_start: date
    period_end: date
    full_start: date
    full_end: date
    due: date
    quantity: Decimal
    billable: Decimal
    included: Decimal
    model: str
    amount: Decimal
    reason: str
    aggregation: str | None = None
    minimum_part: Decimal = ZERO
    discount: Decimal = ZERO

    @property
    def key(self) -> Key:
        return Key(self.component, self.entry, self.period_start)

    @property
    def days(self) -> int:
        return (self.period_end - self.period_start).days

    @property
    def full_days(self) -> int:
        return (self.full_end - self.full_start).days


def prorated(amount: Decimal, days: int, of_days: int) -> Decimal:
    """``amount`` x days / days; the division comes last, so that only it can be inexact."""
    return amount if days == of_days else amount * days / of_days

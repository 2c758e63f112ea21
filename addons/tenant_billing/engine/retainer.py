"""Hours of a retainer: granted each period, carried over by rule, used oldest first (TB-022)."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .errors import BillingError
from .money import ZERO, exact

CARRY = ("none", "capped", "all")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is left at the end of a period: it goes (``none``), stays up to ``cap`` hours
    (``capped``), or stays (``all``); ``periods`` after its own it goes in any case (None: never).
    """

    carry: str = "none"
    cap: Decimal = ZERO
    periods: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """Hours of one period ``[start, end)``."""

    start: date
    end: date
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """Hours worked on a day; what was reversed is not among them."""

    id: Hashable
    day: date
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """One period: ``carried`` into it, ``granted``, ``used`` of both, ``overage`` beyond them,
    ``expired`` at its beginning, ``closing`` at its end."""

    start: date
    end: date
    carried: Decimal
    granted: Decimal
    used: Decimal
    overage: Decimal
    expired: Decimal
    closing: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """Periods in order, and the hours beyond them as ``(entry, hours)``."""

    periods: tuple[Balance, ...]
    overage: tuple[tuple[Entry, Decimal], ...]


def account(grants: Iterable[Grant], entries: Iterable[Entry], rule: Rule) -> Account:
    """The periods of a retainer. ``grants`` follow each other; entries may come in any order, on
    one day the lower id is first. Entries on no day of a grant are overage of nobody's period.

    Raises ``BillingError`` ``unknown_carry``.
    """
    if rule.carry not in CARRY:
        raise BillingError("unknown_carry", carry=rule.carry)
    waiting = sorted(entries, key=lambda entry: (entry.day, entry.id))
    buckets: list[list] = []  # [number of the period granted in, hours left], the oldest first
    periods, overage = [], []
    with exact():
        for number, grant in enumerate(grants):
            expired = _expire(buckets, number, rule)
            carried = sum((hours for _number, hours in buckets), ZERO)
            buckets.append([number, grant.hours])
            used = beyond = ZERO
            while waiting and waiting[0].day < grant.end:
                entry = waiting.pop(0)
                taken = _take(buckets, entry.hours) if entry.day >= grant.start else ZERO
                used += taken
                if entry.hours > taken:
                    beyond += entry.hours - taken
                    overage.append((entry, entry.hours - taken))
            closing = sum((hours for _number, hours in buckets), ZERO)
            periods.append(
                Balance(
                    grant.start, grant.end, carried, grant.hours, used, beyond, expired, closing
                )
            )
        overage += [(entry, entry.hours) for entry in waiting]
    return Account(tuple(periods), tuple(overage))


def _expire(buckets: list, number: int, rule: Rule) -> Decimal:
    """Drop what does not go on into period ``number``; the hours dropped."""
    before = sum((hours for _number, hours in buckets), ZERO)
    if rule.carry == "none":
        buckets.clear()
    elif rule.periods is not None:
        buckets[:] = [one for one in buckets if number - one[0] <= rule.periods]
    if rule.carry == "capped":
        over = sum((hours for _number, hours in buckets), ZERO) - rule.cap
        if over > 0:
            _take(buckets, over)
    buckets[:] = [one for one in buckets if one[1]]
    return before - sum((hours for _number, hours in buckets), ZERO)


def _take(buckets: list, hours: Decimal) -> Decimal:
    """Take hours from the oldest buckets; how many there were."""
    left = hours
    for bucket in buckets:
        taken = min(bucket[1], left)
        bucket[1] -= taken
        left -= taken
    return hours - left

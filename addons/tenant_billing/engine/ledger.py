"""Exactly once: book what the target and the ledger disagree on (DESIGN 4.3, TB-033).

The difference per key is the only thing ever written, so catch-up, late usage, backdating,
price fixes and cancellation are one mechanism, and a second run finds nothing to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .charges import Charge, Key
from .errors import BillingError
from .money import ZERO, exact


@dataclass(frozen=True, slots=True)
class Booked:
    """A row of the ledger of one leg. Opening charges are not among them: they were never
    in the target."""

    key: Key
    revision: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Booking:
    """A row to write: ``amount`` is the difference, ``total`` what the key then amounts to.
    ``charge`` is None where the key left the target and goes to zero."""

    key: Key
    revision: int
    amount: Decimal
    total: Decimal
    charge: Charge | None


def book(target: Iterable[Charge], booked: Iterable[Booked]) -> tuple[Booking, ...]:
    """Rows that turn what is booked into the target: its keys in its order, then the keys
    that left it. Revisions of a key count from 1.

    Raises ``BillingError``: ``duplicate_key`` (target), ``duplicate_revision`` (ledger).
    """
    sums: dict[Key, Decimal] = {}
    revisions: dict[Key, int] = {}
    seen: set[tuple[Key, int]] = set()
    with exact():
        for row in booked:
            if (row.key, row.revision) in seen:
                raise BillingError("duplicate_revision", key=tuple(row.key), revision=row.revision)
            seen.add((row.key, row.revision))
            sums[row.key] = sums.get(row.key, ZERO) + row.amount
            revisions[row.key] = max(revisions.get(row.key, 0), row.revision)
        wanted: dict[Key, Charge | None] = {}
        for charge in target:
            if charge.key in wanted:
                raise BillingError("duplicate_key", key=tuple(charge.key))
            wanted[charge.key] = charge
        for key in sorted(sums.keys() - wanted.keys()):
            wanted[key] = None
        bookings = []
        for key, charge in wanted.items():
            total = charge.amount if charge else ZERO
            difference = total - sums.get(key, ZERO)
            if difference:
                revision = revisions.get(key, 0) + 1
                bookings.append(Booking(key, revision, difference, total, charge))
    return tuple(bookings)

"""In which books, and at which taxes, a correction stands: in those of what it takes back
(TRADE 1)."""

from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal

from .money import exact


def by_books(
    amount: Decimal, stages: Iterable[Sequence[tuple[Decimal, Hashable]]]
) -> tuple[tuple[Decimal, Hashable | None], ...]:
    """``amount`` in parts that each stand in one set of books: what it takes back of rows stands
    in theirs, the newest first and never more than stands there; the rest in None, those of its
    own day.

    :param stages: rows that it may take back, (amount, books), oldest first: those of its own
        key before those that a credit is for
    """
    parts: list[tuple[Decimal, Hashable | None]] = []
    left = amount
    with exact():
        for rows in stages:
            # Newest last: a set of books is as new as its newest row that can be taken back.
            held: dict[Hashable, Decimal] = {}
            for value, books in rows:
                before = held.get(books, Decimal(0))
                if value * amount < 0:
                    held.pop(books, None)
                held[books] = before + value
            for books, value in reversed(held.items()):
                if value * left < 0:
                    taken = left if abs(left) <= abs(value) else -value
                    parts.append((taken, books))
                    left -= taken
        if left:
            parts.append((left, None))
    return tuple(parts)

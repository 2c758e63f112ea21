"""The Monday list: five rows that say who, why, what to do and by when (TRADE 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SHOWN = 5


@dataclass(frozen=True)
class Row:
    """One thing to do. ``money``: of the reader's own legs at stake, None where none is."""

    who: str
    why: str
    todo: str
    due: date | None
    res_model: str
    res_id: int
    money: Decimal | None = None


@dataclass(frozen=True)
class Top:
    rows: tuple[Row, ...]
    more: int


def ranked(rows: Sequence[Row]) -> list[Row]:
    """What is due first comes first, then what has most at stake; without a day comes last.

    The order of equal rows does not depend on the order of the sources.
    """
    return sorted(
        rows,
        key=lambda row: (
            row.due is None,
            row.due or date.max,
            -(row.money or Decimal(0)),
            row.who,
            row.todo,
            row.res_model,
            row.res_id,
        ),
    )


def top(rows: Sequence[Row], shown: int = SHOWN) -> Top:
    """The first ``shown`` rows and how many more there are."""
    ordered = ranked(rows)
    return Top(tuple(ordered[:shown]), max(len(ordered) - shown, 0))


def due_now(rows: Sequence[Row], today: date) -> list[Row]:
    """Rows that are due today or should have been done before."""
    return [row for row in ranked(rows) if row.due and row.due <= today]

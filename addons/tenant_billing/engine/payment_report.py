"""What a seller's own books say was paid, taken back by file (TRADE 1, TB-030)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

STATES = ("open", "part", "paid")
HEADINGS = ("reference", "state", "amount", "date")


@dataclass(frozen=True, slots=True)
class Report:
    """``amount``: paid so far; None where only the state was told."""

    reference: str
    state: str
    amount: Decimal | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Problem:
    """``row`` counts from 1, headings apart; ``code`` is stable, ``field`` names the cell."""

    row: int
    code: str
    field: str = ""


def reports(
    rows: Iterable[Mapping[str, object]], known: Mapping[str, Decimal], limit: int = 10_000
) -> tuple[tuple[Report, ...], tuple[Problem, ...]]:
    """Reports of a file, and what is wrong with it: it is taken whole or not at all.

    :param rows: cells by heading; the state may be left out where an amount is given
    :param known: totals of the statements that the seller may report on, by reference
    """
    made: list[Report] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if number > limit:
            problems.append(Problem(number, "payment_rows"))
            break
        cells = {name: _cell(row.get(name)) for name in HEADINGS}
        reference = cells["reference"]
        if reference not in known:
            problems.append(Problem(number, "payment_reference", "reference"))
            continue
        if reference in seen:
            problems.append(Problem(number, "payment_twice", "reference"))
            continue
        seen.add(reference)
        try:
            amount = Decimal(cells["amount"]) if cells["amount"] else None
            if amount is not None and not amount.is_finite():
                raise InvalidOperation
        except InvalidOperation:
            problems.append(Problem(number, "payment_amount", "amount"))
            continue
        try:
            day = date.fromisoformat(cells["date"][:10]) if cells["date"] else None
        except ValueError:
            problems.append(Problem(number, "payment_date", "date"))
            continue
        state = cells["state"].lower()
        # Books that say “paid” of a part say by the amount what is left.
        if not state or (state == "paid" and amount is not None):
            state = _state(amount, known[reference])
        if state not in STATES:
            problems.append(Problem(number, "payment_state", "state"))
            continue
        made.append(Report(reference, state, amount, day))
    if not made and not problems:
        problems.append(Problem(0, "payment_empty"))
    return tuple(made), tuple(problems)


def _cell(value: object) -> str:
    return "" if value is None else str(value).strip()


def _state(amount: Decimal | None, total: Decimal) -> str:
    """By what was paid: nothing is open, a part is a part."""
    if amount is None:
        return ""
    if not amount and total:
        return "open"
    return "paid" if abs(amount) >= abs(total) else "part"

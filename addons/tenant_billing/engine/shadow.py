"""A month in shadow: what would be billed, beside what the earlier system billed (TB-067).

Every cent of difference between the two totals of a buyer gets one cause, so that the
differences of a month add up to the difference of its totals.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .money import ZERO, exact
from .sheet import Problem, headings, number_cell, rows, shown, text_cell

REQUIRED = ("buyer", "amount")
OPTIONAL = ("month", "component", "quantity")
CAUSES = (
    "equal",
    "rounding",
    "tax",
    "quantity",
    "price",
    "missing_here",
    "missing_there",
    "amount",
)


@dataclass(frozen=True, slots=True)
class Billed:
    """What one side bills a buyer: as a whole, or of one component with its quantity."""

    buyer: Hashable
    amount: Decimal
    component: str | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one buyer, and of one component where both sides name them. ``own - old`` is what would
    be billed here more than there; ``cause`` is one of `CAUSES`."""

    buyer: Hashable
    component: str | None
    own: Decimal
    old: Decimal
    own_quantity: Decimal | None
    old_quantity: Decimal | None
    cause: str


def compare(
    own: Iterable[Billed],
    old: Iterable[Billed],
    unit: Decimal,
    gross: Mapping[Hashable, Decimal] | None = None,
) -> list[Difference]:
    """The differences of all buyers, equal ones too, in the order in which buyers first occur.

    :param unit: the currency's smallest amount; each row may be off by one of it and count as
        rounded
    :param gross: what the own total of a buyer is with its tax, where it has one
    """
    mine, theirs = _by_buyer(own), _by_buyer(old)
    found: list[Difference] = []
    for buyer in dict.fromkeys((*mine, *theirs)):
        here, there = mine.get(buyer, ()), theirs.get(buyer, ())
        whole = _difference(buyer, None, here, there, unit, (gross or {}).get(buyer))
        detailed = there and all(row.component for row in there)
        if not here or not detailed or whole.cause == "tax":
            found.append(whole)
            continue
        ours, others = _by_component(here), _by_component(there)
        found += [
            _difference(buyer, code, ours.get(code, ()), others.get(code, ()), unit, None)
            for code in dict.fromkeys((*ours, *others))
        ]
    return found


def _by_buyer(rows: Iterable[Billed]) -> dict[Hashable, list[Billed]]:
    found = defaultdict(list)
    for row in rows:
        found[row.buyer].append(row)
    return found


def _by_component(rows: Iterable[Billed]) -> dict[str | None, list[Billed]]:
    found = defaultdict(list)
    for row in rows:
        found[row.component].append(row)
    return found


def _difference(buyer, component, here: Sequence, there: Sequence, unit, gross) -> Difference:
    with exact():
        own, old = (sum((row.amount for row in side), ZERO) for side in (here, there))
        quantities = [_quantity(side) for side in (here, there)]
        slack = unit * max(len(here), len(there))
        cause = _cause(here, there, own, old, quantities, component, slack, gross)
    return Difference(buyer, component, own, old, *quantities, cause)


def _quantity(rows: Sequence[Billed]) -> Decimal | None:
    if not rows or any(row.quantity is None for row in rows):
        return None
    return sum((row.quantity for row in rows), ZERO)


def _cause(here, there, own, old, quantities, component, slack, gross) -> str:
    if own == old:
        return "equal"
    if not there:
        return "missing_there"
    if not here:
        return "missing_here"
    if abs(own - old) <= slack:
        return "rounding"
    if gross is not None and abs(gross - old) <= slack:
        return "tax"
    if component is None:
        return "amount"
    return "price" if quantities[1] is None or quantities[0] == quantities[1] else "quantity"


def read(
    table: Sequence[Sequence[object]],
    month: date,
    buyers: Mapping[str, Sequence[Hashable]],
    components: Mapping[Hashable, Iterable[str]],
) -> tuple[list[Billed], list[Problem], dict[str, int], int]:
    """The earlier system's rows of a month.

    :param table: headings ``buyer``, ``amount``, and if wanted ``month`` (2026-01), ``component``,
        ``quantity``
    :param month: its first day
    :param buyers: who goes by a name or reference, in lower case
    :param components: codes that a buyer is charged by
    :return: rows, problems, positions of the headings, rows of other months
    """
    problems: list[Problem] = []
    columns = headings(table[0] if table else (), REQUIRED, OPTIONAL, problems)
    if problems:
        return [], problems, columns, 0
    found, others = [], 0
    for number, row in rows(table, columns, problems):
        values = {}
        for name, cell in row.items():
            try:
                values[name] = _READ[name](cell)
            except ValueError as error:
                problems.append(Problem(number, name, shown(cell), str(error)))
        if len(values) < len(row):
            continue
        when = values.get("month")
        if when is not None and when != (month.year, month.month):
            others += 1
            continue
        problem = _check(values, buyers, components)
        if problem:
            name, code = problem
            problems.append(Problem(number, name, shown(row[name]), code))
            continue
        (buyer,) = buyers[values["buyer"].lower()]
        found.append(
            Billed(buyer, values["amount"], values.get("component"), values.get("quantity"))
        )
    return found, problems, columns, others


def _check(values, buyers, components) -> tuple[str, str] | None:
    for name in REQUIRED:
        if values[name] is None:
            return name, "sheet_missing"
    known = buyers.get(values["buyer"].lower(), ())
    if len(known) != 1:
        return "buyer", "sheet_buyer_twice" if known else "sheet_buyer"
    code = values.get("component")
    if code is not None and code not in components.get(known[0], ()):
        return "component", "sheet_component"
    return None


def _month(cell: object) -> tuple[int, int] | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, date):
        return cell.year, cell.month
    try:
        found = date.fromisoformat(f"{str(cell).strip()}-01")
    except ValueError as error:
        raise ValueError("sheet_month") from error
    return found.year, found.month


_READ = {
    "buyer": text_cell,
    "component": text_cell,
    "amount": number_cell,
    "quantity": number_cell,
    "month": _month,
}

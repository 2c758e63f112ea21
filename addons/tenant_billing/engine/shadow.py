"""Shadow months: what would be billed here against what an earlier system billed (TB-067).

Buyer by buyer, by component where the earlier system says so, each difference with its cause.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from .money import ZERO, exact, round_money
from .usage_sheet import MAX_ROWS, Problem, shown

REQUIRED = ("buyer", "month", "amount")
OPTIONAL = ("component", "quantity")
CAUSES = (
    "equal", "missing_here", "missing_there", "quantity", "price", "tax", "rounding", "unexplained"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Billed:
    """``amount`` billed to ``buyer`` in the month; ``component`` and ``quantity`` where known.
    ``count``: charges that were rounded on the way."""

    buyer: Hashable
    amount: Decimal
    component: str | None = None
    quantity: Decimal | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """``here`` less ``there``, with one of `CAUSES`."""

    buyer: Hashable
    component: str | None
    there: Decimal
    here: Decimal
    cause: str


def compare(
    there: Iterable[Billed],
    here: Iterable[Billed],
    taxes: Mapping[Hashable, Collection[Decimal]] | None = None,
    decimal_places: int = 2,
) -> tuple[Difference, ...]:
    """``there`` is the earlier system's, ``here`` what would be billed net; ``taxes``: percents
    by buyer, since the earlier system's figures may be gross. A buyer is compared by component
    only where each of its rows names one."""
    old, new = defaultdict(list), defaultdict(list)
    for sums, rows in ((old, there), (new, here)):
        for row in rows:
            sums[row.buyer].append(row)
    found = []
    with exact():
        for buyer in dict.fromkeys((*old, *new)):
            detailed = bool(old[buyer]) and all(row.component for row in old[buyer])
            left, right = _summed(old[buyer], detailed), _summed(new[buyer], detailed)
            for name in dict.fromkeys((*left, *right)):
                before, after = left.get(name), right.get(name)
                cause = _cause(before, after, (taxes or {}).get(buyer, ()), decimal_places)
                found.append(
                    Difference(
                        buyer,
                        name,
                        before.amount if before else ZERO,
                        after.amount if after else ZERO,
                        cause,
                    )
                )
    return tuple(found)


def _summed(rows: Iterable[Billed], detailed: bool) -> dict[str | None, Billed]:
    found: dict[str | None, Billed] = {}
    for row in rows:
        name = row.component if detailed else None
        known = found.get(name)
        quantity = row.quantity if detailed else None
        if known:
            both = known.quantity is not None and quantity is not None
            found[name] = Billed(
                row.buyer,
                known.amount + row.amount,
                name,
                known.quantity + quantity if both else None,
                known.count + row.count,
            )
        else:
            found[name] = Billed(row.buyer, row.amount, name, quantity, row.count)
    return found


def _cause(before: Billed | None, after: Billed | None, taxes, places: int) -> str:
    if before is None:
        return "missing_there"
    if after is None:
        return "missing_here"
    if before.amount == after.amount:
        return "equal"
    unit = Decimal(1).scaleb(-places)
    slack = unit * max(before.count, after.count, 1)
    if abs(after.amount - before.amount) <= slack:
        return "rounding"
    for percent in taxes:
        gross = round_money(after.amount * (100 + percent) / 100, places)
        if percent and abs(gross - before.amount) <= slack:
            return "tax"
    if before.component is None:
        return "unexplained"
    if None not in (before.quantity, after.quantity) and before.quantity != after.quantity:
        return "quantity"
    return "price"


@dataclass(frozen=True, slots=True)
class Invoices:
    """Rows by their number: ``(buyer as written, amount, component, quantity)``."""

    rows: dict[int, tuple[str, Decimal, str | None, Decimal | None]]
    problems: list[Problem]


def read(table: Sequence[Sequence[object]], month: date) -> Invoices:
    """Invoices of an earlier system in ``month``, from cells: each bad cell is named; rows of
    other months are left out. ``month`` is written as any day of it, or as 2026-01."""
    problems: list[Problem] = []
    columns = _columns(table[0] if table else (), problems)
    rows: dict[int, tuple] = {}
    if problems:
        return Invoices(rows, problems)
    if len(table) - 1 > MAX_ROWS:
        problems.append(Problem(MAX_ROWS + 2, None, "", "sheet_rows", {"most": MAX_ROWS}))
        return Invoices(rows, problems)
    for number, cells in enumerate(table[1:], start=2):
        if all(cell is None or cell == "" for cell in cells):
            continue
        row = {
            name: cells[position] if position < len(cells) else None
            for name, position in columns.items()
        }
        before = len(problems)
        when = _taken(_month, row, "month", number, problems)
        buyer = _taken(_text, row, "buyer", number, problems)
        amount = _taken(_number, row, "amount", number, problems)
        component = _taken(_optional, row, "component", number, problems)
        has_quantity = row.get("quantity") not in (None, "")
        quantity = _taken(_number, row, "quantity", number, problems) if has_quantity else None
        if len(problems) == before and when == month.replace(day=1):
            rows[number] = buyer, amount, component, quantity
    if not rows and not problems:
        problems.append(Problem(2, None, "", "shadow_empty", {"month": f"{month:%Y-%m}"}))
    return Invoices(rows, problems)


def _columns(headings: Sequence[object], problems: list[Problem]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for position, heading in enumerate(headings):
        name = "" if heading is None else str(heading).strip().lower()
        if not name:
            continue
        if name not in REQUIRED + OPTIONAL:
            problems.append(Problem(1, None, shown(heading), "shadow_heading"))
        elif name in columns:
            problems.append(Problem(1, name, shown(heading), "sheet_heading_twice"))
        else:
            columns[name] = position
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        names = ", ".join(missing)
        problems.append(Problem(1, None, "", "sheet_heading_missing", {"names": names}))
    return columns


def _taken(reader, row, name, number, problems):
    try:
        return reader(row.get(name))
    except ValueError as error:
        problems.append(Problem(number, name, shown(row.get(name)), str(error)))
        return None


def _optional(cell: object) -> str | None:
    return None if cell in (None, "") else _text(cell)


def _text(cell: object) -> str:
    text = "" if cell is None else str(cell).strip()
    if not text:
        raise ValueError("shadow_missing")
    # What a spreadsheet would take for a formula is no name.
    if text.startswith(("=", "+", "-", "@", "\t")):
        raise ValueError("sheet_formula")
    return text


def _number(cell: object) -> Decimal:
    try:
        number = Decimal(str(cell).strip() if cell is not None else "")
    except InvalidOperation as error:
        comma = isinstance(cell, str) and "," in cell
        raise ValueError("sheet_decimal_comma" if comma else "shadow_number") from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise ValueError("shadow_number")
    # A spreadsheet keeps 0.3 as 0.30000000000000004.
    return round_money(number, 6) if isinstance(cell, float) else number


def _month(cell: object) -> date:
    if isinstance(cell, datetime):
        return cell.date().replace(day=1)
    if isinstance(cell, date):
        return cell.replace(day=1)
    text = "" if cell is None else str(cell).strip()
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == 7 else text).replace(day=1)
    except ValueError as error:
        raise ValueError("shadow_month") from error

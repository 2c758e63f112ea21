"""Tables of cells, as spreadsheets and CSV files give them: headings, cells, what is wrong.

Headings stand in the first row, in any order. Every cell that cannot be taken is named.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

MAX_ROWS = 20_000
MAX_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be taken. ``row`` counts from 1, the headings'; ``column`` is its
    heading, or None where the row or file as a whole is meant; ``text`` is what stands there."""

    row: int
    column: str | None
    text: str
    code: str
    params: dict = field(default_factory=dict)


def letter(position: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    text, position = "", position + 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(65 + rest) + text
    return text


def headings(
    row: Sequence[object],
    required: Sequence[str],
    optional: Sequence[str],
    problems: list[Problem],
    prefix: str = "",
) -> dict[str, int]:
    """Positions of the headings, what is wrong with them added to ``problems``.

    :param prefix: headings ``prefix:NAME`` are taken too, as they are written
    """
    columns: dict[str, int] = {}
    for position, heading in enumerate(row):
        name = "" if heading is None else str(heading).strip()
        if not name:
            continue
        named = bool(prefix) and name.startswith(prefix)
        if not named:
            name = name.lower()
        known = name.removeprefix(prefix).strip() if named else name in (*required, *optional)
        if position >= MAX_COLUMNS or not known:
            names = ", ".join((*required, *optional, *((f"{prefix}name",) if prefix else ())))
            problems.append(Problem(1, None, shown(heading), "sheet_heading", {"names": names}))
        elif name in columns:
            problems.append(Problem(1, name, shown(heading), "sheet_heading_twice"))
        else:
            columns[name] = position
    missing = ", ".join(name for name in required if name not in columns)
    if missing:
        problems.append(Problem(1, None, "", "sheet_heading_missing", {"names": missing}))
    return columns


def rows(
    table: Sequence[Sequence[object]], columns: dict[str, int], problems: list[Problem]
) -> Iterable[tuple[int, dict[str, object]]]:
    """``(row number, cells by heading)`` of the rows that are not empty."""
    if len(table) - 1 > MAX_ROWS:
        problems.append(Problem(MAX_ROWS + 2, None, "", "sheet_rows", {"most": MAX_ROWS}))
        return
    empty = True
    for number, cells in enumerate(table[1:], start=2):
        if all(cell is None or cell == "" for cell in cells):
            continue
        empty = False
        yield (
            number,
            {
                name: cells[position] if position < len(cells) else None
                for name, position in columns.items()
            },
        )
    if empty:
        problems.append(Problem(2, None, "", "sheet_empty"))


def text_cell(cell: object) -> str | None:
    """A text, None for an empty cell. Raises ``ValueError`` with the code of what is wrong."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    # What a spreadsheet would take for a formula is no name.
    if text.startswith(("=", "+", "-", "@", "\t")):
        raise ValueError("sheet_formula")
    return text


def number_cell(cell: object) -> Decimal | None:
    """A number, None for an empty cell. Raises ``ValueError`` with the code of what is wrong."""
    if cell is None or cell == "":
        return None
    text = repr(cell) if isinstance(cell, float) else str(cell).strip()
    if text.startswith(("=", "@")):
        raise ValueError("sheet_formula")
    if re.fullmatch(r"-?\d+,\d+", text):
        raise ValueError("sheet_decimal_comma")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("sheet_number") from error
    if not number.is_finite() or isinstance(cell, bool):
        raise ValueError("sheet_number")
    return number


def shown(cell: object) -> str:
    """A cell in a sentence: short, one line, what cannot be printed escaped."""
    text = "" if cell is None else str(cell)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= 60 else f"{text[:57]}…"

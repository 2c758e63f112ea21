"""Usage from a table of cells: each row an event, each bad cell named (TB-032).

Columns, in any order: ``time``, ``tenant``, ``meter``, ``value``, and if wanted ``id``,
``environment`` and ``dimension:NAME``. A row without an id is named by what it measures, not by
what it says, so that a file taken twice changes nothing and one with another value is a
conflict.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from .cloudevents import DECIMALS
from .scenario_reader import instant
from .zones import UTC, zone

REQUIRED = ("time", "tenant", "meter", "value")
OPTIONAL = ("id", "environment")
DIMENSION = "dimension:"
MAX_ROWS = 20_000
MAX_COLUMNS = 40
SOURCE = "/import"
# What a file calls the fields of an event.
HEADINGS = {
    "data.tenant": "tenant",
    "data.meter": "meter",
    "data.value": "value",
    "data.environment": "environment",
    "data.dimensions": "dimension",
}
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?")
_UNIT = Decimal(1).scaleb(-DECIMALS)


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be taken. ``row`` counts from 1, the headings'; ``column`` is its
    heading, or None where the row or file as a whole is meant; ``text`` is what stands there."""

    row: int
    column: str | None
    text: str
    code: str
    params: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """``events`` by row number, in order; ``columns``: positions of headings; ``rows``: how many
    were read."""

    events: dict[int, dict]
    problems: list[Problem]
    columns: dict[str, int]
    rows: int

    def letter(self, name: str | None) -> str:
        """A column as spreadsheets call it."""
        return letter(self.columns[name]) if name in self.columns else ""


def letter(position: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    text, position = "", position + 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(65 + rest) + text
    return text


def read(table: Sequence[Sequence[object]], timezone: str) -> Sheet:
    """The events of a table whose first row holds the headings.

    Cells are texts, numbers, dates or None. Times without an offset are of ``timezone``.
    """
    problems: list[Problem] = []
    columns = _columns(table[0] if table else (), problems)
    if problems:
        return Sheet({}, problems, columns, 0)
    if len(table) - 1 > MAX_ROWS:
        problems.append(Problem(MAX_ROWS + 2, None, "", "sheet_rows", {"most": MAX_ROWS}))
        return Sheet({}, problems, columns, len(table) - 1)
    events, seen, rows = {}, {}, 0
    for number, cells in enumerate(table[1:], start=2):
        if all(cell is None or cell == "" for cell in cells):
            continue
        rows += 1
        row = {
            name: cells[position] if position < len(cells) else None
            for name, position in columns.items()
        }
        before = len(problems)
        event = _event(row, number, timezone, seen, problems)
        if len(problems) == before:
            events[number] = event
    if not rows:
        problems.append(Problem(2, None, "", "sheet_empty"))
    return Sheet(events, problems, columns, rows)


def _columns(headings: Sequence[object], problems: list[Problem]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for position, heading in enumerate(headings):
        name = "" if heading is None else str(heading).strip()
        if not name:
            continue
        if not name.startswith(DIMENSION):
            name = name.lower()
        known = name in REQUIRED + OPTIONAL or name.removeprefix(DIMENSION).strip() != name
        if position >= MAX_COLUMNS or not known or name == DIMENSION:
            problems.append(Problem(1, None, shown(heading), "sheet_heading"))
        elif name in columns:
            problems.append(Problem(1, name, shown(heading), "sheet_heading_twice"))
        else:
            columns[name] = position
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        names = ", ".join(missing)
        problems.append(Problem(1, None, "", "sheet_heading_missing", {"names": names}))
    return columns


def _event(row, number, timezone, seen, problems) -> dict | None:
    values = {}
    for name, cell in row.items():
        try:
            values[name] = _READ.get(name, _text)(cell, timezone)
        except ValueError as error:
            problems.append(Problem(number, name, shown(cell), str(error)))
    if len(values) < len(row):
        return None
    dimensions = {
        name.removeprefix(DIMENSION).strip(): value
        for name, value in values.items()
        if name.startswith(DIMENSION) and value is not None
    }
    data = {name: values[name] for name in ("tenant", "meter", "value")}
    if values.get("environment") is not None:
        data["environment"] = values["environment"]
    if dimensions:
        data["dimensions"] = dimensions
    ident = values.get("id")
    return {
        "specversion": "1.0",
        "id": ident if ident is not None else _named(values["time"], data, seen),
        "source": SOURCE,
        "type": "usage",
        "time": values["time"],
        "data": data,
    }


def _named(moment: str, data: dict, seen: dict) -> str:
    """A name for what a row measures; of several rows on one thing, each its own."""
    what = json.dumps([moment, {**data, "value": None}], sort_keys=True)
    seen[what] = seen.get(what, 0) + 1
    return f"row-{hashlib.sha256(what.encode()).hexdigest()[:32]}-{seen[what]}"


def _text(cell: object, timezone: str) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    # What a spreadsheet would take for a formula is no name.
    if text.startswith(("=", "+", "-", "@", "\t")):
        raise ValueError("sheet_formula")
    return text


def _value(cell: object, timezone: str) -> object:
    if isinstance(cell, float):
        # A spreadsheet keeps 0.3 as 0.30000000000000004.
        return Decimal(repr(cell)).quantize(_UNIT) if abs(cell) < 1e15 else cell
    if isinstance(cell, str):
        text = cell.strip()
        if text.startswith(("=", "@")):
            raise ValueError("sheet_formula")
        if re.fullmatch(r"-?\d+,\d+", text):
            raise ValueError("sheet_decimal_comma")
        return text
    return cell


def _time(cell: object, timezone: str) -> str:
    moment = cell
    if isinstance(cell, str):
        moment = _moment(cell.strip())
    elif isinstance(cell, date) and not isinstance(cell, datetime):
        moment = datetime.combine(cell, time(0))
    if not isinstance(moment, datetime):
        raise ValueError("sheet_time")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(timezone))
    return moment.astimezone(UTC).isoformat()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if _LOCAL.fullmatch(text) else instant(text)
    except ValueError:
        return None


_READ = {"time": _time, "value": _value}


def shown(cell: object) -> str:
    """A cell in a sentence: short, one line, what cannot be printed escaped."""
    text = "" if cell is None else str(cell)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= 60 else f"{text[:57]}…"

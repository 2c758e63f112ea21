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
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from .cloudevents import DECIMALS
from .scenario_reader import instant
from .sheet import Problem, headings, letter, rows, shown, text_cell
from .zones import UTC, zone

REQUIRED = ("time", "tenant", "meter", "value")
OPTIONAL = ("id", "environment")
DIMENSION = "dimension:"
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


def read(table: Sequence[Sequence[object]], timezone: str) -> Sheet:
    """The events of a table whose first row holds the headings.

    Cells are texts, numbers, dates or None. Times without an offset are of ``timezone``.
    """
    problems: list[Problem] = []
    columns = headings(table[0] if table else (), REQUIRED, OPTIONAL, problems, DIMENSION)
    if problems:
        return Sheet({}, problems, columns, 0)
    events, seen, count = {}, {}, 0
    for number, row in rows(table, columns, problems):
        count += 1
        before = len(problems)
        event = _event(row, number, timezone, seen, problems)
        if len(problems) == before:
            events[number] = event
    return Sheet(events, problems, columns, count)


def _event(row, number, timezone, seen, problems) -> dict | None:
    values = {}
    for name, cell in row.items():
        try:
            values[name] = _READ[name](cell, timezone) if name in _READ else text_cell(cell)
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

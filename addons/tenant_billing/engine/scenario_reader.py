"""Typed reading of JSON that collects every error with its path instead of stopping at one."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from .errors import BillingError

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LIMIT = Decimal(10) ** 12
YEARS = range(1900, 3000)
REQUIRED = object()


class ScenarioInvalid(BillingError):
    """``lines``: one error each, beginning with the JSON path it is about."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("scenario_invalid", errors=len(lines))
        self.lines = lines

    def __str__(self) -> str:
        return "\n".join(self.lines)


class _Constant:
    """NaN or Infinity, which Python reads and JSON does not have (R-26)."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Repeating(dict):
    """An object in which a key stood twice; ``repeated`` names the keys (R-30)."""

    repeated: tuple[str, ...] = ()


def read_json(data: bytes) -> object:
    """The document in UTF-8 bytes. Raises `ScenarioInvalid`; never another error."""
    try:
        return json.loads(
            data.decode("utf-8-sig"), parse_constant=_Constant, object_pairs_hook=_pairs
        )
    except UnicodeDecodeError as error:
        raise ScenarioInvalid([f"$: not UTF-8 (byte {error.start})"]) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ScenarioInvalid([f"$: not JSON: {error.msg} ({where})"]) from error
    except RecursionError as error:
        raise ScenarioInvalid(["$: nested too deeply"]) from error
    except ValueError as error:
        raise ScenarioInvalid(["$: holds a number too long to read"]) from error


def _pairs(pairs: list[tuple[str, object]]) -> dict:
    read = _Repeating(pairs)
    if len(read) != len(pairs):
        count = Counter(name for name, _ in pairs)
        read.repeated = tuple(name for name in read if count[name] > 1)
    return read


def shown(value: object) -> str:
    """A value in an error line: short, one line, ASCII."""
    if isinstance(value, _Constant):
        return value.name
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Reader:
    """One JSON object: ask for its keys, then call `done` to report the unknown ones."""

    def __init__(self, value: object, path: str, errors: list[str]) -> None:
        self.path = path
        self.errors = errors
        self.asked: set[str] = set()
        self.value: dict = value if isinstance(value, dict) else {}
        self.ok = isinstance(value, dict)
        if not self.ok:
            errors.append(f"{path}: must be an object, not {shown(value)}")
        for name in getattr(value, "repeated", ()):
            errors.append(f"{self.at(name)}: stands more than once")

    def at(self, name: str) -> str:
        """Path of a key; one that is no plain word is quoted."""
        return f"{self.path}.{name}" if _NAME.fullmatch(name) else f"{self.path}[{shown(name)}]"

    def error(self, name: str, message: str) -> None:
        self.errors.append(f"{self.at(name)}: {message}")

    def has(self, name: str) -> bool:
        return self.value.get(name) is not None

    def done(self) -> None:
        for name in self.value:
            if name not in self.asked:
                self.error(name, "unknown key")

    def get(self, name: str, read: Callable, default: object = REQUIRED, null: bool = False):
        """The key read by ``read(value)``, which raises ValueError with what is wanted.

        A missing key takes the default; ``null`` counts as missing where it is allowed. After
        an error the answer is None.
        """
        self.asked.add(name)
        value = self.value.get(name)
        if value is None:
            if default is REQUIRED:
                if self.ok:
                    self.error(name, "must not be null" if name in self.value else "is missing")
                return None
            if name in self.value and not null:
                self.error(name, "must not be null")
            return default
        try:
            return read(value)
        except ValueError as error:
            self.error(name, f"{error}, not {shown(value)}")
            return None

    def forbid(self, name: str, why: str) -> None:
        """A key that has no meaning here; null is let pass."""
        self.asked.add(name)
        if self.has(name):
            self.error(name, why)

    def objects(self, name: str, required: bool = False) -> Iterator["Reader"]:
        """The objects of a list, each as a reader."""
        values = self.get(name, _list, REQUIRED if required else ())
        for position, value in enumerate(values or ()):
            yield Reader(value, f"{self.at(name)}[{position}]", self.errors)

    def object(self, name: str, required: bool = True) -> "Reader | None":
        value = self.get(name, lambda value: value, REQUIRED if required else None)
        return None if value is None else Reader(value, self.at(name), self.errors)


def _list(value: object) -> list:
    if not isinstance(value, list):
        raise ValueError("must be a list")
    return value


def text(value: object) -> str:
    """A name: 1 to 200 printable characters (no control characters, no lone surrogates)."""
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise ValueError("must be a text of 1 to 200 characters")
    if not value.isprintable():
        raise ValueError("must be printable text")
    return value


def boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def choice(*allowed: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return read


def whole(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return read


def amount(value: object) -> Decimal:
    """A decimal of 0 or more, written as a string (R-26 to R-28)."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError('must be a decimal number written as a string, such as "12.50"')
    number = Decimal(value)
    if number < 0:
        raise ValueError("must not be negative")
    if number >= _LIMIT:
        raise ValueError("must be below 1000000000000")
    return number


def day(value: object) -> date:
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        read = date(*map(int, match.groups()))
    except (AttributeError, ValueError):
        raise ValueError("must be a date such as 2026-01-31") from None
    if read.year not in YEARS:
        raise ValueError(f"must be of the years {YEARS[0]} to {YEARS[-1]}")
    return read


def instant(value: object) -> datetime:
    """An instant with its offset, as aware UTC."""
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    try:
        moment = day(match[1])
        second, fraction = int(match[4] or 0), int((match[5] or "0").ljust(6, "0"))
        read = datetime(
            moment.year, moment.month, moment.day, int(match[2]), int(match[3]), second, fraction
        )
        return (read - _offset(match[6])).replace(tzinfo=timezone.utc)
    except (TypeError, ValueError):
        wanted = "must be an instant with its offset, such as 2026-02-01T00:00:00Z"
        raise ValueError(wanted) from None


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if text[0] == "-" else offset

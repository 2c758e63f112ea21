"""Usage events as they arrive: CloudEvents 1.0 in JSON, checked field by field (DESIGN 4.6).

One event::

    {"specversion": "1.0", "id": "e1", "source": "/hosts/fra-7", "type": "usage",
     "time": "2026-02-01T00:00:00Z",
     "data": {"tenant": "T-0001", "meter": "storage_gb", "value": "70",
              "environment": "production", "dimensions": {"disk": "ssd"}}}

``subject`` may name the tenant instead of ``data.tenant``. ``value`` is a number or a decimal
in a string. What is refused has a code, the field and the data of its sentence; the texts
stand in the addon's ``exceptions``.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from .dimensions import ENVIRONMENT, label
from .money import EXACT, ZERO
from .scenario_reader import instant

MAX_TEXT = 200
MAX_DIMENSIONS = 16
DECIMALS = 9
LIMIT = Decimal(10) ** 12
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,3})?")
_NANOSECONDS = re.compile(r"(\.[0-9]{6})[0-9]+")


class Malformed(ValueError):
    """A body that cannot be read at all: ``code``, ``params``."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Rejected(ValueError):
    """One event that is not taken: ``code``, ``field`` (its path in the event), ``params``."""

    def __init__(self, code: str, field: str, **params: object) -> None:
        super().__init__(f"{code} ({field})")
        self.code = code
        self.field = field
        self.params = params


@dataclass(frozen=True, slots=True)
class Report:
    """One event that is well formed. ``value`` is None where ``label`` names the thing
    counted. ``digest`` (SHA-256, hex) is equal for equal payloads."""

    id: str
    source: str
    tenant: str
    meter: str
    at: datetime
    value: Decimal | None
    label: str | None
    environment: str | None
    dimensions: dict[str, str]
    digest: str

    @property
    def dimensions_key(self) -> str:
        """Equal for equal dimensions, and readable."""
        return label(self.dimensions)


def decode(data: bytes) -> object:
    """The JSON in a body; numbers exact, as int or Decimal.

    :raises Malformed: not UTF-8, not JSON (``NaN`` and ``Infinity`` are not), a key twice in
        one object, nested too deeply; never another error
    """
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_no_repeats,
        )
    except RecursionError as error:
        raise Malformed("usage_body_deep") from error
    except Malformed:
        raise
    except (ValueError, ArithmeticError) as error:
        raise Malformed("usage_body_json") from error


def read(event: object, now: datetime, ahead: timedelta, back: timedelta) -> Report:
    """The report in one decoded event; its time must lie in ``[now - back, now + ahead]``.

    :raises Rejected:
    """
    if not isinstance(event, dict):
        raise Rejected("usage_object", "event")
    if event.get("specversion") != "1.0":
        raise Rejected("usage_specversion", "specversion")
    data = event.get("data")
    if not isinstance(data, dict):
        raise Rejected("usage_object", "data")
    at = _instant(event.get("time"))
    if at > now + ahead:
        raise Rejected("usage_too_new", "time", minutes=int(ahead.total_seconds()) // 60)
    if at < now - back:
        raise Rejected("usage_too_old", "time", days=back.days)
    value, name = _value(data.get("value"))
    fields = {
        "id": _text(event.get("id"), "id"),
        "source": _text(event.get("source"), "source"),
        "tenant": _text(data.get("tenant", event.get("subject")), "data.tenant"),
        "meter": _text(data.get("meter"), "data.meter"),
        "environment": (
            None
            if data.get("environment") is None
            else _text(data["environment"], "data.environment")
        ),
        "dimensions": dict(_dimensions(data.get("dimensions"))),
    }
    digest = _digest({**fields, "at": at, "value": value, "label": name})
    return Report(at=at, value=value, label=name, digest=digest, **fields)


def identity(event: object) -> str | None:
    """The id of whatever came, for the answer about it."""
    ident = event.get("id") if isinstance(event, dict) else None
    return ident[:MAX_TEXT] if isinstance(ident, str) else None


def _no_constant(name: str) -> None:
    raise Malformed("usage_body_constant", name=name)


def _no_repeats(pairs: list[tuple[str, object]]) -> dict:
    read_once = dict(pairs)
    if len(read_once) != len(pairs):
        raise Malformed("usage_body_repeat")
    return read_once


def _text(value: object, field: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or not value.strip():
        raise Rejected("usage_text", field, most=MAX_TEXT)
    if not value.isprintable():
        raise Rejected("usage_printable", field)
    return value


def _instant(value: object) -> datetime:
    try:
        # Clients that count nanoseconds send more digits than a database keeps.
        return instant(_NANOSECONDS.sub(r"\1", value) if isinstance(value, str) else value)
    except (ValueError, OverflowError) as error:
        raise Rejected("usage_time", "time") from error


def _value(value: object) -> tuple[Decimal | None, str | None]:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise Rejected("usage_not_number", "data.value")
    text = value if isinstance(value, str) else _written(value)
    if not _NUMBER.fullmatch(text):
        if not isinstance(value, str):
            raise Rejected("usage_not_number", "data.value")
        return None, _text(value, "data.value")
    number = Decimal(text)
    if number < 0:
        raise Rejected("usage_negative", "data.value")
    if number >= LIMIT:
        raise Rejected("usage_too_large", "data.value", limit=f"{LIMIT:,f}")
    # Zero is zero, however it is signed or scaled.
    number = number.normalize(EXACT) if number else ZERO
    if number.as_tuple().exponent < -DECIMALS:
        raise Rejected("usage_decimals", "data.value", most=DECIMALS)
    return number, text


def _written(number: int | float | Decimal) -> str:
    # Python refuses to write out an integer of thousands of digits.
    if isinstance(number, int) and abs(number) >= LIMIT:
        raise Rejected("usage_too_large", "data.value", limit=f"{LIMIT:,f}")
    return str(number)


def _dimensions(value: object) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if not isinstance(value, dict) or len(value) > MAX_DIMENSIONS:
        raise Rejected("usage_dimensions", "data.dimensions", most=MAX_DIMENSIONS)
    for name, text in value.items():
        if name == ENVIRONMENT:
            raise Rejected("usage_dimension_environment", "data.dimensions")
        yield _text(name, "data.dimensions"), _text(text, "data.dimensions")


def _digest(fields: dict) -> str:
    number = fields["value"]
    canonical = {
        **fields,
        "at": fields["at"].isoformat(),
        "value": None if number is None else f"{number:f}",
        "label": fields["label"] if number is None else None,
    }
    return hashlib.sha256(json.dumps(canonical, sort_keys=True).encode()).hexdigest()

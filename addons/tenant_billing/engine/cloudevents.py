"""Usage events as they arrive: CloudEvents 1.0 in JSON, checked field by field (DESIGN 4.6).

One event::

    {"specversion": "1.0", "id": "e1", "source": "/hosts/fra-7", "type": "usage",
     "time": "2026-02-01T00:00:00Z",
     "data": {"tenant": "T-0001", "meter": "storage_gb", "value": "70",
              "environment": "production", "dimensions": {"disk": "ssd"}}}

``subject`` may name the tenant instead of ``data.tenant``. ``value`` is a number or a decimal
in a string.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from .scenario_reader import instant

MAX_TEXT = 200
MAX_DIMENSIONS = 16
_LIMIT = Decimal(10) ** 12
_PLACES = -9
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")


class Rejected(ValueError):
    """One event that is not taken; ``str()`` is one English sentence naming the field."""


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
        """Equal for equal dimensions."""
        return json.dumps(self.dimensions, sort_keys=True) if self.dimensions else ""


def read(event: object, now: datetime, ahead: timedelta, back: timedelta) -> Report:
    """The report in one decoded event; its time must lie in ``[now - back, now + ahead]``.

    :raises Rejected:
    """
    if not isinstance(event, dict):
        raise Rejected("an event must be an object")
    if event.get("specversion") != "1.0":
        raise Rejected('specversion must be "1.0"')
    data = event.get("data")
    if not isinstance(data, dict):
        raise Rejected("data must be an object")
    at = _instant(event.get("time"))
    if not now - back <= at <= now + ahead:
        raise Rejected("time lies too far from now")
    value, label = _value(data.get("value"))
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
    digest = _digest({**fields, "at": at, "value": value, "label": label})
    return Report(at=at, value=value, label=label, digest=digest, **fields)


def identity(event: object) -> str | None:
    """The id of whatever came, for the answer about it."""
    ident = event.get("id") if isinstance(event, dict) else None
    return ident[:MAX_TEXT] if isinstance(ident, str) else None


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise Rejected(f"{name} must be a text of 1 to {MAX_TEXT} characters")
    if not _PRINTABLE.fullmatch(value):
        raise Rejected(f"{name} must be printable text")
    return value


def _instant(value: object) -> datetime:
    try:
        return instant(value)
    except ValueError as error:
        raise Rejected(f"time {error}") from error


def _value(value: object) -> tuple[Decimal | None, str | None]:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Rejected("data.value must be a number, or a text where different values count")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None, _text(value, "data.value")
    if not number.is_finite() or number < 0 or number >= _LIMIT:
        raise Rejected(f"data.value must be at least 0 and below {_LIMIT}")
    if number.as_tuple().exponent < _PLACES:
        raise Rejected(f"data.value must have {-_PLACES} decimals at most")
    return number, str(value)[:MAX_TEXT]


def _dimensions(value: object) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if not isinstance(value, dict) or len(value) > MAX_DIMENSIONS:
        raise Rejected(f"data.dimensions must be an object of {MAX_DIMENSIONS} keys at most")
    for name, text in value.items():
        yield _text(name, "data.dimensions"), _text(text, "data.dimensions")


def _digest(fields: dict) -> str:
    number = fields["value"]
    canonical = {
        **fields,
        "at": fields["at"].isoformat(),
        "value": None if number is None else f"{number.normalize():f}",
        "label": fields["label"] if number is None else None,
    }
    return hashlib.sha256(json.dumps(canonical, sort_keys=True).encode()).hexdigest()

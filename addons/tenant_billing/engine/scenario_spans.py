"""Days of a scenario that cost nothing, or less: ``free`` and ``discounts`` (DESIGN 6)."""

from decimal import Decimal

from .scenario_reader import Reader, amount, day, text
from .terms import Discount, Free


def free(reader: Reader, known: dict) -> Free:
    """``{"start", "until" or null, "components": [codes] or null}``"""
    start, until = reader.get("start", day), reader.get("until", day, None, null=True)
    components = _components(reader, known)
    _in_order(reader, start, until)
    return Free(start, until, components)


def discount(reader: Reader, known: dict) -> Discount:
    """As `free`, with ``"percent"``; the start may be left out too."""
    percent = reader.get("percent", _percent)
    start = reader.get("start", day, None, null=True)
    until = reader.get("until", day, None, null=True)
    components = _components(reader, known)
    _in_order(reader, start, until)
    return Discount(percent, start, until, components)


def _in_order(reader: Reader, start, until) -> None:
    reader.done()
    if start and until and until <= start:
        reader.error("until", f"must be after the start, {start}")


def _components(reader: Reader, known: dict) -> frozenset[str] | None:
    codes = reader.get("components", _codes, None, null=True)
    # Where a component could not be read, it may be the one that is meant: one error is enough.
    for code in () if codes is None or None in known else sorted(codes):
        if code not in known:
            reader.error("components", f"no component has this code: {ascii(code)}")
    return codes


def _codes(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list of codes, or null for all")
    return frozenset(text(code) for code in value)


def _percent(value: object) -> Decimal:
    number = amount(value)
    if number > 100:
        raise ValueError("must be at most 100")
    return number

"""One form for equal values, whichever side they come from (blueprints.md 3.13).

Odoo answers ``False`` for an empty text, ``[id, name]`` for a many2one and ids in any
order; a blueprint says ``{"ref": key}``. Both become plain JSON that compares by ``==``.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any


class Unresolved:
    """A reference to something that is not there yet; equal to nothing."""

    def __init__(self, name: str):
        self.name = name

    def __eq__(self, other):
        return False

    __hash__ = None

    def __repr__(self):
        return f"Unresolved({self.name})"


def resolve(value: Any, ids: Mapping[str, int], xmlids: Mapping[str, int]) -> Any:
    """``value`` with references as database ids, ``Unresolved`` where there is none."""
    if isinstance(value, Mapping):
        if set(value) == {"ref"}:
            return ids.get(value["ref"]) or Unresolved(value["ref"])
        if set(value) == {"xmlid"}:
            return xmlids.get(value["xmlid"]) or Unresolved(value["xmlid"])
        if set(value) == {"by_company"}:
            return _by_company(value["by_company"], ids, xmlids)
    if isinstance(value, list | tuple):
        parts = [resolve(item, ids, xmlids) for item in value]
        return next((part for part in parts if isinstance(part, Unresolved)), parts)
    return value


def _by_company(values: Mapping[str, Any], ids, xmlids) -> Any:
    resolved = {}
    for company, value in values.items():
        part = resolve(value, ids, xmlids)
        if company not in ids or isinstance(part, Unresolved):
            return part if isinstance(part, Unresolved) else Unresolved(company)
        resolved[ids[company]] = part
    return {"by_company": resolved}


def normal(value: Any, info: Mapping[str, Any] | None = None) -> Any:
    """``value``, resolved or as read, in the form to compare.

    ``info`` is the field's entry of ``fields_get``; without it the form follows from the
    value alone. x2many become sorted lists, numbers text with the field's decimals.
    """
    if isinstance(value, Unresolved):
        return value
    if isinstance(value, Mapping) and set(value) == {"by_company"}:
        parts = value["by_company"].items()
        return {"by_company": {str(company): normal(part, info) for company, part in parts}}
    kind = (info or {}).get("type") or _guess(value)
    return _FORMS.get(kind, _text)(value, info or {})


def _guess(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean" if value else "unknown"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "float"
    if isinstance(value, list | tuple):
        # As read without a type: [id, "name"] is one record, [id, id] are several.
        pair = len(value) == 2 and isinstance(value[1], str)
        return "many2one" if pair else "many2many"
    return "char"


def _text(value: Any, info) -> Any:
    return "" if value is None or value is False else value


def _many2one(value: Any, info) -> Any:
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return value or None


def _many(value: Any, info) -> Any:
    return sorted(value or [])


def _number(value: Any, info) -> Any:
    places = (info.get("digits") or (0, 6))[1]
    exact = Decimal(str(value or 0))
    return str(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0)


_FORMS = {
    "boolean": lambda value, info: bool(value),
    "integer": lambda value, info: int(value or 0),
    "float": _number,
    "monetary": _number,
    "many2one": _many2one,
    "many2many": _many,
    "one2many": _many,
    "unknown": lambda value, info: False,
}


def shown(value: Any) -> Any:
    """A value for a person: the name of a many2one, else as it is."""
    pair = isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[1], str)
    return value[1] if pair else value


def wire(value: Any) -> Any:
    """A resolved value as ``create`` and ``write`` take it: a set replaces the set."""
    return [[6, 0, list(value)]] if isinstance(value, list | tuple) else value

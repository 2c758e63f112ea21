"""The parts of one recurring offer: hosting, support, enhancement (TB-016)."""

from collections.abc import Iterable
from decimal import Decimal

from .money import ZERO, exact

PARTS = ("hosting", "support", "enhancement", "other")
_SUPPORT = frozenset(("support",))
_ENHANCEMENT = frozenset(("retainer", "optimisation"))
_OTHER = frozenset(("setup", "fee", "enablement", "shared"))


def part_of(stream: str) -> str:
    """The part that a revenue stream belongs to; what runs a tenant is hosting."""
    if stream in _SUPPORT:
        return "support"
    if stream in _ENHANCEMENT:
        return "enhancement"
    return "other" if stream in _OTHER else "hosting"


def by_part(rows: Iterable[tuple[str, Decimal, Decimal]]) -> dict[str, tuple[Decimal, Decimal]]:
    """``{part: (revenue, cost)}`` of ``(stream, revenue, cost)``, in the order of `PARTS`;
    parts without a row are left out."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    with exact():
        for stream, revenue, cost in rows:
            part = part_of(stream)
            total, paid = found.get(part, (ZERO, ZERO))
            found[part] = (total + revenue, paid + cost)
    return {part: found[part] for part in PARTS if part in found}

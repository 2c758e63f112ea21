"""The month-end screen of a seller: where each document stands, and against last month (TB-069)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .money import ZERO, exact

TILES = ("ready", "held", "parked", "posted", "sent")


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that share their states, counted and added up (net, seller's currency)."""

    state: str
    hold_state: str
    send_state: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Sum:
    count: int = 0
    amount: Decimal = ZERO

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.count + other.count, self.amount + other.amount)


def tiles_of(state: str, hold_state: str, send_state: str) -> tuple[str, ...]:
    """Where a document is counted: a draft once; what was posted also as sent, once it left."""
    if state == "draft":
        return ({"held": "held", "parked": "parked"}.get(hold_state, "ready"),)
    return ("posted", "sent") if send_state in ("sent", "nothing") else ("posted",)


def summary(groups: Iterable[Group]) -> dict[str, Sum]:
    """Each of `TILES`, and ``total`` of all documents, ``unsent``, ``queued`` and ``failed`` of
    those that are posted."""
    found = dict.fromkeys((*TILES, "total", "unsent", "queued", "failed"), Sum())
    with exact():
        for group in groups:
            part = Sum(group.count, group.amount)
            names = [*tiles_of(group.state, group.hold_state, group.send_state), "total"]
            if group.state == "issued":
                names += {"no": ["unsent"], "queued": ["queued"], "failed": ["failed"]}.get(
                    group.send_state, []
                )
            for name in names:
                found[name] += part
    return found

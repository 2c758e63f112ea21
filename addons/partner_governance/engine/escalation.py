"""The way of a support case up the tree: partner, master, platform (PG-018, TRADE 1)."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Desk:
    """Support desk of a node. Hours are None where none were promised."""

    node_id: int
    name: str
    contact: str = ""
    window: str = ""
    response_hours: Decimal | None = None
    resolution_hours: Decimal | None = None


@dataclass(frozen=True)
class Step:
    """``level`` counts from 1, the partner itself; ``connected``: both clocks have a target."""

    level: int
    desk: Desk
    connected: bool


def path(desks) -> tuple[Step, ...]:
    """The steps of a case, from the partner up to the platform, in the order given."""
    return tuple(
        Step(level, desk, None not in (desk.response_hours, desk.resolution_hours))
        for level, desk in enumerate(desks, 1)
    )


def slower_above(steps) -> tuple[Step, ...]:
    """Steps that promise to answer or solve later than one below them has to: there the lower
    promise is not covered."""
    found, response, resolution = [], None, None
    for step in steps:
        if not step.connected:
            continue
        desk = step.desk
        if (response is not None and desk.response_hours > response) or (
            resolution is not None and desk.resolution_hours > resolution
        ):
            found.append(step)
        response = min(filter(None, (response, desk.response_hours)), default=desk.response_hours)
        resolution = min(
            filter(None, (resolution, desk.resolution_hours)), default=desk.resolution_hours
        )
    return tuple(found)


def next_party(accountable: int, path, asked, idle) -> int:
    """Who is asked next: whoever the matrix names, then those above it, up to the platform
    (PG-043).

    :param accountable: node that the responsibility matrix names, 0 where it names none
    :param path: nodes from the record's own up to the root
    :param asked: nodes that an open escalation has reached already
    :param idle: nodes that have nobody to ask, or whose manager is who asks
    :return: a node, 0 where nobody is left
    """
    path = tuple(path)
    start = path.index(accountable) + 1 if accountable in path else int(bool(accountable))
    chain = ((accountable,) if accountable else ()) + path[start:]
    return next((node for node in chain if node not in asked and node not in idle), 0)

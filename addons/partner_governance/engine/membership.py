"""The way of a partner into the programme: who invites whom, and what activation asks for
(PG-007 to PG-010, PG-012, X-06)."""

from dataclasses import dataclass
from datetime import date

STATES = ("invited", "onboarding", "active", "suspended", "ended")
# From each state, where it may go.
WAYS = {
    "invited": {"onboarding", "ended"},
    "onboarding": {"active", "ended"},
    "active": {"suspended", "ended"},
    "suspended": {"active", "ended"},
    "ended": set(),
}


@dataclass(frozen=True)
class Inviter:
    """``master``: works for a master partner as its manager; ``platform``: for the operator;
    ``running``: its partner is neither suspended nor ended."""

    node_id: int
    manager: bool = False
    master: bool = False
    platform: bool = False
    running: bool = True


@dataclass(frozen=True)
class Demand:
    """A record that a model, or the master role, demands."""

    code: str
    model_code: str = ""
    for_master: bool = False


@dataclass(frozen=True)
class Record:
    """What a node has brought for a demand. ``accepted``: by whom it answers to."""

    code: str
    accepted: bool
    date_from: date
    date_until: date | None = None


def invitation_obstacle(inviter: Inviter, upline_id: int, invitable: bool) -> str:
    """Why ``inviter`` cannot invite somebody below ``upline_id``; empty where it can.

    :param invitable: whether a master may invite partners of the commercial model
    :return: ``not_manager``, ``not_master``, ``not_running``, ``not_below``,
        ``model_not_invitable``
    """
    if inviter.platform:
        return ""
    if not inviter.manager:
        return "not_manager"
    if not inviter.master:
        return "not_master"
    if not inviter.running:
        return "not_running"
    if inviter.node_id != upline_id:
        return "not_below"
    return "" if invitable else "model_not_invitable"


def demanded(demands, model_code: str, is_master: bool) -> tuple[Demand, ...]:
    """Those of ``demands`` that a partner of this model and role has to meet, in their order."""
    return tuple(
        one for one in demands if (is_master if one.for_master else one.model_code == model_code)
    )


def missing(demands, records, today: date) -> tuple[Demand, ...]:
    """Those of ``demands`` without a record that is accepted and holds on ``today``."""
    held = {
        one.code
        for one in records
        if one.accepted
        and one.date_from <= today
        and (one.date_until is None or one.date_until > today)
    }
    return tuple(one for one in demands if one.code not in held)


def may_go(old: str, new: str) -> bool:
    """Whether a partner in state ``old`` may become ``new``."""
    return new in WAYS[old]


def spans(starts) -> tuple[tuple[date, date | None], ...]:
    """Half-open spans from the days on which each state of affairs begins: each lasts until the
    next begins, the last one is open. Days come sorted; of equal days the last one stands, the
    others are empty."""
    days = list(starts)
    return tuple(
        (day, days[index + 1] if index + 1 < len(days) else None) for index, day in enumerate(days)
    )

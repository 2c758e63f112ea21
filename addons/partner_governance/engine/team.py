"""Who may do what to the people of a node (TRADE 7 "My team", X-06).

Facts go in as frozen dataclasses, a code comes back: an empty one means "go on". The addon has one
sentence per code.
"""

from dataclasses import dataclass

ROLES = ("sales", "delivery", "support", "finance", "manager")
# An upline that is let act brings hands, nobody who rules, pays or sells there.
UPLINE_ROLES = frozenset(("delivery", "support"))
INVITE, ASSIGN, END = "invite", "assign", "end"


@dataclass(frozen=True)
class Actor:
    """Who acts. ``administrator``: of the platform; ``manager``: has the role at its own node."""

    uid: int
    node_id: int
    manager: bool = False
    administrator: bool = False


@dataclass(frozen=True)
class Team:
    """The node whose people are meant, and whether its upline may act for it."""

    node_id: int
    upline_id: int = 0
    upline_may_act: bool = False


@dataclass(frozen=True)
class Person:
    """A person of a node. ``platform``: holds a group of the platform."""

    uid: int
    node_id: int
    roles: frozenset[str] = frozenset()
    platform: bool = False
    active: bool = True


def acts_as(actor: Actor, team: Team) -> str:
    """In which capacity: ``own``, ``platform``, ``upline``, or nothing."""
    if actor.manager and actor.node_id == team.node_id:
        return "own"
    if actor.administrator:
        return "platform"
    if actor.manager and team.upline_may_act and actor.node_id == team.upline_id:
        return "upline"
    return ""


def obstacle(
    actor: Actor,
    team: Team,
    act: str,
    person: Person | None = None,
    roles: frozenset[str] = frozenset(),
    other_managers: int = 0,
) -> str:
    """Why ``actor`` cannot ``act`` on ``person`` of ``team``; empty where it can.

    :param roles: what the person shall be, for inviting and assigning
    :param other_managers: active managers of the team beside the person
    :return: ``not_yours``, ``upline_invites_only``, ``upline_roles``, ``other_node``,
        ``platform_person``, ``myself``, ``ended_already``, ``unknown_role``, ``no_role``,
        ``last_manager``
    """
    capacity = acts_as(actor, team)
    if not capacity:
        return "not_yours"
    if capacity == "upline" and act != INVITE:
        return "upline_invites_only"
    if roles - set(ROLES):
        return "unknown_role"
    if capacity == "upline" and roles - UPLINE_ROLES:
        return "upline_roles"
    if act != END and not roles:
        return "no_role"
    if person is None:
        return ""
    if person.node_id != team.node_id:
        return "other_node"
    if person.platform:
        return "platform_person"
    if not person.active:
        return "ended_already"
    if act == END and person.uid == actor.uid:
        return "myself"
    leaves = act == END or "manager" not in roles
    if "manager" in person.roles and leaves and not other_managers:
        return "last_manager"
    return ""


def successor_obstacle(person: Person, successor: Person | None, open_work: int) -> str:
    """Why the work of ``person`` cannot go to ``successor``; empty where it can.

    :return: ``successor_missing``, ``successor_elsewhere``, ``successor_same``
    """
    if successor is None:
        return "successor_missing" if open_work else ""
    if successor.uid == person.uid:
        return "successor_same"
    if successor.node_id != person.node_id or not successor.active:
        return "successor_elsewhere"
    return ""

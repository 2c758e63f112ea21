"""What a tenant looks like now, and what was applied to it last. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .resources import FORGET, TECHNICAL


@dataclass(frozen=True)
class LiveRecord:
    """One record as read: raw values (many2one as ``[id, name]``), and who wrote it last.

    A module has ``values["state"]``; settings have id 0 and nobody who wrote them.
    """

    id: int
    values: Mapping[str, Any]
    active: bool = True
    write_uid: int | None = None
    write_user: str = ""
    write_date: str = ""


@dataclass(frozen=True)
class Blocked:
    """Why a resource cannot be brought about: code, and what names the fix."""

    code: str
    detail: str = ""


@dataclass(frozen=True)
class Live:
    """The facts that a plan is made from.

    ``records`` by resource key, found by external id. ``hidden``: the external id is
    there, its record is not to be seen (another company, a record rule): not missing.
    ``candidates``: records without an external id of ours that match by natural key, or
    by the id applied last. ``pending``: keys whose model or fields a module of the plan
    brings. ``fields``: ``{model: {field: {"type", "relation", "digits", ...}}}``.
    ``ids``: key to database id, companies (and ``main``) included. ``bot``: our user id.
    """

    records: Mapping[str, LiveRecord] = field(default_factory=dict)
    candidates: Mapping[str, tuple[LiveRecord, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()
    blocked: Mapping[str, Blocked] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    ids: Mapping[str, int] = field(default_factory=dict)
    xmlids: Mapping[str, int] = field(default_factory=dict)
    bot: int | None = None
    uuid: str = ""
    series: str = ""


@dataclass(frozen=True)
class Applied:
    """The last applied state of a resource: its desired values then, in the blueprint's
    own forms, and the policy for its end, which outlives the version that set it."""

    key: str
    kind: str
    model: str
    record_id: int
    values: Mapping[str, Any] = field(default_factory=dict)
    lifecycle: str = TECHNICAL
    removal: str = FORGET


@dataclass(frozen=True)
class Accepted:
    """A drift that is to be left alone: an exception, up to and including ``until``."""

    key: str
    field: str
    until: Any  # datetime.date

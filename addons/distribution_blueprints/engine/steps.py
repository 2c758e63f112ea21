"""The steps of an apply, and how a run ends. Data only.

A step is journaled as an intent before it is sent and with its result after; both are
plain data, so a run that was killed can be read back (D-01, D-02).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .live import Applied, LiveRecord
from .resources import canonical, digest

# op -> what its result's value is
OPS = {
    "install": "anything",
    "poll": "{module name: state}",
    "resolve": "{external id: database id}",
    "observe": "Observed",
    "create": "database id",
    "register": "anything",
    "write": "anything",
    "settings": "anything",
    "read_back": "ReadBack",
    "wait": "nothing: let `seconds` pass",
    "verified": "nothing: store `applied`",
    "forgotten": "nothing: drop the applied state of `key`",
}
CHANGING = frozenset({"install", "create", "register", "write", "settings"})
LOCAL = frozenset({"wait", "verified", "forgotten"})


@dataclass(frozen=True)
class Step:
    """One thing to do. ``values`` are resolved: database ids, commands for sets.

    ``company`` is a database id, or None for all companies. ``domain`` is the natural key
    to observe by. ``names`` are modules (install, poll), external ids (resolve) or fields
    (read_back). ``seconds`` to wait.
    """

    op: str
    key: str = ""
    model: str = ""
    record_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    company: int | None = None
    companies: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    domain: tuple = ()
    names: tuple[str, ...] = ()
    seconds: float = 0
    applied: Applied | None = None

    @property
    def changes_tenant(self) -> bool:
        """Whether to journal and commit before sending."""
        return self.op in CHANGING

    def to_json(self) -> dict[str, Any]:
        """Plain data for the journal, empty fields left out; holds no secret."""
        return {name: value for name, value in json.loads(canonical(vars(self))).items() if value}

    @property
    def payload_hash(self) -> str:
        """SHA-256 of what is sent; tells a repeated intent from another one."""
        return digest([self.op, self.key, self.model, self.record_id, self.values, self.company])


@dataclass(frozen=True)
class Observed:
    """What stands for a key now: the record of its external id, and those that match by
    natural key. ``external_model`` guards against an external id on another model."""

    external: int | None = None
    natural: tuple[int, ...] = ()
    external_model: str = ""


@dataclass(frozen=True)
class ReadBack:
    """A record read after a write; None when it is not there. ``fields``: their types."""

    record: LiveRecord | None
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """A result made on this side: the step was done. Looks like the transport's Ok."""

    value: Any = None
    kind: ClassVar[str] = "ok"


@dataclass(frozen=True)
class Failed:
    """A result made on this side: refused before or after the call."""

    code: str
    message: str = ""
    status: int | None = None
    kind: ClassVar[str] = "fatal"


@dataclass(frozen=True)
class Skipped:
    """A line that was left out, and why: ``not_approved``, ``waits_for``."""

    key: str
    action: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    ``state``: ``done``; ``interrupted`` (refresh, plan anew, not before ``wait`` seconds);
    ``stopped`` (a person must look); ``refused`` (nothing was sent). ``code`` and ``key``
    say what and where.
    """

    state: str
    code: str = ""
    key: str = ""
    message: str = ""
    wait: float = 0
    skipped: tuple[Skipped, ...] = ()


class Stop(Exception):
    """Ends a run from inside; becomes its ``Outcome``."""

    def __init__(self, state: str, code: str, key: str = "", message: str = "", wait: float = 0):
        super().__init__(code)
        self.outcome = Outcome(state, code, key, message, wait)

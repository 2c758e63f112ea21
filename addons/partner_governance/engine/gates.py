"""Whether a record may pass a gate, and what it lacks, in codes that the models put into words.

DESIGN 4.2. A passage is signed for one state of the answers and one tier; other answers or a
higher tier are signed by nobody yet. A waiver and a conditional pass end by themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

OBSERVE, WARN, ENFORCE = "observe", "warn", "enforce"


@dataclass(frozen=True)
class Passage:
    """One review: ``state`` is asked, passed, conditional, grandfathered, refused or reopened.

    ``mark`` of the answers that it was asked for · ``valid_until``: last day of a conditional
    pass · ``overdue``: names of its conditions that are past their day · ``waiting``: who has
    not signed yet · ``reason`` of a refusal
    """

    state: str
    mark: str = ""
    tier: int = 0
    valid_until: date | None = None
    overdue: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Subject:
    """What stands before a gate.

    ``applies``: whether this kind and tier of deal has this gate · ``unanswered``: questions ·
    ``open_flags``: flags that need a document or an accepted risk · ``items``: what hooks found
    missing, as they say it · ``waived_until``: last day of a running waiver · ``lapsed``: gates
    before an earlier door whose waiver or conditional pass is over, and that are not passed since
    """

    applies: bool = True
    protected: bool = False
    unanswered: tuple[str, ...] = ()
    open_flags: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    mark: str = ""
    tier: int = 1
    needs_review: bool = True
    passage: Passage | None = None
    waived_until: date | None = None
    waiting_for_gate: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Missing:
    """One thing that is missing: a code and the names that belong to it."""

    code: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModeRow:
    """``mode`` from a day on; of one node, or of the whole programme (``node`` 0)."""

    mode: str
    since: date
    node: int = 0


@dataclass(frozen=True)
class Demand:
    """A signature that waits, due on a day; ``chain``: the nodes that come after the one that
    owes it (its upline, then the platform)."""

    ident: int
    due: date
    chain: tuple[int, ...] = ()


def missing(subject: Subject, today: date) -> tuple[Missing, ...]:
    """What a record lacks at a gate, empty when it may pass."""
    if not subject.applies:
        return ()
    if subject.protected:
        return (Missing("protected"),)
    if subject.waived_until and subject.waived_until >= today:
        return ()
    passage = subject.passage
    if passage and passage.state == "grandfathered":
        return ()
    if subject.unanswered:
        return (Missing("answers", subject.unanswered),)
    if subject.waiting_for_gate:
        return (Missing("earlier_gate", subject.waiting_for_gate),)
    found = [Missing("lapsed", (name,)) for name in subject.lapsed]
    found += [Missing("flag", (name,)) for name in subject.open_flags]
    found += [Missing("item", (name,)) for name in subject.items]
    if subject.needs_review:
        found += _review(subject, today)
    return tuple(found)


def _review(subject: Subject, today: date) -> list[Missing]:
    passage = subject.passage
    if passage is None or passage.state == "reopened":
        return [Missing("review", (str(subject.tier),))]
    if passage.state == "refused":
        return [Missing("refused", (passage.reason,))]
    if passage.mark != subject.mark or passage.tier < subject.tier:
        return [Missing("review", (str(subject.tier),))]
    if passage.state == "asked":
        if not passage.waiting:
            return [Missing("no_signatures")]
        return [Missing("signature", (who,)) for who in passage.waiting]
    if passage.state == "conditional":
        if passage.valid_until and passage.valid_until < today:
            return [Missing("expired", (passage.valid_until.isoformat(),))]
        return [Missing("condition", (name,)) for name in passage.overdue]
    return [] if passage.state == "passed" else [Missing("review", (str(subject.tier),))]


def mode_of(default: str, rows: Iterable[ModeRow], path: Sequence[int], today: date) -> str:
    """The mode on a day for a node: its own newest row, else its nearest upline's, else the
    programme's, else the gate's own.

    :param path: the node's ancestors from the root to the node itself
    """
    running = [row for row in rows if row.since <= today]
    for node in (*reversed(path), 0):
        own = [row for row in running if row.node == node]
        if own:
            return max(own, key=lambda row: row.since).mode
    return default


def escalate(demands: Iterable[Demand], today: date) -> dict[int, int]:
    """Which overdue signatures go to whom next: signature → node, the next party of its chain
    (upline, then platform). Where nobody is left it stays where it is."""
    moves = {}
    for demand in demands:
        if demand.due < today and demand.chain:
            moves[demand.ident] = demand.chain[0]
    return moves

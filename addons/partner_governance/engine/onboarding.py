"""Onboarding of a partner: what its commercial model needs, what stands open, what that opens.

Rules (TRADE 7, PG-050…054, PG-154): exactly four stages of four requirements; a requirement
says for which commercial models it is needed, for others it reads "not needed" and counts as
met. A stage closes when every needed item of it is accepted, in the order of the stages. A
closed stage opens something, unless the model needs nothing of it: then it is met, and opens
nothing.
"""

from dataclasses import dataclass
from datetime import date, timedelta

OPEN, SUBMITTED, ACCEPTED, REFUSED, NOT_NEEDED = (
    "open",
    "submitted",
    "accepted",
    "refused",
    "not_needed",
)


@dataclass(frozen=True)
class Item:
    """One requirement of one partner. ``stage`` is the position of its stage, from 1."""

    stage: int
    name: str
    state: str = OPEN


@dataclass(frozen=True)
class Stage:
    """``people``: certified people that it asks for before it closes; 0 for none."""

    number: int
    opens: str
    people: int = 0


@dataclass(frozen=True)
class Progress:
    """Where a partner stands. ``current`` is 0 once every stage is closed.

    ``opened`` holds what the closed stages open; ``missing`` the names of the current stage's
    items that are not accepted; ``people`` how many certified people it still lacks.
    """

    current: int
    opened: frozenset
    missing: tuple = ()
    people: int = 0
    needed: int = 0
    met: int = 0

    @property
    def percent(self) -> int:
        """Share of the needed items that are accepted, in whole percent, rounded down."""
        return 100 * self.met // self.needed if self.needed else 100


def progress(stages, items, certified: int = 0, closed: frozenset = frozenset()) -> Progress:
    """Where a partner with ``items`` stands in ``stages``.

    What was closed stays closed; a change of the commercial model may ask for more in it, and
    that is asked for before the last stage closes.

    :param stages: `Stage`, in any order
    :param items: `Item` of one partner
    :param certified: its certified people today
    :param closed: numbers of the stages closed before
    """
    ordered = sorted(stages, key=lambda each: each.number)
    needed = [item for item in items if item.state != NOT_NEEDED]
    opened, current, missing, people = set(), 0, (), 0
    for stage in ordered:
        own = [item for item in needed if item.stage == stage.number]
        asked = needed if stage is ordered[-1] else own
        lacking = tuple(item.name for item in asked if item.state != ACCEPTED)
        short = max(0, stage.people - certified) if own else 0
        if stage.number not in closed and (lacking or short):
            current, missing, people = stage.number, lacking, short
            break
        if own:
            opened.add(stage.opens)
    return Progress(
        current=current,
        opened=frozenset(opened),
        missing=missing,
        people=people,
        needed=len(needed),
        met=sum(item.state == ACCEPTED for item in needed),
    )


def due(entered: date, target_days: int) -> date:
    """The day by which a stage entered on ``entered`` should be closed."""
    return entered + timedelta(days=target_days)


def days_in_stage(entered: date | None, left: date | None, today: date) -> int:
    """Whole days in a stage, up to ``today`` where it is not left; 0 before it is entered."""
    return ((left or today) - entered).days if entered else 0


def is_stalled(due_on: date | None, left: date | None, today: date) -> bool:
    """A stage is stalled when its target day has passed and it is not closed."""
    return bool(due_on and not left and today > due_on)


def may_recruit(partners: int, adding: int, cap: int, piloted: bool, subjects) -> str:
    """Why no ``adding`` partners may join now, as a code; empty where they may (PG-072, X-08).

    :param partners: partners of the programme, the platform not counted
    :param cap: partners allowed before the pilot gate is passed; 0 where none is set
    :param subjects: booleans, whether each subject of the programme gate is green
    """
    if not cap or partners + adding <= cap:
        return ""
    if not piloted:
        return "pilot_cap"
    if not all(subjects):
        return "programme_gate"
    return ""

"""From a score to a band that does not flap (program-and-health.md 4, CS-010).

Enter and leave thresholds differ, and a new band must be asked for in two runs. Hard
stops cap the band at once and name themselves. An override stands beside the computed
band, with a reason, an owner and a day on which it ends by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .scoring import Score

RED, AMBER, GREEN, UNKNOWN = "red", "amber", "green", "insufficient"
_RANK = {RED: 0, AMBER: 1, GREEN: 2}
MAX_OVERRIDE_DAYS = 90


@dataclass(frozen=True)
class Thresholds:
    """Red is entered below ``red_enter`` and left from ``red_leave`` on; green is entered
    from ``green_enter`` on and left below ``green_leave``. ``runs``: how many in a row."""

    red_enter: Decimal = Decimal(40)
    red_leave: Decimal = Decimal(45)
    green_leave: Decimal = Decimal(70)
    green_enter: Decimal = Decimal(75)
    runs: int = 2


@dataclass(frozen=True)
class HardStop:
    """A fact that no score outweighs, such as ``p1_open``, ``restore_test_failed``,
    ``unpaid``; ``cap`` is the best band it allows."""

    code: str
    cap: str = RED


@dataclass(frozen=True)
class BandState:
    """What the next run needs: the band by score alone, and one that waits."""

    band: str = UNKNOWN
    pending: str | None = None
    runs: int = 0


@dataclass(frozen=True)
class Override:
    """A person's band from ``start`` up to and including ``until``."""

    band: str
    reason: str
    owner: str
    start: date
    until: date


@dataclass(frozen=True)
class Banded:
    """``computed`` is score, hysteresis and stops; ``shown`` is the override where one is
    valid. ``stops`` names the hard stops, in force or not needed to change anything."""

    computed: str
    shown: str
    stops: tuple[str, ...]
    state: BandState
    override: Override | None = None


def check_thresholds(limits: Thresholds) -> str | None:
    """``thresholds_order`` unless red_enter <= red_leave <= green_leave <= green_enter."""
    order = (limits.red_enter, limits.red_leave, limits.green_leave, limits.green_enter)
    return None if list(order) == sorted(order) and limits.runs >= 1 else "thresholds_order"


def check_override(override: Override) -> str | None:
    """``override_band``, ``override_reason``, ``override_owner``, ``override_dates`` (more
    than 90 days or ending before it starts), or None."""
    if override.band not in _RANK:
        return "override_band"
    if not override.reason.strip():
        return "override_reason"
    if not override.owner:
        return "override_owner"
    if not 0 <= (override.until - override.start).days <= MAX_OVERRIDE_DAYS:
        return "override_dates"
    return None


def wanted(value: Decimal, current: str, limits: Thresholds) -> str:
    """The band that a score asks for, seen from the band it is in."""
    if value < limits.red_enter or (current == RED and value < limits.red_leave):
        return RED
    if value >= limits.green_enter or (current == GREEN and value >= limits.green_leave):
        return GREEN
    return AMBER


def step(state: BandState, score: Score, limits: Thresholds) -> BandState:
    """The state after one more run.

    Too little data is shown at once, and left at once: it is no judgement to be patient
    with. Between red, amber and green a band must be asked for ``runs`` times in a row.
    """
    if score.value is None or not score.sufficient:
        return BandState(UNKNOWN)
    target = wanted(score.value, state.band, limits)
    if target == state.band or state.band == UNKNOWN:
        return BandState(target)
    runs = state.runs + 1 if target == state.pending else 1
    if runs >= limits.runs:
        return BandState(target)
    return BandState(state.band, target, runs)


def band(
    state: BandState,
    score: Score,
    stops: Iterable[HardStop] = (),
    override: Override | None = None,
    today: date | None = None,
    limits: Thresholds | None = None,
) -> Banded:
    """One run: the next state, the computed band, and the band to show.

    A stop caps at once and lets go at once, since the band by score went on beneath it.
    On too little data a stop that caps at red shows red; a milder one adds nothing.
    """
    stops = tuple(stops)
    after = step(state, score, limits or Thresholds())
    caps = [stop.cap for stop in stops]
    if after.band == UNKNOWN:
        computed = RED if RED in caps else UNKNOWN
    else:
        computed = min([after.band, *caps], key=_RANK.__getitem__)
    valid = bool(override and today and override.start <= today <= override.until)
    return Banded(
        computed,
        override.band if override and valid else computed,
        tuple(stop.code for stop in stops),
        after,
        override if valid else None,
    )


def expansion_ready(shown: str, expansion: Score | None, limit: Decimal = Decimal(60)) -> bool:
    """Whether to offer more: only to a green customer, on enough data (CS-009)."""
    if shown != GREEN or expansion is None or expansion.value is None:
        return False
    return expansion.sufficient and expansion.value >= limit

"""Whether a go-live is ready: a weighted share, and hard stops that no score can outweigh.

PG-070. What nobody answered counts nothing, and what does not apply leaves its weight out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

READY, PARTLY, NOT_READY, NOT_APPLICABLE = "ready", "partly", "not_ready", "na"
# Halves, so that the sum stays a whole number.
_HALVES = {READY: 2, PARTLY: 1}


@dataclass(frozen=True)
class Line:
    """One criterion as it was answered: ``answer`` is empty while nobody has; ``is_backed``: what
    the answer has to bring (evidence, or the reason why it does not apply) is there."""

    name: str
    weight: int = 1
    answer: str = ""
    is_hard_stop: bool = False
    is_backed: bool = True


@dataclass(frozen=True)
class Verdict:
    """``score`` of 100, rounded down; the names of what stands against a go-live.

    ``stops``: hard stops · ``unanswered`` · ``unbacked``: answers without evidence or reason, which
    count as unanswered · ``open``: what keeps the score below 100
    """

    score: int
    is_go: bool
    is_below: bool
    stops: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    unbacked: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def counted(line: Line) -> str:
    """The answer that counts: one without its evidence or reason is none."""
    if line.answer == NOT_READY or line.is_backed:
        return line.answer
    return ""


def score(lines: Sequence[Line]) -> int:
    """The share of the weight that is ready, 0 to 100; nothing to judge is nothing ready."""
    judged = [line for line in lines if counted(line) != NOT_APPLICABLE]
    whole = sum(line.weight for line in judged)
    if not whole:
        return 0
    got = sum(line.weight * _HALVES.get(counted(line), 0) for line in judged)
    return 100 * got // (2 * whole)


def judge(lines: Sequence[Line], threshold: int) -> Verdict:
    """GO: no hard stop is met, and the score reaches the threshold."""
    settled = (READY, NOT_APPLICABLE)
    stops = tuple(one.name for one in lines if one.is_hard_stop and counted(one) not in settled)
    reached = score(lines)
    # A card on which nothing is judged says nothing, whatever the threshold.
    judged = any(one.weight and counted(one) not in ("", NOT_APPLICABLE) for one in lines)
    is_below = reached < threshold or not judged
    return Verdict(
        score=reached,
        is_go=not stops and not is_below,
        is_below=is_below,
        stops=stops,
        unanswered=tuple(one.name for one in lines if not one.answer),
        unbacked=tuple(one.name for one in lines if one.answer and not counted(one)),
        open=tuple(one.name for one in lines if counted(one) not in settled),
    )

"""Scores that explain themselves (CS-006 to CS-010; formulas: program-and-health.md 4).

A metric's value becomes 0-100 by piecewise-linear points, ages towards 50 and then counts
as missing. A score is the weighted mean over the metrics that are present; its
contributions sum exactly to it, and so do their changes to the change of the score.

All numbers are ``Decimal``; scores and contributions have two decimals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from .profile import Metric, Profile, Sample

QUANTUM = Decimal("0.01")
NEUTRAL = Decimal(50)


@dataclass(frozen=True)
class Contribution:
    """One metric's part of a score.

    ``raw`` is the score of the value as measured, ``score`` after ageing, ``points`` what
    it adds to the overall score. A missing metric has ``score`` None and adds nothing.
    """

    metric: str
    dimension: str
    weight: Decimal
    value: Decimal | None = None
    age: int | None = None
    raw: Decimal | None = None
    score: Decimal | None = None
    points: Decimal = Decimal(0)


@dataclass(frozen=True)
class Score:
    """A mean with its parts. ``value`` is None when nothing is present.

    ``coverage`` is present weight over total weight, 0-1, not rounded; ``sufficient``
    says whether it reaches the profile's limit.
    """

    code: str
    value: Decimal | None
    coverage: Decimal
    sufficient: bool
    contributions: tuple[Contribution, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes of the metrics that are not connected or too old."""
        return tuple(c.metric for c in self.contributions if c.score is None)


@dataclass(frozen=True)
class Health:
    """Overall score and one per dimension, with the profile that they were made by."""

    profile: str
    version: int
    overall: Score
    dimensions: Mapping[str, Score] = field(default_factory=dict)


def normalise(value: Decimal, points: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """The score 0-100 of a value, straight between points, level outside them."""
    if value <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        if value <= x1:
            return y0 + (y1 - y0) * (value - x0) / (x1 - x0)
    return points[-1][1]


def aged(score: Decimal, age: int, max_age: int) -> Decimal | None:
    """``score`` up to ``max_age`` days, then in a straight line to 50 at twice that; None
    (missing) beyond. ``age`` in days."""
    if age <= max_age:
        return score
    if age > 2 * max_age:
        return None
    return score + (NEUTRAL - score) * (age - max_age) / max_age


def compute(profile: Profile, samples: Iterable[Sample], today: date) -> Health:
    """The health on ``today`` from the latest sample of each metric."""
    latest: dict[str, Sample] = {}
    for sample in samples:
        known = latest.get(sample.metric)
        if sample.value is not None and (known is None or known.day <= sample.day):
            latest[sample.metric] = sample
    parts = [_judge(metric, latest.get(metric.code), today) for metric in profile.metrics]
    overall = [part for part in parts if part.dimension not in profile.separate]
    dimensions = {
        code: _mean(code, [part for part in parts if part.dimension == code], profile)
        for code in dict.fromkeys(part.dimension for part in parts)
    }
    return Health(profile.code, profile.version, _mean("overall", overall, profile), dimensions)


def _judge(metric: Metric, sample: Sample | None, today: date) -> Contribution:
    if sample is None or sample.value is None:
        return Contribution(metric.code, metric.dimension, metric.weight)
    age = max((today - sample.day).days, 0)
    raw = normalise(sample.value, metric.points)
    score = aged(raw, age, metric.max_age)
    return Contribution(
        metric.code, metric.dimension, metric.weight, sample.value, age, raw, score
    )  # fmt: skip


def _mean(code: str, parts: Sequence[Contribution], profile: Profile) -> Score:
    present = [(part, part.score) for part in parts if part.score is not None]
    total = sum((part.weight for part in parts), Decimal(0))
    weight = sum((part.weight for part, _ in present), Decimal(0))
    coverage = weight / total if total else Decimal(0)
    # Compared without dividing, so that exactly 60 % is 60 %.
    sufficient = bool(present) and weight >= profile.min_coverage * total
    if not present:
        return Score(code, None, coverage, False, tuple(parts))
    exact = {part.metric: part.weight * score / weight for part, score in present}
    value = sum(exact.values(), Decimal(0)).quantize(QUANTUM, ROUND_HALF_UP)
    points = _shares(exact, value)
    contributions = tuple(_with_points(part, points.get(part.metric)) for part in parts)
    return Score(code, value, coverage, sufficient, contributions)


def _shares(exact: Mapping[str, Decimal], total: Decimal) -> dict[str, Decimal]:
    """``exact`` rounded to two decimals so that they sum to ``total``: largest remainder."""
    floors = {code: part.quantize(QUANTUM, ROUND_FLOOR) for code, part in exact.items()}
    missing = int((total - sum(floors.values(), Decimal(0))) / QUANTUM)
    order = sorted(exact, key=lambda code: (floors[code] - exact[code], code))
    for code in order[:missing]:
        floors[code] += QUANTUM
    return floors


def _with_points(part: Contribution, points: Decimal | None) -> Contribution:
    if points is None:
        return part
    return Contribution(**{**vars(part), "points": points})


def delta(before: Score, after: Score) -> dict[str, Decimal]:
    """What each metric added to the change between two scores; sums exactly to it.

    A metric that only one of the two has counts with all its points. Empty where a score
    is unknown on either side.
    """
    if before.value is None or after.value is None:
        return {}
    old = {part.metric: part.points for part in before.contributions}
    new = {part.metric: part.points for part in after.contributions}
    zero = Decimal("0.00")
    changes = {c: new.get(c, zero) - old.get(c, zero) for c in dict.fromkeys((*old, *new))}
    return {code: change for code, change in changes.items() if change}

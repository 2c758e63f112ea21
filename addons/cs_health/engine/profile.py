"""What health is made of at a lifecycle stage (CS-006 to CS-010).

Frozen descriptions, their checks, and the choice among them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MIN_COVERAGE = Decimal("0.60")
ADOPTION, SUPPORT, INFRASTRUCTURE, EXPANSION = (
    "adoption",
    "support",
    "infrastructure",
    "expansion",
)
DIMENSIONS = (ADOPTION, SUPPORT, INFRASTRUCTURE, EXPANSION)
DIRECTIONS = ("higher", "lower", "target")


@dataclass(frozen=True)
class Metric:
    """What is measured and how it is judged.

    ``points`` are (value, score) pairs with rising values; outside them the score of the
    nearest holds. ``direction``: ``higher`` is better, ``lower`` is better, or ``target``
    (best in between, such as tickets per tenant-month: silence is no health).
    ``max_age`` in days, 1 or more.
    """

    code: str
    dimension: str
    weight: Decimal
    direction: str
    points: tuple[tuple[Decimal, Decimal], ...]
    max_age: int = 30


@dataclass(frozen=True)
class Sample:
    """A metric's value as measured on ``day``; None was asked for and not to be had."""

    metric: str
    value: Decimal | None
    day: date


@dataclass(frozen=True)
class Profile:
    """Which metrics make up health at a lifecycle stage.

    ``separate`` dimensions get a score of their own and no part in the overall one:
    expansion potential is an offer to make, not health. Empty ``stages`` fit every stage.
    """

    code: str
    version: int
    metrics: tuple[Metric, ...]
    stages: tuple[str, ...] = ()
    priority: int = 0
    min_coverage: Decimal = MIN_COVERAGE
    separate: tuple[str, ...] = (EXPANSION,)


def check_profile(profile: Profile) -> tuple[str, ...]:
    """Error codes with the metric behind a colon; empty for a usable profile.

    ``metrics_missing``, ``metric_duplicate``, ``dimension_unknown``, ``weight_not_positive``,
    ``max_age_not_positive``, ``direction_unknown``, ``points_too_few``,
    ``points_not_rising``, ``points_out_of_range``, ``points_against_direction``.
    """
    errors: list[str] = []
    seen: set[str] = set()
    for metric in profile.metrics:
        codes = [*_check_points(metric)]
        if metric.code in seen:
            codes.append("metric_duplicate")
        if metric.dimension not in DIMENSIONS:
            codes.append("dimension_unknown")
        if metric.weight <= 0:
            codes.append("weight_not_positive")
        if metric.max_age < 1:
            codes.append("max_age_not_positive")
        seen.add(metric.code)
        errors += [f"{code}:{metric.code}" for code in codes]
    if not any(metric.dimension not in profile.separate for metric in profile.metrics):
        errors.append("metrics_missing")
    return tuple(errors)


def _check_points(metric: Metric) -> Iterable[str]:
    if metric.direction not in DIRECTIONS:
        yield "direction_unknown"
    if len(metric.points) < 2:
        yield "points_too_few"
    pairs = list(zip(metric.points, metric.points[1:], strict=False))
    if any(a[0] >= b[0] for a, b in pairs):
        yield "points_not_rising"
    if any(not 0 <= score <= 100 for _, score in metric.points):
        yield "points_out_of_range"
    falls = any(a[1] > b[1] for a, b in pairs)
    rises = any(a[1] < b[1] for a, b in pairs)
    if (metric.direction == "higher" and falls) or (metric.direction == "lower" and rises):
        yield "points_against_direction"


def choose_profile(profiles: Iterable[Profile], stage: str) -> Profile | None:
    """The profile for a stage: the highest priority, never the latest to match. Among
    equals the one that names the stage, then the lowest code."""
    fitting = [p for p in profiles if not p.stages or stage in p.stages]
    return min(fitting, key=lambda p: (-p.priority, not p.stages, p.code, -p.version), default=None)

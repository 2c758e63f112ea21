"""Partner tiers: what a partner can do decides, never what it sells (B:23).

Three pillars of 0 to 100 points with partial credit, a floor for each, and a threshold for the
whole. Rates of few cases are pulled towards a neutral value, so that one case lifts and sinks
nobody (proposal after Microsoft's 70 points and its best known complaint, one bad month).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

DELIVERY, CLOUD, SPECIALISATION, SALES = "delivery", "cloud", "specialisation", "sales"
PILLARS = (DELIVERY, CLOUD, SPECIALISATION)
HIGHER, LOWER = "higher", "lower"
# As many cases as the neutral value weighs.
PRIOR_CASES = 5
# Days between two reviews that count as two.
APART = 60
_TENTH = Decimal("0.1")
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Criterion:
    """One metric with the value that gives all points.

    ``weight`` counts within the whole; of pillar *sales* it counts nothing, whatever it says.
    ``floor``: points that this criterion alone must reach. ``prior``: the neutral value of a
    rate, None for what is counted.
    """

    code: str
    pillar: str
    target: Decimal
    weight: int = 1
    floor: int = 0
    direction: str = HIGHER
    prior: Decimal | None = None


@dataclass(frozen=True)
class Fact:
    """A partner's value now, with the number of cases behind it."""

    value: Decimal
    count: int


@dataclass(frozen=True)
class Tier:
    """``key`` is the caller's own; a higher ``rank`` is a better tier."""

    key: object
    rank: int
    threshold: int
    criteria: tuple[Criterion, ...]
    floors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """How one criterion stands. ``value`` is what was measured, ``counted`` what was taken of it
    after few cases were pulled to the neutral value; ``points`` None: not connected."""

    criterion: Criterion
    value: Decimal | None
    counted: Decimal | None
    count: int
    points: Decimal | None

    @property
    def connected(self) -> bool:
        return self.points is not None

    @property
    def met(self) -> bool:
        return self.points == _HUNDRED

    @property
    def below_floor(self) -> bool:
        return self.criterion.floor > 0 and (self.points or 0) < self.criterion.floor


@dataclass(frozen=True)
class Result:
    """A partner against one tier. Points have one decimal, rounded down: what is shown at the
    threshold has reached it. ``short``: codes of pillars and criteria below their floor.
    ``unknown``: pillars of the tier in which nothing is connected."""

    tier: Tier
    score: Decimal
    pillars: Mapping[str, Decimal | None]
    lines: tuple[Line, ...]
    short: tuple[str, ...]
    coverage: int
    unknown: tuple[str, ...] = ()

    @property
    def reached(self) -> bool:
        return self.score >= self.tier.threshold and not self.short

    @property
    def held(self) -> bool:
        """Whether who has the tier keeps it: what nothing answers lifts nobody, and takes
        nothing away."""
        if all(points is None for points in self.pillars.values()):
            return True
        return self.score >= self.tier.threshold and set(self.short) <= set(self.unknown)

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.connected and not line.met)


def shrunk(criterion: Criterion, fact: Fact) -> Decimal:
    """A rate of few cases, pulled towards its neutral value; a count as it is."""
    if criterion.prior is None or not fact.count:
        return fact.value
    cases = fact.count + PRIOR_CASES
    return (fact.value * fact.count + criterion.prior * PRIOR_CASES) / cases


def points(criterion: Criterion, fact: Fact) -> Decimal:
    """0 to 100; a rate or duration without a case gives none: unknown is not good."""
    if not fact.count and (criterion.prior is not None or criterion.direction == LOWER):
        return Decimal(0)
    value, target = shrunk(criterion, fact), criterion.target
    if criterion.direction == HIGHER:
        share = value / target if target > 0 else Decimal(1)
    elif value <= target:
        share = Decimal(1)
    else:
        share = target / value
    return min(max(share, Decimal(0)), Decimal(1)) * _HUNDRED


def assess(tier: Tier, facts: Mapping[str, Fact | None]) -> Result:
    """``facts`` by code; one that is None or missing is not connected and counts neither way,
    but a pillar with a floor and nothing connected is below it."""
    lines = tuple(_line(each, facts.get(each.code)) for each in tier.criteria)
    counted = [line for line in lines if line.criterion.pillar in PILLARS]
    pillars = {
        pillar: _mean([line for line in counted if line.criterion.pillar == pillar])
        for pillar in PILLARS
    }
    short = [
        pillar
        for pillar in PILLARS
        if tier.floors.get(pillar, 0) > 0 and (pillars[pillar] or 0) < tier.floors[pillar]
    ]
    short += [line.criterion.code for line in counted if line.below_floor]
    weight = sum(line.criterion.weight for line in counted)
    present = sum(line.criterion.weight for line in counted if line.connected)
    asked = {line.criterion.pillar for line in counted} | {*filter(tier.floors.get, PILLARS)}
    return Result(
        tier,
        _mean(counted) or Decimal(0),
        pillars,
        lines,
        tuple(short),
        100 * present // weight if weight else 0,
        tuple(pillar for pillar in PILLARS if pillar in asked and pillars[pillar] is None),
    )


def best(tiers: Sequence[Tier], facts: Mapping[str, Fact | None]) -> Result | None:
    """The highest tier that is reached, None where none is."""
    reached = [result for tier in tiers if (result := assess(tier, facts)).reached]
    return max(reached, key=lambda result: result.tier.rank, default=None)


def stricter(tier: Tier, demands: Sequence[Criterion]) -> Tier:
    """``tier`` with what a master demands of its branch on top: a target or floor only rises, a
    weight stays, and a demand of its own is a floor without weight, so that it lifts nobody."""
    merged = {each.code: each for each in tier.criteria}
    for demand in demands:
        known = merged.get(demand.code)
        if known is None:
            merged[demand.code] = replace(demand, weight=0)
            continue
        pick = max if known.direction == HIGHER else min
        merged[demand.code] = replace(
            known,
            target=pick(known.target, demand.target),
            floor=max(known.floor, demand.floor),
        )
    return replace(tier, criteria=tuple(merged.values()))


@dataclass(frozen=True)
class Step:
    """``more`` of one metric (less, where lower is better) that alone would reach the tier."""

    code: str
    value: Decimal
    more: Decimal


def single_steps(tier: Tier, facts: Mapping[str, Fact | None]) -> tuple[Step, ...]:
    """What one change alone would do: per missing criterion the smallest whole value that
    reaches the tier, with the other facts as they are; empty where no single one does."""
    found = []
    for line in assess(tier, facts).missing:
        criterion = line.criterion
        if criterion.pillar not in PILLARS or criterion.prior is not None:
            # A rate is not chosen: it follows from cases to come.
            continue
        now = facts[criterion.code]
        for value in _towards(now.value, criterion):
            # One record more is one case more.
            fact = Fact(value, max(now.count, int(abs(value))))
            if assess(tier, {**facts, criterion.code: fact}).reached:
                found.append(Step(criterion.code, value, abs(value - now.value)))
                break
    return tuple(found)


def _towards(value: Decimal, criterion: Criterion):
    """Whole values from the next one up to the target, at most a hundred."""
    step = 1 if criterion.direction == HIGHER else -1
    at = value.to_integral_value(ROUND_DOWN)
    for _each in range(100):
        at += step
        if at < 0:
            return
        yield at
        if (at >= criterion.target) if step > 0 else (at <= criterion.target):
            return


def below_twice(history: Sequence[tuple[date, bool]]) -> bool:
    """Whether the last two quarterly reviews were both below the tier held.

    ``history``: day of each, oldest first, and whether it was below. Two that are less than
    ``APART`` days apart are one: between them nobody could mend anything.
    """
    if len(history) < 2:
        return False
    (before, was_below), (last, is_below) = history[-2:]
    return was_below and is_below and (last - before).days >= APART


def _line(criterion: Criterion, fact: Fact | None) -> Line:
    if fact is None:
        return Line(criterion, None, None, 0, None)
    counted = shrunk(criterion, fact).quantize(_TENTH, ROUND_HALF_UP)
    return Line(criterion, fact.value, counted, fact.count, points(criterion, fact))


def _mean(lines: Sequence[Line]) -> Decimal | None:
    """Weighted mean of what is connected; None where nothing is, or nothing weighs."""
    present = [line for line in lines if line.connected and line.criterion.weight > 0]
    if not present:
        return None
    weight = sum(line.criterion.weight for line in present)
    total = sum(line.points * line.criterion.weight for line in present)
    return (total / weight).quantize(_TENTH, ROUND_DOWN)

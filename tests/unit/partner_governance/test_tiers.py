"""PG-001…004, PG-017: capability decides the tier, shown as points that anybody can check."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from cp.partner_governance.engine import tiers
from cp.partner_governance.engine.tiers import Criterion, Fact, Tier
from hypothesis import given
from hypothesis import strategies as st

PEOPLE = Criterion("people", tiers.DELIVERY, D(4), weight=2)
GATES = Criterion("gates", tiers.DELIVERY, D(80), prior=D(50))
RESTORES = Criterion("restores", tiers.CLOUD, D(2))
AREAS = Criterion("areas", tiers.SPECIALISATION, D(1))
WON = Criterion("won", tiers.SALES, D(5), weight=100)
GOLD = Tier(
    "gold", 3, 75, (PEOPLE, GATES, RESTORES, AREAS, WON), {tiers.DELIVERY: 60, tiers.CLOUD: 50}
)
FULL = {
    "people": Fact(D(4), 4),
    "gates": Fact(D(100), 100),
    "restores": Fact(D(2), 2),
    "areas": Fact(D(1), 1),
    "won": Fact(D(0), 0),
}


def test_all_capability_and_no_sales_reaches_the_tier():
    """PG-004: with low revenue and all criteria met, the partner moves up."""
    result = tiers.assess(GOLD, FULL)
    assert result.score == 100
    assert result.reached
    assert [line.criterion.code for line in result.missing] == ["won"]


@pytest.mark.parametrize("won", [0, 5, 10**9])
def test_sales_alone_lift_nobody(won):
    """PG-004: with revenue set to a huge number and nothing else met, nothing moves."""
    facts = {code: Fact(D(0), 0) for code in FULL} | {"won": Fact(D(won), won)}
    result = tiers.assess(GOLD, facts)
    assert result.score == 0
    assert not result.reached


@pytest.mark.parametrize(
    ("threshold", "people", "reached"),
    [(75, 2, True), (76, 2, False), (75, 1, False), (62, 1, True), (63, 1, False)],
)
def test_the_threshold_from_both_sides(threshold, people, reached):
    """PG-001: at the threshold is in, a tenth below is out; partial credit counts."""
    criteria = (PEOPLE, RESTORES, AREAS)
    tier = Tier("t", 1, threshold, criteria)
    facts = {**FULL, "people": Fact(D(people), people)}
    # 2 people: (2×50 + 100 + 100) / 4 = 75.0; 1 person: (2×25 + 200) / 4 = 62.5.
    assert tiers.assess(tier, facts).reached is reached


@pytest.mark.parametrize(("people", "short"), [(1, ("delivery",)), (2, ())])
def test_a_floor_from_both_sides(people, short):
    """PG-001: points elsewhere do not make up for a pillar below its floor."""
    tier = Tier("t", 1, 10, (PEOPLE, RESTORES, AREAS), {tiers.DELIVERY: 50})
    result = tiers.assess(tier, {**FULL, "people": Fact(D(people), people)})
    assert result.short == short
    assert result.reached is not bool(short)


def test_what_is_shown_is_what_decides():
    """PG-001: points are rounded down, so 74.96 reads 74.9 and has not reached 75."""
    criteria = (Criterion("a", tiers.DELIVERY, D(10_000)),)
    result = tiers.assess(Tier("t", 1, 75, criteria), {"a": Fact(D(7496), 1)})
    assert (result.score, result.reached) == (D("74.9"), False)


def test_one_case_lifts_nobody_and_says_so():
    """PG-002: a rate of one case is pulled to the neutral value; the count stands beside it."""
    (line,) = tiers.assess(Tier("t", 1, 0, (GATES,)), {"gates": Fact(D(100), 1)}).lines
    assert (line.value, line.counted, line.count) == (D(100), D("58.3"), 1)
    assert not line.met
    (many,) = tiers.assess(Tier("t", 1, 0, (GATES,)), {"gates": Fact(D(100), 50)}).lines
    assert many.met


def test_unknown_is_not_good():
    """PG-002: no case gives no points; a metric that is not connected counts neither way, but
    its pillar is below a floor."""
    assert tiers.points(GATES, Fact(D(0), 0)) == 0
    late = Criterion("days", tiers.DELIVERY, D(30), direction=tiers.LOWER)
    assert tiers.points(late, Fact(D(0), 0)) == 0
    result = tiers.assess(GOLD, {**FULL, "restores": None})
    assert result.pillars[tiers.CLOUD] is None
    assert result.score == 100
    assert result.short == (tiers.CLOUD,)
    assert not result.reached
    assert result.coverage == 80


@pytest.mark.parametrize(("value", "expected"), [(29, 100), (30, 100), (60, 50), (300, 10)])
def test_lower_is_better(value, expected):
    """PG-001: of a duration, all points up to the target and a share beyond."""
    late = Criterion("days", tiers.DELIVERY, D(30), direction=tiers.LOWER)
    assert tiers.points(late, Fact(D(value), 1)) == expected


def test_the_best_tier_is_found_and_none_may_be():
    """PG-001: the highest tier that is reached."""
    low = Tier("bronze", 1, 20, GOLD.criteria)
    assert tiers.best((low, GOLD), FULL).tier is GOLD
    few = {**FULL, "people": Fact(D(1), 1), "restores": Fact(D(0), 0)}
    assert tiers.best((low, GOLD), few).tier is low
    assert tiers.best((low, GOLD), {code: Fact(D(0), 0) for code in FULL}) is None


def test_what_one_more_would_do():
    """PG-006: "one more certified person → Gold", and only what alone is enough."""
    tier = Tier("t", 1, 75, (PEOPLE, RESTORES, AREAS))
    facts = {**FULL, "people": Fact(D(1), 1)}
    assert tiers.single_steps(tier, facts) == (tiers.Step("people", D(2), D(1)),)
    nothing = {code: Fact(D(0), 0) for code in FULL}
    assert tiers.single_steps(tier, nothing) == ()


@pytest.mark.parametrize(
    ("history", "twice"),
    [([], False), ([True], False), ([True, False], False), ([False, True], False),
     ([True, True], True), ([True, True, False], False), ([False, True, True], True)],
)  # fmt: skip
def test_down_only_after_two_reviews_in_a_row(history, twice):
    """PG-001: one bad quarter takes nothing away."""
    dated = [(date(2026, 1, 15) + 90 * timedelta(days=n), each) for n, each in enumerate(history)]
    assert tiers.below_twice(dated) is twice


@pytest.mark.parametrize(("days", "twice"), [(7, False), (59, False), (60, True)])
def test_two_reviews_close_together_are_one(days, twice):
    """PG-001: a late review and the next quarter's first are not two bad quarters."""
    first = date(2026, 3, 25)
    assert tiers.below_twice([(first, True), (first + timedelta(days=days), True)]) is twice


def test_what_nothing_answers_lifts_nobody_and_sinks_nobody():
    """PG-002: a tier is not reached on an unknown pillar, nor lost by it; a known one sinks."""
    unknown = tiers.assess(GOLD, {**FULL, "restores": None})
    assert (unknown.reached, unknown.held, unknown.unknown) == (False, True, (tiers.CLOUD,))
    assert tiers.assess(GOLD, FULL).unknown == ()
    assert not tiers.assess(GOLD, {**FULL, "restores": Fact(D(0), 0)}).held
    assert not tiers.assess(GOLD, {**FULL, "restores": None, "people": Fact(D(0), 0)}).held
    assert tiers.assess(GOLD, {}).held


def test_a_master_raises_a_target_and_adds_a_floor():
    """PG-017: a looser demand of a master changes nothing."""
    demands = (
        Criterion("people", tiers.DELIVERY, D(2), weight=9),
        Criterion("restores", tiers.CLOUD, D(4), floor=80),
        Criterion("extra", tiers.DELIVERY, D(1), weight=5, floor=100),
    )
    merged = {each.code: each for each in tiers.stricter(GOLD, demands).criteria}
    assert merged["people"] == PEOPLE
    assert (merged["restores"].target, merged["restores"].floor) == (D(4), 80)
    assert (merged["extra"].weight, merged["extra"].floor) == (0, 100)


NUMBER = st.decimals(0, 1000, places=1)
FACT = st.one_of(st.none(), st.builds(Fact, NUMBER, st.integers(0, 40)))
FACTS = st.fixed_dictionaries({code: FACT for code in (*FULL, "extra")})
DEMAND = st.builds(
    Criterion,
    st.sampled_from((*FULL, "extra")),
    st.sampled_from((*tiers.PILLARS, tiers.SALES)),
    NUMBER,
    st.integers(0, 9),
    st.integers(0, 100),
)


@given(FACTS, NUMBER, st.integers(0, 10**6))
def test_no_revenue_can_lift(facts, value, count):
    """PG-004: whatever the facts, no number of sales changes score, pillars or outcome."""
    before = tiers.assess(GOLD, facts)
    after = tiers.assess(GOLD, {**facts, "won": Fact(value * 10**9, count)})
    assert (before.score, before.pillars, before.reached) == (
        after.score,
        after.pillars,
        after.reached,
    )


@given(FACTS, st.lists(DEMAND, max_size=4))
def test_a_master_never_loosens(facts, demands):
    """PG-017: who reaches the tier with a master's demands reaches it without them."""
    result = tiers.assess(tiers.stricter(GOLD, demands), facts)
    if result.reached:
        assert tiers.assess(GOLD, facts).reached


@given(FACTS, st.sampled_from(("people", "restores", "areas")), NUMBER)
def test_more_capability_never_sinks(facts, code, more):
    """PG-001: with a connected metric rising, the score does not fall."""
    now = facts[code] or Fact(D(0), 1)
    facts = {**facts, code: now}
    raised = {**facts, code: Fact(now.value + more, now.count)}
    assert tiers.assess(GOLD, raised).score >= tiers.assess(GOLD, facts).score


@given(FACTS)
def test_points_stay_in_their_range(facts):
    """PG-001: each pillar and the whole are 0 to 100."""
    result = tiers.assess(GOLD, facts)
    told = [result.score, *(each for each in result.pillars.values() if each is not None)]
    assert all(0 <= each <= 100 for each in told)


@given(FACTS)
def test_a_single_step_reaches(facts):
    """PG-006: what is promised as enough is enough."""
    for step in tiers.single_steps(GOLD, facts):
        count = max(facts[step.code].count, int(step.value))
        assert tiers.assess(GOLD, {**facts, step.code: Fact(step.value, count)}).reached

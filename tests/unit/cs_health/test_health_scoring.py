"""Health scores explain themselves (CS-006 to CS-010)."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from cp.cs_health.engine.profile import Metric, Profile, Sample, check_profile, choose_profile
from cp.cs_health.engine.scoring import aged, compute, delta, normalise
from hypothesis import given, settings
from hypothesis import strategies as st

TODAY = date(2026, 3, 1)
UP = ((D(0), D(0)), (D(100), D(100)))
DOWN = ((D(0), D(100)), (D(10), D(0)))
PEAK = ((D(0), D(50)), (D(1), D(100)), (D(2), D(100)), (D(5), D(25)))


def metric(code, dimension="adoption", weight=1, direction="higher", points=UP, max_age=30):
    return Metric(code, dimension, D(weight), direction, points, max_age)


def sample(code, value, age=0):
    return Sample(code, None if value is None else D(value), TODAY - timedelta(days=age))


def profile(*metrics, **kwargs):
    return Profile("p", 1, metrics, **kwargs)


@pytest.mark.parametrize(
    ("value", "points", "score"),
    [
        (-5, UP, 0), (0, UP, 0), (50, UP, 50), (100, UP, 100), (900, UP, 100),
        (0, DOWN, 100), (5, DOWN, 50), (10, DOWN, 0), (99, DOWN, 0),
        (0, PEAK, 50), ("0.5", PEAK, 75), ("1.5", PEAK, 100), ("3.5", PEAK, "62.5"), (9, PEAK, 25),
    ],
)  # fmt: skip
def test_values_become_scores_by_points(value, points, score):
    """CS-010: straight between points, level outside; support load may peak in between."""
    assert normalise(D(value), points) == D(score)


@pytest.mark.parametrize(
    ("age", "score"), [(0, 90), (30, 90), (45, 70), (60, 50), (61, None), (400, None)]
)
def test_old_values_decay_to_neutral_then_are_missing(age, score):
    """CS-010: linear to 50 over one more max_age."""
    assert aged(D(90), age, 30) == (None if score is None else D(score))


def test_old_bad_values_rise_to_neutral():
    """CS-010: the decay is toward not knowing, not toward good."""
    assert aged(D(10), 45, 30) == D(30)


def test_mean_over_present_metrics_and_coverage():
    """CS-006, CS-010: a missing metric neither helps nor harms; coverage tells."""
    p = profile(metric("a", weight=3), metric("b", weight=1), metric("c", weight=1))
    health = compute(p, [sample("a", 80), sample("b", 40), sample("c", None)], TODAY)
    assert health.overall.value == D("70.00")
    assert health.overall.coverage == D("0.8") and health.overall.sufficient
    assert health.overall.missing == ("c",)
    assert [c.points for c in health.overall.contributions] == [D("60.00"), D("10.00"), D(0)]


@pytest.mark.parametrize(("weight", "enough"), [(59, False), (60, True), (61, True)])
def test_sixty_percent_is_enough(weight, enough):
    """CS-010: below 60 % there is no verdict, at 60 % there is."""
    p = profile(metric("a", weight=weight), metric("b", weight=100 - weight))
    assert compute(p, [sample("a", 100)], TODAY).overall.sufficient is enough


def test_nothing_connected():
    """CS-010: no score at all rather than zero."""
    overall = compute(profile(metric("a")), [], TODAY).overall
    assert overall.value is None and overall.coverage == 0 and not overall.sufficient


def test_latest_sample_counts_and_ageing_is_told():
    """CS-010: the drill-down shows the value, its age, its score before and after ageing."""
    samples = [sample("a", 90, age=45), sample("a", 10, age=50), sample("a", None, age=0)]
    [part] = compute(profile(metric("a")), samples, TODAY).overall.contributions
    assert (part.value, part.age, part.raw, part.score) == (D(90), 45, D(90), D(70))


def test_four_dimensions_and_expansion_apart():
    """CS-006, CS-007, CS-008, CS-009: a score each; expansion is no part of the overall one."""
    p = profile(
        metric("use", "adoption"),
        metric("tickets", "support", direction="target", points=PEAK),
        metric("uptime", "infrastructure"),
        metric("room", "expansion"),
    )
    values = [sample("use", 60), sample("tickets", 1), sample("uptime", 20), sample("room", 100)]
    health = compute(p, values, TODAY)
    scores = {code: score.value for code, score in health.dimensions.items()}
    assert scores == {"adoption": 60, "support": 100, "infrastructure": 20, "expansion": 100}
    assert health.overall.value == 60
    assert "room" not in [c.metric for c in health.overall.contributions]


def test_same_inputs_same_score_with_the_profile_version():
    """CS-010: order of samples does not matter; the version is printed."""
    p = profile(metric("a"), metric("b", weight=2))
    samples = [sample("a", 33), sample("b", 66)]
    assert compute(p, samples, TODAY) == compute(p, samples[::-1], TODAY)
    assert (compute(p, samples, TODAY).profile, compute(p, samples, TODAY).version) == ("p", 1)


def test_thirds_sum_to_the_score():
    """CS-010: three equal thirds of 100 are 33.34, 33.33, 33.33."""
    p = profile(metric("a"), metric("b"), metric("c"))
    overall = compute(p, [sample(c, 100) for c in "abc"], TODAY).overall
    assert [str(c.points) for c in overall.contributions] == ["33.34", "33.33", "33.33"]


METRICS = st.lists(
    st.tuples(
        st.integers(1, 50),
        st.one_of(st.none(), st.decimals(-10, 120, places=3)),
        st.integers(0, 80),
        st.sampled_from([UP, DOWN, PEAK]),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def health_of(rows):
    metrics = [
        metric(f"m{i}", weight=w, direction="target", points=p)
        for i, (w, _, _, p) in enumerate(rows)
    ]
    samples = [Sample(f"m{i}", v, TODAY - timedelta(days=a)) for i, (_, v, a, _) in enumerate(rows)]
    return compute(profile(*metrics), samples, TODAY).overall


@settings(max_examples=40)
@given(METRICS, METRICS)
def test_contributions_sum_exactly(before, after):
    """CS-010: to the score, and their changes to its change, whatever the two snapshots."""
    old, new = health_of(before), health_of(after)
    for score in (old, new):
        points = sum((c.points for c in score.contributions), D(0))
        assert points == (score.value or 0)
        assert score.value is None or 0 <= score.value <= 100
    if old.value is not None and new.value is not None:
        assert sum(delta(old, new).values(), D(0)) == new.value - old.value


@settings(max_examples=40)
@given(METRICS)
def test_coverage_rule(rows):
    """CS-010: sufficient exactly when present weight is 60 % of all, whatever the mean."""
    score = health_of(rows)
    present = sum(w for w, v, age, _ in rows if v is not None and age <= 60)
    total = sum(w for w, *_ in rows)
    assert score.sufficient == (present > 0 and 10 * present >= 6 * total)


def test_profiles_are_checked():
    """CS-010: each fault by its code and metric."""
    bad = profile(
        metric("a", direction="lower"),
        metric("a", "magic", weight=0, direction="up", max_age=0),
        metric("b", points=((D(1), D(0)), (D(1), D(101)))),
        metric("c", points=((D(1), D(0)),)),
    )
    assert set(check_profile(bad)) == {
        "points_against_direction:a", "metric_duplicate:a", "dimension_unknown:a",
        "weight_not_positive:a", "direction_unknown:a", "max_age_not_positive:a",
        "points_not_rising:b", "points_out_of_range:b", "points_too_few:c",
    }  # fmt: skip
    assert check_profile(profile(metric("x", "expansion"))) == ("metrics_missing",)
    assert check_profile(profile(metric("a"))) == ()


def test_profile_by_priority():
    """CS-010: two match, the higher priority wins, whichever came last."""
    general, live, other = (
        Profile("general", 1, ()),
        Profile("live", 1, (), ("adoption",), priority=5),
        Profile("other", 1, (), ("renewal",), priority=9),
    )
    for order in ([general, live, other], [live, other, general]):
        assert choose_profile(order, "adoption") is live
        assert choose_profile(order, "implementation") is general
    assert choose_profile([other], "adoption") is None

from dataclasses import replace

import pytest
from cp.distribution_blueprints.engine.scorecard import Line, judge, score
from hypothesis import given
from hypothesis import strategies as st

DATA = Line("Data", 3, "ready")
TESTS = Line("Tests", 1, "ready")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], 0),
        ([DATA, TESTS], 100),
        ([DATA, replace(TESTS, answer="partly")], 87),
        ([DATA, replace(TESTS, answer="not_ready")], 75),
        ([DATA, replace(TESTS, answer="")], 75),
        ([DATA, replace(TESTS, answer="na")], 100),
        ([DATA, replace(TESTS, answer="na", is_backed=False)], 75),
        ([replace(DATA, is_backed=False), TESTS], 25),
        ([replace(DATA, answer="na"), replace(TESTS, answer="na")], 0),
        ([replace(DATA, weight=0)], 0),
    ],
)
def test_the_score_is_a_weighted_share(lines, expected):
    """PG-070: unknown counts 0, what does not apply leaves its weight out, rounded down."""
    assert score(lines) == expected


@pytest.mark.parametrize(
    ("lines", "threshold", "is_go", "stops"),
    [
        ([DATA, TESTS], 80, True, ()),
        ([DATA, replace(TESTS, answer="not_ready")], 75, True, ()),
        ([DATA, replace(TESTS, answer="not_ready")], 76, False, ()),
        ([DATA, replace(TESTS, answer="partly", is_hard_stop=True)], 80, False, ("Tests",)),
        ([DATA, replace(TESTS, answer="", is_hard_stop=True)], 10, False, ("Tests",)),
        ([DATA, replace(TESTS, is_hard_stop=True, is_backed=False)], 10, False, ("Tests",)),
        ([DATA, replace(TESTS, answer="na", is_hard_stop=True)], 80, True, ()),
        ([replace(DATA, answer="na"), replace(TESTS, answer="na")], 0, False, ()),
        ([], 0, False, ()),
    ],
)
def test_hard_stops_beat_the_score(lines, threshold, is_go, stops):
    """PG-070: below the threshold, or with one hard stop, it is NO-GO."""
    verdict = judge(lines, threshold)
    assert (verdict.is_go, verdict.stops) == (is_go, stops)


def test_the_verdict_names_what_is_missing():
    """PG-070: unanswered and answered without evidence are told apart."""
    verdict = judge([replace(DATA, answer=""), replace(TESTS, is_backed=False)], 80)
    assert (verdict.unanswered, verdict.unbacked, verdict.open, verdict.is_below) == (
        ("Data",),
        ("Tests",),
        ("Data", "Tests"),
        True,
    )


LINES = st.lists(
    st.builds(
        Line,
        name=st.sampled_from("abcd"),
        weight=st.integers(0, 100),
        answer=st.sampled_from(("", "ready", "partly", "not_ready", "na")),
        is_hard_stop=st.booleans(),
        is_backed=st.booleans(),
    ),
    max_size=12,
)


@given(LINES, st.integers(0, 100))
def test_the_score_stays_between_nothing_and_whole(lines, threshold):
    """PG-070: 0 to 100; GO only above the threshold and without a stop."""
    verdict = judge(lines, threshold)
    assert 0 <= verdict.score <= 100
    assert verdict.is_go <= (verdict.score >= threshold and not verdict.stops)


@given(LINES, st.data())
def test_a_better_answer_never_lowers_the_score(lines, data):
    """PG-070: from not ready over partly to ready the score only rises."""
    if not lines:
        return
    at = data.draw(st.integers(0, len(lines) - 1))
    scores = [
        score([*lines[:at], replace(lines[at], answer=answer, is_backed=True), *lines[at + 1 :]])
        for answer in ("", "not_ready", "partly", "ready")
    ]
    assert scores == sorted(scores)

"""Bands that do not flap, stops that name themselves, overrides that end (CS-010)."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from cp.cs_health.engine.bands import (
    AMBER,
    GREEN,
    RED,
    UNKNOWN,
    BandState,
    HardStop,
    Override,
    Thresholds,
    band,
    check_override,
    check_thresholds,
    expansion_ready,
    wanted,
)
from cp.cs_health.engine.scoring import Score

TODAY = date(2026, 3, 1)
LIMITS = Thresholds()


def score(value, sufficient=True):
    return Score("overall", None if value is None else D(value), D(1), sufficient, ())


def run(values, start=UNKNOWN):
    state, bands = BandState(start), []
    for value in values:
        result = band(state, score(value))
        state = result.state
        bands.append(result.computed)
    return bands


@pytest.mark.parametrize(
    ("value", "current", "target"),
    [
        ("39.99", AMBER, RED), ("40", AMBER, AMBER), ("44.99", RED, RED), ("45", RED, AMBER),
        ("74.99", AMBER, AMBER), ("75", AMBER, GREEN), ("70", GREEN, GREEN),
        ("69.99", GREEN, AMBER), ("39.99", GREEN, RED), ("75", RED, GREEN),
        ("42", UNKNOWN, AMBER), ("72", UNKNOWN, AMBER), ("0", UNKNOWN, RED),
        ("100", UNKNOWN, GREEN),
    ],
)  # fmt: skip
def test_boundaries(value, current, target):
    """CS-010: enter and leave thresholds, each at its exact value."""
    assert wanted(D(value), current, LIMITS) == target


def test_two_runs_in_a_row():
    """CS-010: one bad night changes nothing, two do; a good one between starts anew."""
    assert run([80, 60, 80, 60, 60]) == [GREEN, GREEN, GREEN, GREEN, AMBER]
    assert run([80, 60, 30, 60, 60]) == [GREEN, GREEN, GREEN, GREEN, AMBER]
    assert run([80, 30, 30]) == [GREEN, GREEN, RED]


def test_no_flapping_around_a_threshold():
    """CS-010: a score that trembles about 40 and 75 keeps its band."""
    assert set(run([39, 41, 39, 44, 39, 41, 44])) == {RED}
    assert set(run([76, 74, 75, 71, 74, 70])) == {GREEN}


def test_too_little_data_is_never_green():
    """CS-010: shown at once, whatever the mean, and left at once."""
    state = BandState(GREEN)
    result = band(state, score(99, sufficient=False))
    assert result.computed == UNKNOWN
    assert band(result.state, score(80)).computed == GREEN
    assert band(state, score(None)).computed == UNKNOWN


def test_hard_stop_caps_at_once_and_names_itself():
    """CS-010: no second run; gone, the band by score is back."""
    stops = [HardStop("p1_open"), HardStop("unpaid", AMBER)]
    capped = band(BandState(GREEN), score(95), stops)
    assert (capped.computed, capped.stops) == (RED, ("p1_open", "unpaid"))
    assert capped.state == BandState(GREEN)
    assert band(capped.state, score(95)).computed == GREEN
    assert band(BandState(GREEN), score(95), [HardStop("unpaid", AMBER)]).computed == AMBER
    assert band(BandState(RED), score(5), [HardStop("unpaid", AMBER)]).computed == RED
    assert band(BandState(), score(None), stops).computed == RED
    assert band(BandState(), score(None), stops[1:]).computed == UNKNOWN


def test_override_stands_beside_and_ends_by_itself():
    """CS-010: the computed band stays visible; after the last day the override is gone."""
    override = Override(GREEN, "migration week", "ann", TODAY, TODAY + timedelta(days=7))
    for offset, shown in ((-1, RED), (0, GREEN), (7, GREEN), (8, RED)):
        day = TODAY + timedelta(days=offset)
        result = band(BandState(RED), score(10), override=override, today=day)
        assert (result.computed, result.shown) == (RED, shown)
        assert (result.override is None) == (shown == RED)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"band": UNKNOWN}, "override_band"),
        ({"reason": " "}, "override_reason"),
        ({"owner": ""}, "override_owner"),
        ({"until": TODAY + timedelta(days=90)}, None),
        ({"until": TODAY + timedelta(days=91)}, "override_dates"),
        ({"until": TODAY - timedelta(days=1)}, "override_dates"),
    ],
)
def test_overrides_are_checked(changes, code):
    """CS-010: band, reason, owner, at most 90 days."""
    values = {"band": GREEN, "reason": "x", "owner": "ann", "start": TODAY, "until": TODAY}
    assert check_override(Override(**{**values, **changes})) == code


def test_thresholds_are_checked():
    """CS-010: leaving lies on the far side of entering."""
    assert check_thresholds(LIMITS) is None
    assert check_thresholds(Thresholds(red_leave=D(39))) == "thresholds_order"


def test_expansion_is_gated_by_green():
    """CS-009: no offer to a customer in trouble, nor on a guess."""
    assert expansion_ready(GREEN, score(80))
    assert not expansion_ready(AMBER, score(80))
    assert not expansion_ready(GREEN, score(59))
    assert not expansion_ready(GREEN, score(80, sufficient=False))
    assert not expansion_ready(GREEN, None)

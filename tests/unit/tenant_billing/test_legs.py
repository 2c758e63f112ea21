"""Chains of legs (TB-032, TB-061)."""

from datetime import datetime

import pytest
from billing_builders import day
from cp.tenant_billing.engine.legs import Leg, check_chain

START, UNTIL = day("2026-01-01"), day("2026-04-01")


def leg(name, start="2026-01-01", until=None):
    seller, buyer = name.split(">")
    return Leg(name, seller, buyer, day(start), day(until) if until else None)


def found(*legs, until=UNTIL, buyer="customer"):
    return [
        (error.code, error.start and f"{error.start:%m-%d}", error.until and f"{error.until:%m-%d}")
        for error in check_chain(legs, "platform", buyer, START, until)
    ]


@pytest.mark.parametrize(
    "legs",
    [
        [leg("platform>customer")],
        [leg("platform>master"), leg("master>sub"), leg("sub>customer")],
        [leg("sub>customer"), leg("platform>sub")],
        [  # the upline changes, the customer's leg stays
            leg("platform>old", until="2026-02-01"),
            leg("old>sub", until="2026-02-01"),
            leg("platform>new", "2026-02-01"),
            leg("new>sub", "2026-02-01"),
            leg("sub>customer"),
        ],
        [
            leg("platform>customer"),
            leg("platform>x", "2026-04-01"),
            leg("y>z", "2025-01-01", "2026-01-01"),
        ],
    ],
)
def test_sound_chains(legs):
    """TB-032, TB-061: any depth, and a change of hands at midnight."""
    assert found(*legs) == []
    assert found(*legs, until=day("2026-03-31")) == []


@pytest.mark.parametrize(
    ("legs", "errors"),
    [
        ([], [("chain_broken", "01-01", "04-01")]),
        (  # a gap of a day
            [leg("platform>customer", until="2026-02-01"), leg("platform>customer", "2026-02-02")],
            [("chain_broken", "02-01", "02-02")],
        ),
        (  # an overlap of a day, at both its ends
            [leg("platform>customer", until="2026-02-02"), leg("platform>customer", "2026-02-01")],
            [("chain_forks", "02-01", "02-02"), ("chain_joins", "02-01", "02-02")],
        ),
        (
            [leg("platform>a"), leg("a>b"), leg("b>a")],
            [("chain_joins", "01-01", "04-01"), ("chain_loops", "01-01", "04-01")],
        ),
        (
            [leg("platform>customer"), leg("a>b")],
            [("chain_stray", "01-01", "04-01")],
        ),
        (
            [leg("platform>a"), leg("b>customer", "2026-03-01")],
            [("chain_broken", "01-01", "04-01"), ("chain_stray", "03-01", "04-01")],
        ),
        ([leg("platform>platform"), leg("platform>customer")], [("leg_to_itself", None, None)]),
        (
            [leg("platform>customer"), leg("platform>customer", "2026-02-01", "2026-02-01")],
            [("leg_bad_dates", None, None)],
        ),
    ],
)
def test_each_fault_is_named_with_its_days(legs, errors):
    assert found(*legs) == errors


def test_neighbouring_days_of_one_fault_are_one_error():
    legs = [
        leg("platform>customer"),
        leg("x>y", "2026-01-01"),
        leg("platform>z", "2026-02-01", "2026-03-01"),
    ]
    strays = [error for error in found(*legs) if error[0] == "chain_stray"]
    assert strays == [("chain_stray", "01-01", "04-01")]


@pytest.mark.parametrize(
    ("start", "until"),
    [
        (None, None),
        ("2026-01-01", None),
        (day("2026-01-01"), "later"),
        (datetime(2026, 1, 1), None),
        (day("2026-02-01"), day("2026-01-01")),
    ],
)
def test_bad_dates_are_an_answer_not_an_exception(start, until):
    errors = check_chain([Leg(7, "a", "b", start, until)], "a", "a", START, UNTIL)
    assert [(error.code, error.legs) for error in errors] == [("leg_bad_dates", (7,))]


def test_an_open_window_has_open_errors():
    assert found(leg("platform>customer", until="2026-02-01"), until=None) == [
        ("chain_broken", "02-01", None)
    ]


def test_no_days_no_errors():
    assert check_chain([], "a", "b", UNTIL, START) == ()
    assert check_chain([], "a", "b", START, START) == ()

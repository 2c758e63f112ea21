"""PG-007 to PG-010, PG-012, X-06: the way of a partner into the programme."""

from datetime import date, timedelta

import pytest
from cp.partner_governance.engine import membership
from cp.partner_governance.engine.membership import Demand, Inviter, Record
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 11, 25)
DEMANDS = (
    Demand("brand", "white_label"),
    Demand("sla", "white_label"),
    Demand("roadmap", "oem"),
    Demand("tiering", for_master=True),
)


@pytest.mark.parametrize(
    ("inviter", "upline", "invitable", "code"),
    [
        (Inviter(1, platform=True), 9, False, ""),
        (Inviter(2, manager=True, master=True), 2, True, ""),
        (Inviter(2, manager=True, master=True), 1, True, "not_below"),
        (Inviter(2, manager=True, master=True), 2, False, "model_not_invitable"),
        (Inviter(3, manager=True), 3, True, "not_master"),
        (Inviter(2, master=True), 2, True, "not_manager"),
        (Inviter(2, manager=True, master=True, running=False), 2, True, "not_running"),
    ],
)
def test_who_invites_whom(inviter, upline, invitable, code):
    """X-06: a master invites below itself, partners of the models that the programme allows."""
    assert membership.invitation_obstacle(inviter, upline, invitable) == code


@pytest.mark.parametrize(
    ("model", "master", "codes"),
    [
        ("referral", False, []),
        ("white_label", False, ["brand", "sla"]),
        ("oem", True, ["roadmap", "tiering"]),
        ("resale", True, ["tiering"]),
    ],
)
def test_each_model_demands_its_records(model, master, codes):
    """PG-008, PG-009, PG-010: the master's records come on top of its model's."""
    found = membership.demanded(DEMANDS, model, master)
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("record", "met"),
    [
        (Record("brand", True, TODAY), True),
        (Record("brand", False, TODAY), False),
        (Record("brand", True, TODAY + timedelta(1)), False),
        (Record("brand", True, date(2026, 1, 1), TODAY), False),
        (Record("brand", True, date(2026, 1, 1), TODAY + timedelta(1)), True),
        (Record("sla", True, TODAY), False),
    ],
)
def test_a_record_counts_while_it_holds(record, met):
    """PG-008: accepted, begun, and not over yet (the end is the first day without it)."""
    lacking = membership.missing((Demand("brand", "white_label"),), [record], TODAY)
    assert (lacking == ()) is met


def test_ended_is_ended():
    """PG-012: a partner that has left comes back by a new invitation only."""
    assert not any(membership.may_go("ended", state) for state in membership.STATES)
    assert membership.may_go("suspended", "active")
    assert not membership.may_go("invited", "active")


@given(st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), min_size=1).map(sorted))
def test_history_has_no_gap_and_no_overlap(days):
    """PG-012: on each day since the beginning exactly one model and role holds."""
    found = membership.spans(days)
    for day in (days[0], days[-1], days[-1] + timedelta(days=100)):
        holding = [one for one in found if one[0] <= day and (one[1] is None or day < one[1])]
        assert len(holding) == 1

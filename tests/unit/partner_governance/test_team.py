"""TRADE 7, X-06: who may do what to the people of a node."""

import pytest
from cp.partner_governance.engine import team
from cp.partner_governance.engine.team import ASSIGN, END, INVITE, Actor, Person, Team
from hypothesis import given
from hypothesis import strategies as st

SUB = Team(node_id=3, upline_id=2)
OPEN = Team(node_id=3, upline_id=2, upline_may_act=True)
MANAGER = Actor(uid=10, node_id=3, manager=True)
SALES = Actor(uid=11, node_id=3)
MASTER = Actor(uid=20, node_id=2, manager=True)
ADMIN = Actor(uid=1, node_id=1, manager=True, administrator=True)
STRANGER = Actor(uid=40, node_id=4, manager=True)
HANNA = Person(uid=12, node_id=3, roles=frozenset({"sales"}))
BOSS = Person(uid=10, node_id=3, roles=frozenset({"manager"}))


def roles(*names):
    return frozenset(names)


@pytest.mark.parametrize(
    ("actor", "node", "act", "person", "wanted", "managers", "code"),
    [
        (MANAGER, SUB, INVITE, None, roles("sales"), 0, ""),
        (MANAGER, SUB, INVITE, None, roles(), 0, "no_role"),
        (MANAGER, SUB, INVITE, None, roles("platform"), 0, "unknown_role"),
        (SALES, SUB, INVITE, None, roles("sales"), 0, "not_yours"),
        (STRANGER, SUB, INVITE, None, roles("sales"), 0, "not_yours"),
        (MASTER, SUB, INVITE, None, roles("sales"), 0, "not_yours"),
        (MASTER, OPEN, INVITE, None, roles("delivery", "support"), 0, ""),
        (MASTER, OPEN, INVITE, None, roles("sales"), 0, "upline_roles"),
        (MASTER, OPEN, INVITE, None, roles("delivery", "finance"), 0, "upline_roles"),
        (MASTER, OPEN, INVITE, None, roles("manager"), 0, "upline_roles"),
        (MASTER, OPEN, ASSIGN, HANNA, roles("manager"), 1, "upline_invites_only"),
        (MASTER, OPEN, END, HANNA, roles(), 1, "upline_invites_only"),
        (STRANGER, OPEN, INVITE, None, roles("sales"), 0, "not_yours"),
        (ADMIN, SUB, END, HANNA, roles(), 1, ""),
        (MANAGER, SUB, ASSIGN, HANNA, roles("sales", "support"), 1, ""),
        (MANAGER, SUB, ASSIGN, HANNA, roles(), 1, "no_role"),
        (MANAGER, SUB, ASSIGN, BOSS, roles("sales"), 0, "last_manager"),
        (MANAGER, SUB, ASSIGN, BOSS, roles("sales"), 1, ""),
        (MANAGER, SUB, END, BOSS, roles(), 3, "myself"),
        (ADMIN, SUB, END, BOSS, roles(), 0, "last_manager"),
        (MANAGER, SUB, END, Person(50, 4), roles(), 1, "other_node"),
        (MANAGER, SUB, END, Person(12, 3, platform=True), roles(), 1, "platform_person"),
        (MANAGER, SUB, END, Person(12, 3, active=False), roles(), 1, "ended_already"),
    ],
)
def test_who_may(actor, node, act, person, wanted, managers, code):
    """TRADE 7: a manager does it at the own node, an upline with consent invites, and no more."""
    assert team.obstacle(actor, node, act, person, wanted, managers) == code


@given(
    actor=st.builds(Actor, uid=st.integers(1, 4), node_id=st.integers(1, 3), manager=st.booleans()),
    node=st.builds(Team, node_id=st.integers(1, 3), upline_id=st.integers(1, 3)),
    act=st.sampled_from([INVITE, ASSIGN, END]),
    person=st.builds(Person, uid=st.integers(1, 4), node_id=st.integers(1, 3)),
    wanted=st.frozensets(st.sampled_from(team.ROLES)),
)
def test_nobody_without_consent_acts_elsewhere(actor, node, act, person, wanted):
    """X-06: without consent and without the platform, only the own node's people are reached."""
    if not team.obstacle(actor, node, act, person, wanted, 1):
        assert actor.manager
        assert actor.node_id == node.node_id == person.node_id


@pytest.mark.parametrize(
    ("successor", "work", "code"),
    [
        (None, 0, ""),
        (None, 3, "successor_missing"),
        (HANNA, 3, "successor_same"),
        (Person(13, 4), 3, "successor_elsewhere"),
        (Person(13, 3, active=False), 0, "successor_elsewhere"),
        (Person(13, 3), 3, ""),
    ],
)
def test_open_work_goes_to_a_colleague(successor, work, code):
    """TRADE 7: ending a person moves open work to a named colleague of the same node."""
    assert team.successor_obstacle(HANNA, successor, work) == code

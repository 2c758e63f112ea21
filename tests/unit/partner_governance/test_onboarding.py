"""The rules of onboarding without Odoo."""

from datetime import date

import pytest
from cp.partner_governance.engine import onboarding as engine
from cp.partner_governance.engine.onboarding import Item, Stage
from hypothesis import given
from hypothesis import strategies as st

STAGES = (
    Stage(1, "deals"),
    Stage(2, "offers"),
    Stage(3, "delivery", people=1),
    Stage(4, "brand"),
)


def items(*states, stage=1):
    return [Item(stage, f"{stage}.{n}", state) for n, state in enumerate(states, 1)]


def everything(state):
    return [item for stage in STAGES for item in items(*[state] * 4, stage=stage.number)]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_stage_stays_open_while_one_needed_item_is_not_accepted(number):
    """PG-051, PG-052, PG-054: one gap of the four is enough."""
    for gap in (engine.OPEN, engine.SUBMITTED, engine.REFUSED):
        rows = [item for item in everything(engine.ACCEPTED) if item.stage != number]
        rows += items("accepted", "accepted", gap, "accepted", stage=number)
        found = engine.progress(STAGES, rows, certified=1)
        assert (found.current, found.missing) == (number, (f"{number}.3",))
        assert STAGES[number - 1].opens not in found.opened


def test_delivery_certification_needs_certified_people_too():
    """PG-053: four accepted items and nobody certified is not enough."""
    rows = everything(engine.ACCEPTED)
    alone = engine.progress(STAGES, rows, certified=0)
    assert (alone.current, alone.missing, alone.people) == (3, (), 1)
    assert engine.progress(STAGES, rows, certified=1).current == 0


def test_a_later_stage_opens_nothing_before_the_earlier_one():
    """PG-050: the order of the stages holds."""
    rows = items("open", "accepted") + items("accepted", stage=2)
    assert engine.progress(STAGES, rows).opened == frozenset()


def test_what_a_model_does_not_need_is_met_and_opens_nothing():
    """PG-154: a referral partner with its four items is through, and delivers nothing."""
    rows = items(*["accepted"] * 4)
    rows += [Item(n, "x", engine.NOT_NEEDED) for n in (2, 3, 4) for _each in range(4)]
    found = engine.progress(STAGES, rows)
    assert (found.current, found.opened, found.percent) == (0, frozenset({"deals"}), 100)


STATES = ("accepted", "not_needed", "open", "refused")


def test_what_was_closed_stays_closed_and_more_is_asked_at_the_end():
    """PG-154: a change of the model asks for more without closing what is open already."""
    rows = everything(engine.ACCEPTED)
    rows[5] = Item(2, "2.2", engine.OPEN)
    closed = frozenset((1, 2, 3))
    found = engine.progress(STAGES, rows, certified=0, closed=closed)
    assert (found.current, found.missing) == (4, ("2.2",))
    assert found.opened == {"deals", "offers", "delivery"}


@given(st.lists(st.sampled_from(STATES), min_size=16, max_size=16))
def test_accepting_one_more_never_closes_anything(states):
    """PG-050: progress is monotone in accepted items."""
    rows = [Item(1 + n // 4, str(n), state) for n, state in enumerate(states)]
    before = engine.progress(STAGES, rows, certified=1)
    for n, row in enumerate(rows):
        if row.state in ("accepted", "not_needed"):
            continue
        more = [*rows[:n], Item(row.stage, row.name, engine.ACCEPTED), *rows[n + 1 :]]
        after = engine.progress(STAGES, more, certified=1)
        assert before.opened <= after.opened
        assert after.percent >= before.percent


@pytest.mark.parametrize(
    ("left", "today", "days", "stalled"),
    [
        (None, date(2026, 3, 15), 14, False),
        (None, date(2026, 3, 16), 15, True),
        (date(2026, 3, 10), date(2026, 5, 1), 9, False),
    ],
)
def test_time_in_stage(left, today, days, stalled):
    """PG-063: on the target day it is not late yet; a closed stage is never stalled."""
    entered = date(2026, 3, 1)
    due = engine.due(entered, 14)
    assert engine.days_in_stage(entered, left, today) == days
    assert engine.is_stalled(due, left, today) is stalled


@pytest.mark.parametrize(
    ("partners", "adding", "cap", "piloted", "green", "code"),
    [
        (4, 1, 5, False, False, ""),
        (5, 1, 5, False, True, "pilot_cap"),
        (4, 2, 5, False, True, "pilot_cap"),
        (5, 1, 5, True, False, "programme_gate"),
        (5, 1, 5, True, True, ""),
        (500, 1, 0, False, False, ""),
    ],
)
def test_recruiting(partners, adding, cap, piloted, green, code):
    """PG-072, X-08: capped until the pilot gate is passed, then until five subjects are green."""
    assert engine.may_recruit(partners, adding, cap, piloted, [True, green]) == code

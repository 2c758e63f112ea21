"""TRADE 9: the Monday list shows five rows and says how many more there are."""

from datetime import date
from decimal import Decimal as D

import pytest
from cp.partner_governance.engine import monday
from cp.partner_governance.engine.monday import Row
from hypothesis import given
from hypothesis import strategies as st


def row(who="A", due=None, money=None, ident=1):
    return Row(who, "why", "todo", due, "program.deal", ident, money)


EARLY, LATE = date(2026, 11, 1), date(2026, 11, 9)


def test_first_what_is_due_then_what_is_at_stake():
    """TRADE 9: overdue before later, more money before less, no day last."""
    rows = [
        row("none"),
        row("late", LATE, D(9)),
        row("small", EARLY, D(1)),
        row("big", EARLY, D(5)),
    ]
    assert [each.who for each in monday.ranked(rows)] == ["big", "small", "late", "none"]


@pytest.mark.parametrize(("count", "shown", "more"), [(0, 0, 0), (5, 5, 0), (6, 5, 1), (40, 5, 35)])
def test_five_and_how_many_more(count, shown, more):
    """TRADE 9: five rows at most."""
    found = monday.top([row(ident=number) for number in range(count)])
    assert (len(found.rows), found.more) == (shown, more)


@pytest.mark.parametrize(("due", "now"), [(EARLY, True), (LATE, True), (None, False)])
def test_due_today_and_before(due, now):
    """TRADE 9: "yours, due today" has what should have been done before, too."""
    assert bool(monday.due_now([row(due=due)], LATE)) is now
    assert not monday.due_now([row(due=date(2026, 11, 10))], LATE)


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from("ABC"),
        st.one_of(st.none(), st.dates()),
        st.one_of(st.none(), st.decimals(0, 10**6, places=2)),
        st.integers(1, 9),
    )
)


@given(ROWS, st.randoms())
def test_the_order_of_sources_changes_nothing(rows, random):
    """TRADE 9: the same rows, whichever addon answered first."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert monday.top(shuffled) == monday.top(rows)

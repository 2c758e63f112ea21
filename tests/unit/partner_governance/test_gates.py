"""DESIGN 4.2: what is missing at a gate, in which mode it stands, and where a signature goes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cp.partner_governance.engine import gates
from cp.partner_governance.engine.gates import Demand, Missing, ModeRow, Passage, Subject
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

DAY = date(2026, 3, 10)
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
READY = Subject(mark="m1", tier=2)
PASSED = Passage("passed", mark="m1", tier=2)


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        (READY, [Missing("review", ("2",))]),
        (replace(READY, applies=False), []),
        (replace(READY, protected=True), [Missing("protected")]),
        (
            replace(READY, unanswered=("Articles", "Warehouses"), passage=PASSED),
            [Missing("answers", ("Articles", "Warehouses"))],
        ),
        (replace(READY, passage=PASSED), []),
        (
            replace(READY, passage=PASSED, lapsed=("Commercial",)),
            [Missing("lapsed", ("Commercial",))],
        ),
        # Signed for other answers, or for a lower tier: signed by nobody.
        (replace(READY, passage=replace(PASSED, mark="m0")), [Missing("review", ("2",))]),
        (replace(READY, passage=replace(PASSED, tier=1)), [Missing("review", ("2",))]),
        (replace(READY, passage=replace(PASSED, tier=3)), []),
        (replace(READY, passage=replace(PASSED, state="reopened")), [Missing("review", ("2",))]),
        (
            replace(READY, passage=Passage("refused", reason="no document")),
            [Missing("refused", ("no document",))],
        ),
        (
            replace(READY, passage=Passage("asked", "m1", 2, waiting=("lead", "upline"))),
            [Missing("signature", ("lead",)), Missing("signature", ("upline",))],
        ),
        (replace(READY, passage=Passage("asked", "m1", 2)), [Missing("no_signatures")]),
        # Let through while the gate looked on is no passage once it enforces.
        (replace(READY, passage=Passage("let_through", "m1", 2)), [Missing("review", ("2",))]),
        (replace(READY, passage=Passage("expired", "m1", 2)), [Missing("review", ("2",))]),
        # Conditional: until its day, and while no condition is late.
        (replace(READY, passage=Passage("conditional", "m1", 2, DAY)), []),
        (
            replace(READY, passage=Passage("conditional", "m1", 2, YESTERDAY)),
            [Missing("expired", ("2026-03-09",))],
        ),
        (
            replace(READY, passage=Passage("conditional", "m1", 2, TOMORROW, ("Load test",))),
            [Missing("condition", ("Load test",))],
        ),
        # Found at installation: passed whatever is answered.
        (replace(READY, unanswered=("Articles",), passage=Passage("grandfathered")), []),
        # A waiver holds up to and with its day.
        (replace(READY, unanswered=("Articles",), waived_until=DAY), []),
        (
            replace(READY, unanswered=("Articles",), waived_until=YESTERDAY),
            [Missing("answers", ("Articles",))],
        ),
        (replace(READY, protected=True, waived_until=TOMORROW), [Missing("protected")]),
        (
            replace(READY, waiting_for_gate=("Commercial",)),
            [Missing("earlier_gate", ("Commercial",))],
        ),
        (
            replace(READY, open_flags=("Pricing",), items=("scorecard",), passage=PASSED),
            [Missing("flag", ("Pricing",)), Missing("item", ("scorecard",))],
        ),
    ],
)
def test_what_is_missing(subject, found):
    """PG-081, PG-092, PG-106: each state of a passage, a flag, a waiver, a condition."""
    assert list(gates.missing(subject, DAY)) == found


ROWS = (
    ModeRow("observe", date(2026, 1, 1)),
    ModeRow("warn", date(2026, 3, 1)),
    ModeRow("enforce", date(2026, 3, 10), node=5),
    ModeRow("observe", date(2026, 4, 1), node=5),
)


@pytest.mark.parametrize(
    ("path", "day", "mode"),
    [
        ((1,), date(2025, 12, 31), "enforce"),
        ((1,), date(2026, 1, 1), "observe"),
        ((1,), date(2026, 3, 1), "warn"),
        ((1, 5), date(2026, 3, 9), "warn"),
        ((1, 5), date(2026, 3, 10), "enforce"),
        ((1, 5, 9), date(2026, 3, 10), "enforce"),
        ((1, 6), date(2026, 3, 10), "warn"),
        ((1, 5), date(2026, 4, 1), "observe"),
    ],
)
def test_a_mode_holds_from_its_day_for_a_partner_and_its_branch(path, day, mode):
    """PG-153: per programme or partner, with a date; without a row the gate's own mode."""
    assert gates.mode_of("enforce", ROWS, path, day) == mode


def test_an_overdue_signature_goes_to_the_next_party():
    """PG-100: on its day it is reminded, after it it goes up; at the top it stays."""
    demands = [
        Demand(1, YESTERDAY, (7, 1)),
        Demand(2, DAY, (7, 1)),
        Demand(3, YESTERDAY, ()),
    ]
    assert gates.escalate(demands, DAY) == {1: 7}


class Deal(RuleBasedStateMachine):
    """A deal in the hands of people who try everything; winning asks ``missing`` alone."""

    def __init__(self):
        super().__init__()
        self.subject = Subject(unanswered=("Articles",), mark="0", tier=1)
        self.day = DAY
        self.signed_for = None
        self.won = False
        self.clock = 0

    @rule(tier=st.integers(1, 3), complete=st.booleans())
    @precondition(lambda self: not self.won)
    def answer(self, tier, complete):
        self.clock += 1
        self.subject = replace(
            self.subject,
            mark=str(self.clock),
            tier=tier,
            unanswered=() if complete else ("Articles",),
        )

    @rule(flag=st.booleans())
    @precondition(lambda self: not self.won)
    def flag(self, flag):
        self.subject = replace(self.subject, open_flags=("Pricing",) if flag else ())

    @rule()
    def ask(self):
        asked = Passage("asked", self.subject.mark, self.subject.tier, waiting=("lead",))
        self.subject = replace(self.subject, passage=asked)

    @rule(conditional=st.booleans(), days=st.integers(0, 3))
    @precondition(lambda self: self.subject.passage and self.subject.passage.state == "asked")
    def sign(self, conditional, days):
        until = self.day + timedelta(days=days) if conditional else None
        state = "conditional" if conditional else "passed"
        signed = replace(self.subject.passage, state=state, waiting=(), valid_until=until)
        self.signed_for = (signed.mark, signed.tier, until)
        self.subject = replace(self.subject, passage=signed)

    @rule()
    @precondition(lambda self: self.subject.passage and self.subject.passage.state == "asked")
    def refuse(self):
        self.subject = replace(self.subject, passage=replace(self.subject.passage, state="refused"))

    @rule(days=st.integers(1, 4))
    def wait(self, days):
        self.day += timedelta(days=days)

    @rule()
    def win(self):
        if not self.won and not gates.missing(self.subject, self.day):
            mark, tier, until = self.signed_for
            assert mark == self.subject.mark
            assert tier >= self.subject.tier
            assert until is None or until >= self.day
            assert not self.subject.unanswered
            assert not self.subject.open_flags
            self.won = True

    @rule()
    @precondition(lambda self: self.won)
    def lose_again(self):
        self.won = False

    @invariant()
    def a_won_deal_was_signed(self):
        assert not self.won or self.signed_for is not None


TestNoSequenceWinsADealPastItsGate = Deal.TestCase
TestNoSequenceWinsADealPastItsGate.settings = settings(max_examples=60, stateful_step_count=25)

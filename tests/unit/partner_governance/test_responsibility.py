"""The responsibility matrix: one accountable a line, deviations over the partner's own lines."""

import pytest
from cp.partner_governance.engine import responsibility
from cp.partner_governance.engine.responsibility import ResponsibilityError
from hypothesis import given
from hypothesis import strategies as st

ROLES = st.sampled_from([None, "accountable", "responsible", "consulted", "informed"])


@given(st.fixed_dictionaries({party: ROLES for party in responsibility.PARTIES}))
def test_exactly_one_is_accountable(roles):
    """PG-123: with one accountable it is named; with none or two the error names who is."""
    found = [party for party, role in roles.items() if role == "accountable"]
    if len(found) == 1:
        assert responsibility.accountable(roles) == found[0]
        return
    with pytest.raises(ResponsibilityError) as error:
        responsibility.accountable(roles)
    assert set(error.value.parties) == set(found)
    assert error.value.code == ("two_accountable" if found else "nobody_accountable")


def test_the_nearest_deviation_holds():
    """PG-041: a project's line stands over the deal's, that over the partner's own."""
    lines = responsibility.effective(
        {"support": "partner", "staging": "partner"}, {"support": "deal"}, {"support": "project"}
    )
    assert lines == {"support": "project", "staging": "partner"}


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("partner", "delivery", True),
        ("delivery", "partner", True),
        ("platform", "platform", True),
        ("partner", "platform", False),
        ("partner", "customer", False),
        ("platform", "partner", False),
        ("upline", "partner", False),
        (None, "partner", False),
    ],
)
def test_nobody_puts_a_duty_on_another(before, after, allowed):
    """PG-041: a partner neither hands its duty up nor makes itself the approver."""
    assert responsibility.may_settle(before, after) is allowed


def test_gaps_are_lines_without_an_owner():
    """PG-123: a line that is missing, and one whose party is gone."""
    owners = {"support": True, "staging": False}
    assert responsibility.gaps(("support", "staging", "devops"), owners) == ("staging", "devops")

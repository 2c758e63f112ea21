"""B-15, R-15: bounds that stop a runaway run."""

from datetime import date, timedelta

import pytest
from cp.tenant_billing.engine.bounds import check_count, last_day
from cp.tenant_billing.engine.errors import BillingError
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("since", "as_of", "months", "expected"),
    [
        ("2026-01-31", "2026-02-10", 12, "2026-02-10"),
        ("2026-01-31", "2027-03-31", 13, "2027-02-28"),
        ("2025-12-15", "2027-01-20", 12, "2026-12-15"),
        ("2024-02-29", "2030-01-01", 12, "2025-02-28"),
        ("2026-01-01", "2036-01-01", 0, "2036-01-01"),
        # The clock went back: what was billed already is no reason to go on.
        ("2026-03-01", "2026-02-28", 12, "2026-02-28"),
    ],
)
def test_the_last_day(since, as_of, months, expected):
    found = last_day(date.fromisoformat(since), date.fromisoformat(as_of), months)
    assert found == date.fromisoformat(expected)


@given(
    since=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    behind=st.integers(0, 4000),
    months=st.integers(1, 24),
)
def test_repeated_runs_reach_the_day(since, behind, months):
    """Each run goes on from where the last one stopped, and never past the day."""
    as_of, day, runs = since + timedelta(days=behind), since, 0
    while day < as_of:
        following = last_day(day, as_of, months)
        assert day < following <= as_of
        day, runs = following, runs + 1
    assert runs <= behind / (28 * months) + 1


def test_the_count():
    check_count(5, 5)
    check_count(10**6, 0)
    with pytest.raises(BillingError) as error:
        check_count(6, 5)
    assert error.value.code == "too_many_charges"
    assert error.value.params == {"count": 6, "most": 5}

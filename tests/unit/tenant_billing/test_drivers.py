"""No price by user or seat (TB-012, TB-014)."""

import pytest
from cp.tenant_billing.engine.drivers import is_per_user


@pytest.mark.parametrize(
    "code",
    ["users", "active_users", "perSeat", "USER", "named-user", "peruser", "seats 2026", "logins"],
)
def test_a_driver_that_counts_people_is_refused(code):
    """TB-014"""
    assert is_per_user(code)


@pytest.mark.parametrize(
    "code",
    ["storage_gb", "unlimited_users", "compute", "use", "superuserless", "environments", ""],
)
def test_a_driver_of_infrastructure_is_not(code):
    """TB-012: an unlimited-user licence is what we sell."""
    assert not is_per_user(code)

"""Whose consent a change of hands needs (PG-150, TRADE 2)."""

from datetime import date

import pytest
from cp.partner_governance.engine import transfer

MANAGER, STAFF, FINANCE = "partner_manager", "platform_staff", "partner_finance"


@pytest.mark.parametrize(
    ("kind", "without", "parties"),
    [
        ("customer", False, [("giver", MANAGER), ("receiver", MANAGER)]),
        ("upline", False, [("giver", MANAGER), ("old_upline", MANAGER), ("receiver", MANAGER)]),
        ("exit", False, [("giver", MANAGER), ("receiver", MANAGER)]),
        ("end", False, [("giver", MANAGER)]),
        ("customer", True, [("platform", STAFF), ("platform", FINANCE), ("receiver", MANAGER)]),
        ("end", True, [("platform", STAFF), ("platform", FINANCE)]),
    ],
)
def test_who_signs(kind, without, parties):
    """PG-150: giver and receiver; two of the platform where the giver is gone."""
    assert list(transfer.consents(kind, without)) == parties


@pytest.mark.parametrize(
    ("kind", "needed"), [("customer", True), ("exit", True), ("end", True), ("upline", False)]
)
def test_the_customer_consents_where_its_partner_changes(kind, needed):
    """PG-150"""
    assert transfer.needs_customer(kind) is needed


@pytest.mark.parametrize(
    ("today", "day"),
    [("2026-01-31", "2026-02-01"), ("2026-02-01", "2026-03-01"), ("2026-12-15", "2027-01-01")],
)
def test_the_default_day(today, day):
    """PG-150: the next period."""
    assert transfer.next_month(date.fromisoformat(today)) == date.fromisoformat(day)


def test_ten_working_days_of_silence():
    """PG-150: asked on a Friday, silent two weeks later."""
    assert transfer.silent_since(date(2026, 3, 6)) == date(2026, 3, 20)
    assert transfer.caretaker_until(date(2026, 3, 1)) == date(2026, 5, 30)

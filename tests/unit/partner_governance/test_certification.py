"""Certificates and labs without Odoo."""

from datetime import date
from decimal import Decimal

import pytest
from cp.partner_governance.engine import certification as engine
from cp.partner_governance.engine.certification import Certificate

TODAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("certificate", "state"),
    [
        (Certificate(date(2026, 5, 1), date(2028, 5, 1)), "valid"),
        (Certificate(date(2026, 5, 2)), "upcoming"),
        (Certificate(date(2024, 5, 2), date(2026, 5, 2)), "valid"),
        (Certificate(date(2024, 5, 1), date(2026, 5, 1)), "expired"),
        (Certificate(date(2026, 1, 1), held=False), "left"),
        (Certificate(date(2026, 1, 1), revoked=TODAY, held=False), "revoked"),
        (Certificate(date(2026, 1, 1), revoked=date(2026, 6, 1)), "valid"),
    ],
)
def test_state_by_date(certificate, state):
    """PG-062: issue and expiry by the day; a leaver's counts no more."""
    assert engine.state(certificate, TODAY) == state


@pytest.mark.parametrize(
    ("issued", "months", "expires"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 1, 1), 24, date(2028, 1, 1)),
        (date(2026, 1, 1), 0, None),
    ],
)
def test_expiry(issued, months, expires):
    """PG-062: whole months, clamped."""
    assert engine.expiry(issued, months) == expires


def test_lab_score():
    """PG-060: percent over the steps; a step never gives more than it has."""
    assert engine.lab_score((3, 4), (5, 4)) == Decimal("77.8")
    assert engine.lab_score((), ()) == 0
    with pytest.raises(ValueError, match="points"):
        engine.lab_score((6,), (5,))

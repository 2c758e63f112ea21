"""Payment state that comes back from a seller's own books (TB-030)."""

from datetime import date
from decimal import Decimal as D

import pytest
from cp.tenant_billing.engine.payment_report import Problem, Report, reports

KNOWN = {"S-0001": D("115.00"), "S-0002": D("-20.00")}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"state": "paid"}, ("paid", None, None)),
        ({"state": "Open"}, ("open", None, None)),
        ({"amount": "115"}, ("paid", D(115), None)),
        ({"amount": 115.0}, ("paid", D("115.0"), None)),
        ({"amount": "114.99"}, ("part", D("114.99"), None)),
        ({"amount": "0"}, ("open", D(0), None)),
        ({"amount": "50", "date": "2026-02-03"}, ("part", D(50), date(2026, 2, 3))),
        ({"amount": "50", "date": date(2026, 2, 3)}, ("part", D(50), date(2026, 2, 3))),
        ({"reference": "S-0002", "amount": "-20"}, ("paid", D(-20), None)),
    ],
)
def test_reports(row, expected):
    """TB-030: the state, or what was paid, or both."""
    row = {"reference": "S-0001", **row}
    (report,), problems = reports([row], KNOWN)
    assert not problems
    assert (report.state, report.amount, report.day) == expected
    assert report.reference == row["reference"]


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({"reference": "S-9"}, "payment_reference", "reference"),
        ({"reference": None}, "payment_reference", "reference"),
        ({"reference": "S-0001"}, "payment_state", "state"),
        ({"reference": "S-0001", "state": "lost"}, "payment_state", "state"),
        ({"reference": "S-0001", "amount": "1,5"}, "payment_amount", "amount"),
        ({"reference": "S-0001", "amount": "NaN"}, "payment_amount", "amount"),
        ({"reference": "S-0001", "amount": "1", "date": "3.2.2026"}, "payment_date", "date"),
    ],
)
def test_what_is_wrong_names_its_cell(row, code, field):
    """TB-030: with its row, beside rows that are right."""
    made, problems = reports([{"reference": "S-0002", "state": "paid"}, row], KNOWN)
    assert problems == (Problem(2, code, field),)
    assert made == (Report("S-0002", "paid", None, None),)


def test_twice_empty_and_too_long():
    """TB-030"""
    row = {"reference": "S-0001", "state": "paid"}
    assert reports([row, row], KNOWN)[1] == (Problem(2, "payment_twice", "reference"),)
    assert reports([], KNOWN)[1] == (Problem(0, "payment_empty"),)
    assert reports([row, row], KNOWN, limit=1)[1] == (Problem(2, "payment_rows"),)


@pytest.mark.parametrize(
    ("amount", "state"), [("0", "open"), ("40.00", "part"), ("180.00", "paid"), ("200", "paid")]
)
def test_paid_of_a_part_is_partly_paid(amount, state):
    """TB-030: what is told as paid earns nothing before all of it is."""
    row = {"reference": "S-0001", "state": "paid", "amount": amount}
    (report,), _problems = reports([row], {"S-0001": D("180.00")})
    assert (report.state, report.amount) == (state, D(amount))

"""A statement as draft invoice of a seller's own Odoo (TRADE 1, TB-030)."""

from datetime import date
from decimal import Decimal as D

import pytest
from cp.tenant_billing.engine.own_books import Payment, draft, payment
from cp.tenant_billing.engine.own_tax import Tax, vat_number
from cp.tenant_billing.engine.ubl import Party, UblDocument, UblLine
from hypothesis import given
from hypothesis import strategies as st


def document(*lines, **values):
    made = [UblLine(text, D(q), D(p), D(a), date(2026, 1, 1), date(2026, 1, 31))
            for text, q, p, a in lines]  # fmt: skip
    total = sum((line.amount for line in made), D(0))
    return UblDocument(
        "S-1", date(2026, 2, 1), "EUR", 2, Party("A"), Party("B"), made, total, **values
    )


def triples(made):
    return [(line.text, line.quantity, line.price) for line in made.lines]


def test_quantity_and_price_where_nothing_is_lost():
    """TB-030: else one piece at the amount: prices there may have two decimals alone."""
    made = draft(
        document(
            ("Base", "2", "60.00", "120.00"),
            ("Storage", "63.37", "0.2", "12.67"),
            ("Calls", "1000", "0.0012", "1.20"),
        )
    )
    assert triples(made) == [
        ("Base", 2, D("60.00")),
        ("Storage", 1, D("12.67")),
        ("Calls", 1, D("1.20")),
    ]
    assert (made.is_refund, made.amount) == (False, D("133.87"))


def test_below_zero_it_is_a_refund():
    """B-06: its lines turned round, what is charged inside it is negative."""
    made = draft(document(("Base", "1", "100.00", "-100.00"), ("Extra", "3", "10.00", "30.00")))
    assert (made.is_refund, made.amount) == (True, D("70.00"))
    assert triples(made) == [("Base", 1, D("100.00")), ("Extra", 3, D("-10.00"))]


def test_tax_inside():
    """B-07: net lines, but where the other side's tax stands inside its prices too."""
    gross = document(("Base", "1", "119.00", "119.00"), tax=Tax("S", D(19)), tax_inside=True)
    assert draft(gross).amount == D("100.00")
    assert triples(draft(gross)) == [("Base", 1, D("100.00"))]
    assert triples(draft(gross, gross=True)) == [("Base", 1, D("119.00"))]


@given(
    st.lists(
        st.tuples(
            st.decimals("0.01", 999, places=4),
            st.decimals("-999", 999, places=6),
            st.decimals(-9999, 9999, places=2),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_lines_add_up_as_any_odoo_keeps_them(rows):
    """TB-033: quantities and prices of two decimals give the statement's sum."""
    made = draft(document(*(("x", quantity, price, amount) for quantity, price, amount in rows)))
    for line in made.lines:
        assert line.quantity == round(line.quantity, 2) and line.price == round(line.price, 2)
    sums = sum((round(line.quantity * line.price, 2) for line in made.lines), D(0))
    assert sums == made.amount == abs(sum((amount for *_rest, amount in rows), D(0)))


@pytest.mark.parametrize(
    ("state", "payment_state", "residual", "want"),
    [
        ("draft", "not_paid", "119", Payment("none", D(0))),
        ("posted", "not_paid", "119", Payment("open", D(0))),
        ("posted", "partial", "19", Payment("part", D(100))),
        ("posted", "in_payment", "0", Payment("paid", D(119))),
        ("posted", "paid", "0", Payment("paid", D(119))),
        ("posted", "reversed", "0", Payment("none", D(0), "own_odoo_reversed")),
        ("cancel", "not_paid", "119", Payment("none", D(0), "own_odoo_cancelled")),
    ],
)
def test_what_was_paid(state, payment_state, residual, want):
    """TRADE 1: paid, partly, open, or not reported: what was taken back is not paid."""
    assert payment(state, payment_state, D(119), D(residual)) == want


def test_a_smaller_invoice_pays_a_part():
    """TRADE 1: whatever its own state says."""
    want = Payment("part", D(100))
    assert payment("posted", "paid", D(100), D(0), short=True) == want
    assert payment("posted", "not_paid", D(100), D(100), short=True) == Payment("open", D(0))


def test_a_vat_number():
    """TB-030: “/” is Odoo's word for none."""
    for text, want in (("de 136 695 976", "DE136695976"), ("/", ""), (" / ", ""), (False, "")):
        assert vat_number(text) == want

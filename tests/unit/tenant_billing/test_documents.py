"""From charges to documents (TB-068, TB-013)."""

import pytest
from billing_builders import (
    D,
    change,
    day,
    flat,
    metered,
    package,
    per_unit,
    recurring,
    terms,
    tiered,
    used,
)
from cp.tenant_billing.engine.documents import Item, billing_day, check_lines, documents
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.rating import target


def items(facts, as_of="2026-01-31", **more):
    values = {
        "seller": "platform",
        "buyer": "acme",
        "currency": "EUR",
        "tenant": "T1",
        "stream": "hosting",
        "tax": "21%",
        **more,
    }
    return [
        Item(id=(values["tenant"], *charge.key), charge=charge, amount=charge.amount, **values)
        for charge in target(facts, day(as_of))
    ]


@pytest.mark.parametrize(
    ("due", "setting", "expected"),
    [
        ("2026-01-31", None, "2026-01-31"),
        ("2026-01-05", 5, "2026-01-05"),
        ("2026-01-06", 5, "2026-02-05"),
        ("2026-02-01", 31, "2026-02-28"),
        ("2026-02-28", 31, "2026-02-28"),
        ("2024-02-29", 30, "2024-02-29"),
        ("2026-03-01", 31, "2026-03-31"),
        ("2026-12-02", 1, "2027-01-01"),
        ("2026-01-31", 30, "2026-02-28"),
    ],
)
def test_billing_days(due, setting, expected):
    """TB-068: the due day itself, or the next such day of the month, clamped."""
    assert billing_day(day(due), setting) == day(expected)


@pytest.mark.parametrize("setting", [0, 32, -1])
def test_an_impossible_billing_day_is_refused(setting):
    with pytest.raises(BillingError, match="bad_billing_day"):
        billing_day(day("2026-01-01"), setting)


def test_tenants_of_different_anchors_share_a_partners_invoice():
    """TB-068: one invoice per buyer, one line per tenant and stream."""
    found = []
    for number in range(1, 6):
        facts = terms(recurring(), start=f"2026-01-{number:02}")
        found += items(facts, tenant=f"T{number}", setting=10, layout="partner")
    (document,) = documents(found)
    assert (document.day, document.total) == (day("2026-01-10"), 500)
    assert [(line.tenant, line.quantity) for line in document.lines] == [
        (f"T{number}", 1) for number in range(1, 6)
    ]


def test_customers_are_billed_on_the_due_day():
    facts = terms(recurring())
    found = documents(items(facts, "2026-03-01"))
    assert [document.day for document in found] == [
        day("2026-01-01"),
        day("2026-02-01"),
        day("2026-03-01"),
    ]


@pytest.mark.parametrize("field", ["seller", "buyer", "currency"])
def test_one_document_per_seller_buyer_and_currency(field):
    facts = terms(recurring())
    assert len(documents(items(facts) + items(facts, **{field: "XXX"}))) == 2


@pytest.mark.parametrize("field", ["tenant", "stream", "tax"])
def test_a_partners_lines_are_apart_by_tenant_stream_and_tax(field):
    facts = terms(recurring())
    (document,) = documents(
        items(facts, layout="partner") + items(facts, layout="partner", **{field: "X"})
    )
    assert len(document.lines) == 2


@pytest.mark.parametrize(
    ("price", "quantity", "line"),
    [
        (per_unit("10"), "3", ("3.00", "10", "30.00", False)),
        (flat("30"), "4", ("4.00", "7.5", "30.00", False)),
        (per_unit("100"), "0.001", ("1", "0.10", "0.10", True)),  # rounds to a quantity of 0
        (package("5", "2"), "3", ("1", "10.00", "10.00", True)),
        (tiered("volume", ("5", "2", "1"), (None, "1")), "3", ("1", "7.00", "7.00", True)),
    ],
)
def test_a_customers_line(price, quantity, line):
    """TB-001, TB-013: flat and per unit as quantity x rate, the others with it in the text."""
    (document,) = documents(items(terms(recurring(price=price, quantity=quantity))))
    (found,) = document.lines
    assert found.quantity == D(line[0])
    assert found.unit_price == D(line[1])
    assert (str(found.subtotal), found.quantity_in_text) == (line[2], line[3])
    assert document.errors == ()


def test_a_customers_quantity_is_what_is_left_of_the_allowance():
    facts = terms(
        metered(included="50", price=per_unit("0.20")), usage=used(("2026-01-01", "70.456"))
    )
    (document,) = documents(items(facts, "2026-02-01"))
    (line,) = document.lines
    assert (line.quantity, line.subtotal) == (D("20.46"), D("4.09"))


def test_a_prorated_line_keeps_its_price_in_full_precision():
    """B-05: 1000 x 10/31 is 322.58 by price; by a quantity of two digits it would be 320."""
    facts = terms(recurring(price=per_unit("1000")), end="2026-01-11")
    (document,) = documents(items(facts))
    (line,) = document.lines
    assert (line.quantity, line.subtotal) == (1, D("322.58"))


def test_credits_are_negative_lines_and_a_negative_document_is_a_refund():
    """B-06, R-28"""
    facts = terms(recurring(), changes=[change("2026-01-11", None, end=True)])
    first, second = documents(items(facts))
    assert not first.is_refund
    assert second.is_refund
    assert (second.lines[0].quantity, second.lines[0].subtotal) == (1, D("-67.74"))


def test_a_line_that_is_not_the_sum_of_its_charges_parks_the_document():
    found = items(terms(recurring()))
    (document,) = documents(found)
    assert check_lines(document.lines, [found]) == ()
    assert check_lines(document.lines, [found * 2]) == (("line_subtotal", 0),)


def test_a_quantity_too_large_to_divide_is_still_exact():
    """R-27: 1e9 x 1e9 / 3"""
    facts = terms(
        recurring(price=per_unit("999999999.99"), quantity="999999999.99"), end="2026-01-11"
    )
    (document,) = documents(items(facts))
    assert document.errors == ()


def test_a_buyer_has_one_layout():
    facts = terms(recurring())
    with pytest.raises(BillingError, match="mixed_layout"):
        documents(items(facts) + items(facts, layout="partner"))
    with pytest.raises(BillingError, match="unknown_layout"):
        documents(items(facts, layout="poster"))

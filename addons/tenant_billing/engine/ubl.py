"""A statement as UBL 2.1, for the books of a seller that does not keep them here (TRADE 1, TB-030).

Invoice or CreditNote of OASIS UBL 2.1, elements in the order of its schema, with the tax that its
seller states for the buyer; without one it carries no tax, and the books that it goes into know
it. The lines add up to the total, or it is not made.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

from .errors import BillingError
from .money import ZERO, exact, plain
from .own_tax import NOT_SUBJECT, Tax, Taxed, taxed

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC, CBC = f"{UBL}CommonAggregateComponents-2", f"{UBL}CommonBasicComponents-2"
# What XML 1.0 cannot hold.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    street: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""
    vat: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class UblLine:
    """``amount`` is signed and rounded; ``start`` and ``end``: first and last day."""

    text: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class UblDocument:
    number: str
    day: date
    currency: str
    places: int
    seller: Party
    buyer: Party
    lines: Sequence[UblLine]
    total: Decimal
    order: str = ""
    corrects: str = ""
    note: str = ""
    tax: Tax | None = None
    tax_inside: bool = False


def ubl(document: UblDocument) -> bytes:
    """The XML, in UTF-8. Below zero it is a credit note, its amounts turned round.

    Raises ``BillingError`` ``ubl_total`` where the lines are not the total.
    """
    with exact():
        if sum((line.amount for line in document.lines), ZERO) != document.total:
            raise BillingError("ubl_total", number=document.number)
    kind = "CreditNote" if document.total < 0 else "Invoice"
    ElementTree.register_namespace("cac", CAC)
    ElementTree.register_namespace("cbc", CBC)
    ElementTree.register_namespace("", f"{UBL}{kind}-2")
    root = ElementTree.Element(f"{{{UBL}{kind}-2}}{kind}")
    _text(root, "UBLVersionID", "2.1")
    _text(root, "ID", document.number)
    _text(root, "IssueDate", document.day.isoformat())
    _text(root, f"{kind}TypeCode", "381" if kind == "CreditNote" else "380")
    _text(root, "Note", document.note)
    _text(root, "DocumentCurrencyCode", document.currency)
    if document.order:
        _text(_node(root, "OrderReference"), "ID", document.order)
    if document.corrects:
        reference = _node(_node(root, "BillingReference"), "InvoiceDocumentReference")
        _text(reference, "ID", document.corrects)
    _party(_node(root, "AccountingSupplierParty"), document.seller)
    _party(_node(root, "AccountingCustomerParty"), document.buyer)
    sign = -1 if kind == "CreditNote" else 1
    sums = _sums(document)
    if document.tax:
        _tax_total(root, sums, sign, document)
    totals = _node(root, "LegalMonetaryTotal")
    for name, amount in (
        ("LineExtensionAmount", sums.net),
        ("TaxExclusiveAmount", sums.net),
        ("TaxInclusiveAmount", sums.gross),
        ("PayableAmount", sums.gross),
    ):
        _amount(totals, name, sign * amount, document)
    for number, (line, net) in enumerate(zip(document.lines, sums.nets, strict=True), start=1):
        _line(root, kind, number, line, sign * net, document)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _sums(document):
    amounts = [line.amount for line in document.lines]
    percent = document.tax.percent if document.tax else ZERO
    inside = bool(document.tax and document.tax_inside)
    return taxed(amounts, percent, document.places, inside)


def _tax_total(root, sums: Taxed, sign, document):
    """One category for the whole document: the buyer decides it."""
    node = _node(root, "TaxTotal")
    _amount(node, "TaxAmount", sign * sums.tax, document)
    part = _node(node, "TaxSubtotal")
    _amount(part, "TaxableAmount", sign * sums.net, document)
    _amount(part, "TaxAmount", sign * sums.tax, document)
    _category(part, "TaxCategory", document.tax, with_reason=True)


def _category(parent, name, tax, with_reason=False):
    node = _node(parent, name)
    _text(node, "ID", tax.category)
    if tax.category != NOT_SUBJECT:
        _text(node, "Percent", plain(tax.percent))
    if with_reason:
        _text(node, "TaxExemptionReason", tax.reason)
    _text(_node(node, "TaxScheme"), "ID", "VAT")


def _line(root, kind, number, line, net, document):
    """``net``: what the line comes to without tax, its sign turned in a credit note."""
    node = _node(root, f"{kind}Line")
    _text(node, "ID", str(number))
    # A price is never negative: what is credited is a negative quantity.
    quantity = line.quantity.copy_abs()
    if net < 0:
        quantity = -quantity
    counted = "CreditedQuantity" if kind == "CreditNote" else "InvoicedQuantity"
    _text(node, counted, plain(quantity), unitCode="C62")
    _amount(node, "LineExtensionAmount", net, document)
    period = _node(node, "InvoicePeriod")
    _text(period, "StartDate", line.start.isoformat())
    _text(period, "EndDate", line.end.isoformat())
    item = _node(node, "Item")
    _text(item, "Name", line.text)
    if document.tax:
        _category(item, "ClassifiedTaxCategory", document.tax)
    price = plain(_net_price(line, document).copy_abs())
    _text(_node(node, "Price"), "PriceAmount", price, currencyID=document.currency)


def _net_price(line, document):
    if not (document.tax and document.tax_inside):
        return line.unit_price
    with exact():
        return line.unit_price * 100 / (100 + document.tax.percent)


def _party(parent, party):
    node = _node(parent, "Party")
    _text(_node(node, "PartyName"), "Name", party.name)
    address = _node(node, "PostalAddress")
    _text(address, "StreetName", party.street)
    _text(address, "CityName", party.city)
    _text(address, "PostalZone", party.postal_code)
    if party.country:
        _text(_node(address, "Country"), "IdentificationCode", party.country)
    if party.vat:
        scheme = _node(node, "PartyTaxScheme")
        _text(scheme, "CompanyID", party.vat)
        _text(_node(scheme, "TaxScheme"), "ID", "VAT")
    _text(_node(node, "PartyLegalEntity"), "RegistrationName", party.name)
    if party.email:
        _text(_node(node, "Contact"), "ElectronicMail", party.email)


def _node(parent, name):
    return ElementTree.SubElement(parent, f"{{{CAC}}}{name}")


def _text(parent, name, text, **attributes):
    """An element, or nothing where there is no text."""
    if text:
        element = ElementTree.SubElement(parent, f"{{{CBC}}}{name}", attributes)
        element.text = _ILLEGAL.sub("", text)


def _amount(parent, name, amount, document):
    _text(parent, name, f"{amount:.{document.places}f}", currencyID=document.currency)

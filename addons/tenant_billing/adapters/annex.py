"""A statement's charges as files: a workbook, JSON values, and UBL for other books."""

from datetime import timedelta

from odoo.addons.partner_governance.adapters.workbook import workbook

from ..engine.own_tax import vat_number
from ..engine.ubl import Party, UblDocument, UblLine
from . import documents
from .prices import decimal

COLUMNS = (
    "tenant",
    "component",
    "kind",
    "period_start",
    "period_end",
    "quantity",
    "included",
    "amount",
    "reason",
)
NUMBERS = frozenset(("quantity", "included", "amount"))
HEAD = ("reference", "seller", "buyer", "billing_day", "currency", "order_number", "total")


def annex(values, headings):
    """The charges as XLSX, and a second sheet that says whose they are; what is text stays text,
    whatever it begins with.

    :param values: of ``billing.statement._export()``
    :param headings: ``{column: text}``
    """
    charges = [
        [float(charge[name]) if name in NUMBERS else charge[name] for name in COLUMNS]
        for charge in values["charges"]
    ]
    return workbook(
        [
            (headings["charges"], [[headings[name] for name in COLUMNS], *charges]),
            (
                headings["statement"],
                [[headings[name] for name in HEAD], [values[name] for name in HEAD]],
            ),
        ]
    )


def ubl_document(statement, note, tax=None):
    """The engine's UBL document of an issued statement.

    :param tax: the engine's tax that its seller states for the buyer
    """
    rows = statement.charge_ids
    by_id = {row.id: row for row in rows}
    layout = documents.layout(rows)[0]
    return UblDocument(
        number=statement.reference,
        day=statement.billing_day,
        currency=statement.currency_id.name,
        places=statement.currency_id.decimal_places,
        seller=_party(statement.seller_id.partner_id),
        buyer=_party(statement.buyer_id.partner_id or statement.customer_id.commercial_partner_id),
        lines=[
            _line(line, [by_id[ident] for ident in line.items])
            for line in documents.ordered_lines(layout)
        ],
        total=decimal(statement.amount_total),
        order=statement.order_number or "",
        corrects=statement.credit_of_id.reference or "",
        note=note,
        tax=tax,
        tax_inside=statement.tax_inside,
    )


def _line(line, rows):
    return UblLine(
        text=documents.text(line, rows),
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.subtotal,
        start=min(row.period_start for row in rows),
        end=max(max(row.period_end - timedelta(days=1), row.period_start) for row in rows),
    )


def _party(contact):
    return Party(
        name=contact.name or "",
        street=contact.street or "",
        city=contact.city or "",
        postal_code=contact.zip or "",
        country=contact.country_id.code or "",
        vat=vat_number(contact.vat),
        email=contact.email or "",
    )

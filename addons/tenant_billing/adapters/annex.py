"""A statement's charges as files: a workbook, JSON values, and UBL for other books."""

import io
from datetime import timedelta

import xlsxwriter

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
# A spreadsheet takes what begins like this for a formula, once it was saved as CSV.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook(values, headings):
    """The charges as XLSX; what is text stays text, whatever it begins with.

    :param values: of ``billing.statement._export()``
    :param headings: ``{column: text}``
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    bold = book.add_format({"bold": True})
    money = book.add_format({"num_format": "#,##0.00"})
    quoted = book.add_format({"quote_prefix": True})
    sheet = book.add_worksheet()

    def text(row, column, value, style=None):
        value = value or ""
        sheet.write_string(row, column, value, quoted if value.startswith(FORMULA) else style)

    head = ("reference", "seller", "buyer", "billing_day", "currency", "order_number", "total")
    for row, name in enumerate(head):
        text(row, 0, headings[name], bold)
        text(row, 1, values[name])
    first = len(head) + 1
    for column, name in enumerate(COLUMNS):
        text(first, column, headings[name], bold)
    for row, charge in enumerate(values["charges"], start=first + 1):
        for column, name in enumerate(COLUMNS):
            if name in NUMBERS:
                style = money if name == "amount" else None
                sheet.write_number(row, column, float(charge[name]), style)
            else:
                text(row, column, charge[name])
    sheet.set_column(0, 1, 28)
    sheet.set_column(2, len(COLUMNS) - 1, 13)
    sheet.freeze_panes(first + 1, 0)
    book.close()
    return stream.getvalue()


def ubl_document(statement, note):
    """The engine's UBL document of an issued statement."""
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
        vat=contact.vat or "",
        email=contact.email or "",
    )

"""Reports as XLSX: what people wrote stays text, whatever it looks like."""

import io
from datetime import date, datetime

import xlsxwriter

# Beyond it a spreadsheet is of no use; Excel itself ends at 1,048,576.
MAX_ROWS = 100_000
_WIDTH = 18
_AS_TEXT = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(sheets):
    """Bytes of a workbook.

    :param sheets: ``[(name, [[cell]])]``; the first row of each is its heading. A cell is text,
        number, date or None: text is never taken for a formula or a link (OWASP, CSV injection).
    """
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, _AS_TEXT) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        styles = {
            float: book.add_format({"num_format": "#,##0.00"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            str: book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for name, rows in sheets:
            sheet = book.add_worksheet(_sheet_name(name))
            for position, row in enumerate(rows):
                for column, value in enumerate(row):
                    _write(sheet, position, column, value, styles, bold if not position else None)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(map(len, rows)) - 1, _WIDTH)
    return output.getvalue()


def _write(sheet, row, column, value, styles, style):
    if value is None or value is False or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool | int):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, float):
        sheet.write_number(row, column, value, style or styles[float])
    elif isinstance(value, date):
        moment = (
            value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
        )
        sheet.write_datetime(row, column, moment, style or styles[date])
    else:
        sheet.write_string(row, column, str(value)[:32_767], style or styles[str])


def _sheet_name(name):
    """At most 31 characters, and none that a sheet's name may not have."""
    return "".join(char for char in name if char not in "[]:*?/\\'")[:31] or "1"


def unarmed(value):
    """``value`` with an apostrophe before text that would be written as a formula, in lists and
    dicts too: for exports of core, which write text as it comes."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(("=", "{=")) else value
    if isinstance(value, list | tuple):
        return type(value)(unarmed(each) for each in value)
    if isinstance(value, dict):
        return {name: unarmed(each) for name, each in value.items()}
    return value

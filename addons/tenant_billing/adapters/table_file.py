"""A CSV or XLSX file as a table of cells."""

import csv
import io
import zipfile

import openpyxl

from ..engine.sheet import MAX_COLUMNS, MAX_ROWS

MAX_BYTES = 10 * 1024 * 1024
# What a packed workbook may grow to.
MAX_UNPACKED = 100 * 1024 * 1024
_MARKS = ",;\t"


class Unreadable(Exception):
    """A file that is no table: ``code``, ``params``."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


def read_table(data, name):
    """The rows of the file, as lists of cells; of a workbook, of its first sheet.

    :raises Unreadable:
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("sheet_large", megabytes=MAX_BYTES // 1024 // 1024)
    if data[:4] == b"PK\x03\x04" or name.lower().endswith(".xlsx"):
        return _workbook(data)
    return _csv(data)


def _csv(data):
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("sheet_utf8") from error
    first = text.split("\n", 1)[0]
    mark = max(_MARKS, key=first.count)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=mark, strict=True):
            rows.append(row)
            if len(rows) > MAX_ROWS + 1:
                break
    except csv.Error as error:
        raise Unreadable("sheet_csv", row=len(rows) + 1) from error
    return rows


def _workbook(data):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MAX_UNPACKED:
                raise Unreadable("sheet_large", megabytes=MAX_BYTES // 1024 // 1024)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        # What a workbook says of its own size need not be true.
        sheet.reset_dimensions()
        return [
            list(row)
            for row in sheet.iter_rows(
                max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1, values_only=True
            )
        ]
    except Unreadable:
        raise
    # Whatever a broken workbook makes the library stumble over.
    except Exception as error:  # noqa: BLE001
        raise Unreadable("sheet_workbook") from error

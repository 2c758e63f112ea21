"""Usage from a file: every bad cell named, ids that a second time finds again (TB-032, R-58)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from billing_builders import at
from cp.tenant_billing.engine import cloudevents
from cp.tenant_billing.engine.sheet import MAX_ROWS, letter, shown
from cp.tenant_billing.engine.usage_sheet import read
from hypothesis import given
from hypothesis import strategies as st

HEADINGS = ["time", "tenant", "meter", "value"]
ROW = ["2026-01-10T00:00:00Z", "T-0001", "storage_gb", "70"]


def sheet(*rows, headings=HEADINGS, timezone="Europe/Berlin"):
    return read([headings, *rows], timezone)


def report(event):
    return cloudevents.read(event, at("2026-02-01"), timedelta(0), timedelta(days=60))


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2026-01-10T00:00:00Z", "2026-01-10T00:00:00+00:00"),
        ("2026-01-10", "2026-01-09T23:00:00+00:00"),
        ("2026-01-10 12:30", "2026-01-10T11:30:00+00:00"),
        (datetime(2026, 1, 10, 12, 30), "2026-01-10T11:30:00+00:00"),
        (date(2026, 1, 10), "2026-01-09T23:00:00+00:00"),
    ],
)
def test_times(cell, time):
    """R-18: a time without an offset is of the zone that was chosen."""
    (event,) = sheet([cell, *ROW[1:]]).events.values()
    assert report(event).at == datetime.fromisoformat(time)


@pytest.mark.parametrize("cell", ["10.01.2026", "2026-02-30", "yesterday", None, 46032])
def test_times_that_are_none(cell):
    (problem,) = sheet([cell, *ROW[1:]]).problems
    assert (problem.row, problem.column, problem.code) == (2, "time", "sheet_time")


def test_numbers_of_a_spreadsheet():
    """R-27: 0.1 + 0.2 is 0.3, and 7.0 as an id is 7."""
    (event,) = sheet([ROW[0], 7.0, *ROW[2:3], 0.1 + 0.2]).events.values()
    assert event["data"]["tenant"] == "7"
    assert report(event).value == Decimal("0.3")


def test_all_columns_in_any_order():
    headings = ["dimension:region", "Value", " meter ", "id", "environment", "tenant", "time"]
    (event,) = sheet(
        ["eu", 70, "m", "e1", "staging", "T", ROW[0]], headings=headings
    ).events.values()
    assert report(event).dimensions == {"region": "eu"}
    assert (event["id"], event["source"]) == ("e1", "/import")
    assert event["data"]["environment"] == "staging"


def test_rows_without_an_id_are_named_by_what_they_measure():
    """R-22: the same file gives the same ids; another value of the same thing keeps its id, so
    that it is a conflict; two rows on one thing are two."""
    first = sheet(ROW, [*ROW[:3], "80"])
    again = sheet(ROW, [*ROW[:3], "80"])
    other = sheet([*ROW[:3], "71"])
    ids = [event["id"] for event in first.events.values()]
    assert ids == [event["id"] for event in again.events.values()]
    assert len(set(ids)) == 2
    assert other.events[2]["id"] == ids[0]
    moved = sheet(["2026-01-11", *ROW[1:]])
    assert moved.events[2]["id"] not in ids


def test_empty_rows_are_passed_over_and_row_numbers_are_the_files():
    found = sheet([None] * 4, ROW, ["", "", "", ""], [])
    assert list(found.events) == [3]
    assert found.rows == 1


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        (["time", "tenant", "meter"], "sheet_heading_missing"),
        ([], "sheet_heading_missing"),
        ([*HEADINGS, "enviroment"], "sheet_heading"),
        ([*HEADINGS, "dimension:"], "sheet_heading"),
        ([*HEADINGS, "value"], "sheet_heading_twice"),
        ([*HEADINGS, *(f"dimension:{number}" for number in range(40))], "sheet_heading"),
    ],
)
def test_bad_headings(headings, code):
    """A heading mistyped is told, never taken for something else."""
    found = sheet(ROW, headings=headings)
    assert code in [problem.code for problem in found.problems]
    assert not found.events


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@SUM(A1)", "=cmd|' /C calc'!A0"])
@pytest.mark.parametrize("column", ["tenant", "meter", "id", "environment", "dimension:disk"])
def test_what_looks_like_a_formula_is_no_name(column, text):
    """R-58: so that no list of ours, exported again, runs it."""
    headings = [*HEADINGS, "id", "environment", "dimension:disk"]
    row = [*ROW, "e1", "staging", "ssd"]
    row[headings.index(column)] = text
    (problem,) = sheet(row, headings=headings).problems
    assert (problem.row, problem.column, problem.code) == (2, column, "sheet_formula")


def test_bad_cells_are_all_named():
    found = sheet([*ROW[:3], "=A1"], ROW, [*ROW[:3], "70,5"])
    named = [(one.row, one.column, one.text, one.code) for one in found.problems]
    assert named == [
        (2, "value", "=A1", "sheet_formula"),
        (4, "value", "70,5", "sheet_decimal_comma"),
    ]
    assert list(found.events) == [3]
    assert found.letter("value") == "D"
    assert found.letter(None) == ""


def test_an_empty_file_and_one_that_is_too_long():
    assert [one.code for one in sheet().problems] == ["sheet_empty"]
    found = read([HEADINGS, *([ROW] * (MAX_ROWS + 1))], "UTC")
    assert [one.code for one in found.problems] == ["sheet_rows"]


def test_letters_of_columns():
    assert [letter(position) for position in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip


def test_a_cell_is_shown_harmlessly():
    assert shown("a\x00\u202eb") == "'a\\x00\\u202eb'"
    assert shown("x" * 100) == "x" * 57 + "…"
    assert shown(None) == ""


cells = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2999, 1, 1)),
    st.sampled_from(ROW),
)


@given(st.lists(st.lists(cells, max_size=6), max_size=4), st.lists(cells, max_size=6))
def test_whatever_a_file_holds(rows, headings):
    """R-30: read or refused, cell by cell; never another error."""
    for first in (headings, HEADINGS):
        found = read([first, *rows], "Europe/Berlin")
        for event in found.events.values():
            try:
                report(event)
            except cloudevents.Rejected:
                continue

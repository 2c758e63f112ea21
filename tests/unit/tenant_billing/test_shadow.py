"""Shadow months (TB-067)."""

from datetime import datetime

import pytest
from billing_builders import D, day
from cp.tenant_billing.engine.shadow import CAUSES, Billed, compare, read
from hypothesis import given
from hypothesis import strategies as st

JANUARY = day("2026-01-01")


def old(amount, component=None, quantity=None, buyer="A"):
    return Billed(buyer, D(amount), component, D(quantity) if quantity else None)


@pytest.mark.parametrize(
    ("there", "here", "expected"),
    [
        ([old("100")], [old("100")], ["equal"]),
        ([old("60"), old("40")], [old("100", "base")], ["equal"]),
        ([old("100")], [], ["missing_here"]),
        ([], [old("100", "base")], ["missing_there"]),
        ([old("100.01")], [old("100", "base")], ["rounding"]),
        ([old("100.02")], [old("100", "base")], ["unexplained"]),
        # Two charges may each round the other way.
        ([old("100.02")], [old("60", "base"), old("40", "support")], ["rounding"]),
        ([old("119")], [old("100", "base")], ["tax"]),
        ([old("119.01")], [old("100", "base")], ["tax"]),
        ([old("120", "base", "2")], [old("60", "base", "1")], ["quantity"]),
        ([old("120", "base", "1")], [old("60", "base", "1")], ["price"]),
        ([old("120", "base")], [old("60", "base", "1")], ["price"]),
        (
            [old("60", "base", "1"), old("5", "disk")],
            [old("60", "base", "1"), old("7", "storage", "35")],
            ["equal", "missing_here", "missing_there"],
        ),
        # One row that names no component: the whole buyer by its sum.
        ([old("60", "base"), old("7")], [old("60", "base"), old("7", "storage")], ["equal"]),
    ],
)
def test_causes(there, here, expected):
    """TB-067: differences by cause."""
    found = compare(there, here, {"A": [D(19)]})
    assert [each.cause for each in found] == expected


def rows(*lines, head=("buyer", "month", "amount")):
    return read([list(head), *map(list, lines)], JANUARY)


def test_a_file():
    """TB-067: rows of the month, in whatever way it is written."""
    found = rows(
        ("Nord", "2026-01", "100.50"),
        ("Süd", "2026-01-15", 7),
        ("Ost", datetime(2026, 1, 3), 0.30000000000000004),
        ("West", "2026-02", "1"),
        (None, None, ""),
    )
    assert not found.problems
    assert found.rows == {
        2: ("Nord", D("100.50"), None, None),
        3: ("Süd", D(7), None, None),
        4: ("Ost", D("0.3"), None, None),
    }


def test_components_and_quantities():
    found = rows(
        ("Nord", "2026-01", "100", "base", "2"),
        ("Nord", "2026-01", "5", "", ""),
        head=("Buyer", "MONTH", "Amount", "component", "quantity"),
    )
    assert found.rows[2] == ("Nord", D(100), "base", D(2))
    assert found.rows[3] == ("Nord", D(5), None, None)


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (("", "2026-01", "1"), "buyer", "shadow_missing"),
        (("=A1", "2026-01", "1"), "buyer", "sheet_formula"),
        (("Nord", "January", "1"), "month", "shadow_month"),
        (("Nord", None, "1"), "month", "shadow_month"),
        (("Nord", "2026-01", "1,50"), "amount", "sheet_decimal_comma"),
        (("Nord", "2026-01", "NaN"), "amount", "shadow_number"),
        (("Nord", "2026-01", "1e15"), "amount", "shadow_number"),
        (("Nord", "2026-01", None), "amount", "shadow_number"),
        (("Nord", "2026-01"), "amount", "shadow_number"),
    ],
)
def test_each_bad_cell_is_named(line, column, code):
    """TB-067: row, column and what is wrong with it."""
    (problem,) = rows(("Nord", "2026-01", "1"), line).problems
    assert (problem.row, problem.column, problem.code) == (3, column, code)


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (("buyer", "month"), "sheet_heading_missing"),
        (("buyer", "month", "amount", "colour"), "shadow_heading"),
        (("buyer", "month", "amount", "Amount"), "sheet_heading_twice"),
        ((), "sheet_heading_missing"),
    ],
)
def test_bad_headings(head, code):
    found = rows(("Nord", "2026-01", "1", "x"), head=head)
    assert [each.code for each in found.problems] == [code]
    assert not found.rows


def test_a_file_without_the_month():
    assert [each.code for each in rows(("Nord", "2026-02", "1")).problems] == ["shadow_empty"]


billed = st.builds(
    Billed,
    st.sampled_from("ABC"),
    st.integers(-500, 500).map(lambda cents: D(cents) / 100),
    st.sampled_from((None, "base", "storage")),
    st.sampled_from((None, D(1), D(2))),
)


@given(st.lists(billed, max_size=8), st.lists(billed, max_size=8))
def test_nothing_is_lost(there, here):
    """TB-067: the differences add up to the whole difference, each with one cause."""
    found = compare(there, here)
    assert sum(each.there for each in found) == sum(each.amount for each in there)
    assert sum(each.here for each in found) == sum(each.amount for each in here)
    assert {each.cause for each in found} <= set(CAUSES)
    assert all((each.cause == "equal") <= (each.there == each.here) for each in found)

"""TB-067: a month beside the earlier system's invoices, each difference with its cause."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from cp.tenant_billing.engine.shadow import CAUSES, Billed, compare, read
from hypothesis import given
from hypothesis import strategies as st

D = Decimal
CENT = D("0.01")


def billed(buyer, *rows):
    """``(amount)`` or ``(amount, component, quantity)``."""
    return [
        Billed(buyer, D(amount), *(rest and (rest[0], rest[1] and D(rest[1]))))
        for amount, *rest in rows
    ]


def causes(own, old, **more):
    return [
        (one.component, str(one.own - one.old), one.cause)
        for one in compare(own, old, CENT, **more)
    ]


@pytest.mark.parametrize(
    ("own", "old", "expected"),
    [
        ([("100",)], [("100",)], [(None, "0", "equal")]),
        ([("100",)], [("100.01",)], [(None, "-0.01", "rounding")]),
        ([("50",), ("50",)], [("100.02",)], [(None, "-0.02", "rounding")]),
        ([("100",)], [("100.02",)], [(None, "-0.02", "amount")]),
        ([("100",)], [("119",)], [(None, "-19", "tax")]),
        ([("100",)], [], [(None, "100", "missing_there")]),
        ([], [("100",)], [(None, "-100", "missing_here")]),
        (
            [("120", "base", "1"), ("12", "storage", "60")],
            [("110", "base", "1"), ("10", "storage", "50")],
            [("base", "10", "price"), ("storage", "2", "quantity")],
        ),
        (
            [("120", "base", "1")],
            [("120", "base", "1"), ("5", "backup", "1")],
            [("base", "0", "equal"), ("backup", "-5", "missing_here")],
        ),
        (
            [("120", "base", "1"), ("60", "support", "1")],
            [("120.01", "base", None)],
            [("base", "-0.01", "rounding"), ("support", "60", "missing_there")],
        ),
        ([("120", "base", "1")], [("115", "base", None)], [("base", "5", "price")]),
        # The other side names no components: the buyer is compared as a whole.
        ([("120", "base", "1"), ("5", "backup", "1")], [("120",)], [(None, "5", "amount")]),
    ],
)
def test_causes(own, old, expected):
    """TB-067: quantity, price, missing here, missing there, rounding, tax."""
    assert causes(billed("a", *own), billed("a", *old), gross={"a": D("119")}) == expected


amounts = st.decimals(min_value=-1000, max_value=1000, places=2)
sides = st.lists(
    st.builds(
        Billed,
        st.sampled_from("abc"),
        amounts,
        st.sampled_from([None, "base", "storage"]),
        st.none() | amounts,
    ),
    max_size=12,
)


@given(sides, sides, st.dictionaries(st.sampled_from("abc"), amounts))
def test_differences_add_up(own, old, gross):
    """TB-067: to the difference of the totals, whatever the rows; each has one known cause, and
    no difference is hidden behind “equal”."""
    found = compare(own, old, CENT, gross)
    for buyer in "abc":
        for side, rows in (("own", own), ("old", old)):
            total = sum((row.amount for row in rows if row.buyer == buyer), D(0))
            assert sum((getattr(one, side) for one in found if one.buyer == buyer), D(0)) == total
    assert all(one.cause in CAUSES for one in found)
    assert all((one.own == one.old) == (one.cause == "equal") for one in found)


BUYERS = {"nordwind": ["n"], "k-17": ["n"], "hafen": ["h"], "meier": ["m1", "m2"]}
COMPONENTS = {"n": {"base", "storage"}, "h": {"base"}}


def taken(*table):
    return read(table, date(2026, 1, 1), BUYERS, COMPONENTS)


def test_a_file_is_read():
    """TB-067: columns in any order, buyers by name or reference, other months left out."""
    found, problems, _columns, others = taken(
        ["Amount", "buyer", "month", "component", "quantity"],
        [D("120.00"), "Nordwind", "2026-01", "base", 1],
        ["4.00", "K-17", datetime(2026, 1, 31), "storage", "70"],
        [None, "", None, None, None],
        [60.5, "hafen", "2026-02", None, None],
        [60.5, "hafen", None, None, None],
    )
    assert not problems
    assert others == 1
    assert found == [
        Billed("n", D("120.00"), "base", D(1)),
        Billed("n", D("4.00"), "storage", D(70)),
        Billed("h", D("60.5")),
    ]


def test_bad_cells_are_named():
    """TB-067, TB-066: each with its row, column and what is wrong."""
    found, problems, columns, _others = taken(
        ["buyer", "amount", "month", "component"],
        ["Unbekannt", 1, None, None],
        ["Meier", 1, None, None],
        ["Nordwind", "12,50", None, None],
        ["Nordwind", "NaN", None, None],
        ["Nordwind", None, None, None],
        ["Nordwind", 1, "Januar", None],
        ["Hafen", 1, None, "storage"],
        ["=cmd()", 1, None, None],
        [None, 1, None, None],
    )
    assert not found
    assert [(one.row, one.column, one.code) for one in problems] == [
        (2, "buyer", "sheet_buyer"),
        (3, "buyer", "sheet_buyer_twice"),
        (4, "amount", "sheet_decimal_comma"),
        (5, "amount", "sheet_number"),
        (6, "amount", "sheet_missing"),
        (7, "month", "sheet_month"),
        (8, "component", "sheet_component"),
        (9, "buyer", "sheet_formula"),
        (10, "buyer", "sheet_missing"),
    ]
    assert columns["amount"] == 1


@pytest.mark.parametrize("table", [(), ([],), (["buyer"],), (["buyer", "amount", "tip"], ["a", 1])])
def test_headings_are_wanted(table):
    """TB-067"""
    found, problems, _columns, _others = taken(*table)
    assert problems and not found


def test_an_empty_file():
    """TB-067"""
    assert [one.code for one in taken(["buyer", "amount"])[1]] == ["sheet_empty"]

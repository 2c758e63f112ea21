"""Price books: inheritance by day, and prices made from cost."""

from datetime import date

import pytest
from billing_builders import D, flat, package, per_unit, tiered
from cp.tenant_billing.engine.books import marked_up, most_specific
from hypothesis import given
from hypothesis import strategies as st

FIRST = date(2026, 1, 1)


def merged(*books):
    """Versions as (day of January, name)."""
    return most_specific(books, lambda version: FIRST.replace(day=version[0]))


@pytest.mark.parametrize(
    ("books", "expected"),
    [
        ([[], [(1, "general")]], [(1, "general")]),
        ([[(1, "own")], [(1, "general"), (9, "raised")]], [(1, "own")]),
        # An override from a day on leaves the days before to the book behind it.
        ([[(5, "own")], [(1, "general"), (9, "raised")]], [(1, "general"), (5, "own")]),
        ([[(9, "own")], [], [(1, "a"), (5, "b")]], [(1, "a"), (5, "b"), (9, "own")]),
        ([[(9, "own")], [(5, "mid")], [(1, "a"), (7, "b")]], [(1, "a"), (5, "mid"), (9, "own")]),
    ],
)
def test_the_most_specific_price_wins(books, expected):
    """TB-001"""
    assert merged(*books) == expected


@given(st.lists(st.lists(st.integers(1, 28), unique=True, max_size=4), max_size=4))
def test_each_day_has_the_price_of_the_first_book_that_has_one(days):
    """TB-001: the oracle asks book after book on each day."""
    books = [[(day, number) for day in sorted(each)] for number, each in enumerate(days)]
    found = merged(*books)
    for day in range(1, 29):
        wanted = next(
            ([v for v in book if v[0] <= day][-1] for book in books if book and book[0][0] <= day),
            None,
        )
        holding = [version for version in found if version[0] <= day]
        assert (holding[-1] if holding else None) == wanted


@pytest.mark.parametrize(
    ("price", "percent", "step", "expected"),
    [
        (per_unit("80"), "50", "5", per_unit("120")),
        (per_unit("83"), "50", "5", per_unit("125")),
        (per_unit("0.08"), "50", "5", per_unit("0.12")),
        (flat("0"), "50", "5", flat("0")),
        (package("3", "10"), "10", "0", package("3.3", "10")),
        (
            tiered("graduated", ("10", "1", "5"), (None, "0.5")),
            "20",
            "0.5",
            tiered("graduated", ("10", "1", "6"), (None, "0.5")),
        ),
    ],
)
def test_cost_and_a_markup(price, percent, step, expected):
    """TB-019: wholesale x (1 + markup), rounded to a step; never rounded away."""
    found = marked_up(price, D(percent), D(step))
    assert found.amount == expected.amount
    assert found == expected

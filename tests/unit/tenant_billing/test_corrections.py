"""TRADE 1, TB-033: a correction stands in the books of what it takes back."""

from decimal import Decimal

from cp.tenant_billing.engine.corrections import by_books


def split(amount, *stages):
    rows = [[(Decimal(value), books) for value, books in stage] for stage in stages]
    return [(int(part), books) for part, books in by_books(Decimal(amount), rows)]


def test_what_is_new_stands_in_the_books_of_its_day():
    assert split(100) == [(100, None)]
    assert split(20, [(100, "a")]) == [(20, None)]


def test_what_is_taken_back_stands_in_the_books_of_the_row():
    assert split(-100, [(100, "a")]) == [(-100, "a")]
    assert split(-30, [(100, "a")]) == [(-30, "a")]


def test_the_newest_first_and_never_more_than_stands_there():
    rows = [(100, "a"), (20, "b")]
    assert split(-50, rows) == [(-20, "b"), (-30, "a")]
    assert split(-130, rows) == [(-20, "b"), (-100, "a"), (-10, None)]


def test_what_was_reversed_stands_nowhere():
    rows = [(100, "a"), (-100, "a"), (100, "b")]
    assert split(-100, rows) == [(-100, "b")]
    assert split(100, rows[:2]) == [(100, None)]


def test_a_later_credit_makes_no_books_newer():
    rows = [(100, "a"), (-50, "a"), (60, "b"), (-5, "a")]
    assert split(-40, [], rows) == [(-40, "b")]
    assert split(-70, [], rows) == [(-60, "b"), (-10, "a")]


def test_a_credit_looks_at_its_own_rows_then_at_what_it_credits():
    charged = [(100, "a"), (-40, "a")]
    assert split(-40, [], [(100, "a")]) == [(-40, "a")]
    assert split(-10, [(-40, "a")], charged) == [(-10, "a")]
    assert split(15, [(-40, "a")], charged) == [(15, "a")]
    assert split(-70, [(-40, "a")], charged) == [(-60, "a"), (-10, None)]

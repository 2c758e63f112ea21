"""Booking the difference, exactly once (TB-033)."""

import pytest
from billing_builders import D, change, day, per_unit, recurring, terms
from cp.tenant_billing.engine.charges import Key
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.ledger import Booked, book
from cp.tenant_billing.engine.rating import target


def booked(bookings, before=()):
    return [*before, *(Booked(row.key, row.revision, row.amount) for row in bookings)]


def rate(facts, as_of="2026-01-31"):
    return target(facts, day(as_of))


BASE = recurring(price=per_unit("31"))


def test_a_first_run_books_all_a_second_one_nothing():
    """TB-033: a second run the same day creates nothing."""
    facts = rate(terms(BASE), "2026-03-01")
    first = book(facts, [])
    assert [(row.revision, row.amount, row.total) for row in first] == [(1, 31, 31)] * 3
    assert [row.charge for row in first] == list(facts)
    assert book(facts, booked(first)) == ()


def test_a_clock_turned_back_takes_back_what_it_cannot_know():
    """R-16: the keys of the later day go to zero and come back, never twice."""
    ledger = booked(book(rate(terms(BASE), "2026-02-01"), []))
    back = book(rate(terms(BASE), "2026-01-31"), ledger)
    assert [(row.revision, row.amount, row.charge) for row in back] == [(2, -31, None)]
    ledger = booked(back, ledger)
    again = book(rate(terms(BASE), "2026-02-01"), ledger)
    assert [(row.revision, row.amount, row.total) for row in again] == [(3, 31, 31)]


def test_a_backdated_change_books_the_difference_per_key():
    """R-19, B-03: old rows stand, the difference is their next revision."""
    ledger = booked(book(rate(terms(BASE)), []))
    later = terms(BASE, changes=[change("2026-01-01", quantity="2")])
    assert [(row.revision, row.amount, row.total) for row in book(rate(later), ledger)] == [
        (2, 31, 62)
    ]


def test_a_key_that_left_the_target_goes_to_zero():
    """B-06, B-08: a change that was taken back."""
    changed = terms(BASE, changes=[change("2026-01-11", quantity="2")])
    ledger = booked(book(rate(changed), []))
    undone = book(rate(terms(BASE)), ledger)
    assert [(row.key.entry, row.amount, row.total, row.charge) for row in undone] == [
        ("charge", -42, 0, None),
        ("credit", 21, 0, None),
    ]
    assert book(rate(terms(BASE)), booked(undone, ledger)) == ()


def test_keys_sum_over_all_their_revisions():
    key = Key("base", "charge", day("2026-01-01"))
    ledger = [Booked(key, 1, D(10)), Booked(key, 3, D(5)), Booked(key, 2, D("-1"))]
    (row,) = book(rate(terms(BASE)), ledger)
    assert (row.revision, row.amount) == (4, 17)


def test_a_broken_ledger_or_target_is_refused():
    key = Key("base", "charge", day("2026-01-01"))
    with pytest.raises(BillingError, match="duplicate_revision"):
        book([], [Booked(key, 1, D(1)), Booked(key, 1, D(1))])
    with pytest.raises(BillingError, match="duplicate_key"):
        book(rate(terms(BASE)) * 2, [])

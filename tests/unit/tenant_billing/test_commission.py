"""Commission of a referral partner (TB-030, R-37)."""

import pytest
from billing_builders import D, day
from cp.tenant_billing.engine.commission import (
    Commission,
    Sale,
    commissions,
    differences,
    parse_percents,
)
from cp.tenant_billing.engine.errors import BillingError
from hypothesis import given
from hypothesis import strategies as st


def sale(document="1", amount="100", stream="hosting", when="2026-01-01"):
    return Sale(document, stream, day(when), D(amount))


def terms(percent="10", **more):
    return Commission(D(percent), day("2026-01-01"), **more)


@pytest.mark.parametrize(
    ("agreed", "sales", "expected"),
    [
        (terms(), [sale()], {"1": "10.00"}),
        (terms(), [sale(), sale(amount="60", stream="support")], {"1": "16.00"}),
        # Percent per stream; a stream that is not named has the general one.
        (
            terms("5", by_stream={"support": D(20)}),
            [sale(), sale(amount="60", stream="support")],
            {"1": "17.00"},
        ),
        (
            terms("0", by_stream={"hosting": D(10)}),
            [sale(amount="60", stream="setup")],
            {"1": "0.00"},
        ),
        # Rounded once a document: 3.333 + 3.333, not 3.33 + 3.33.
        (terms("33.33"), [sale(amount="10"), sale(amount="10")], {"1": "6.67"}),
        # The days of the term: [1 January, 1 January of next year).
        (
            terms(until=day("2027-01-01")),
            [sale(when="2025-12-31"), sale("2", when="2026-12-31"), sale("3", when="2027-01-01")],
            {"2": "10.00"},
        ),
        # What is credited within a document is earned on its balance.
        (terms(), [sale(), sale(amount="-40")], {"1": "6.00"}),
        (terms(decimal_places=0), [sale(amount="105")], {"1": "11"}),
    ],
)
def test_what_a_document_earns(agreed, sales, expected):
    """TB-030: percent, percent per stream, term."""
    assert {name: str(value) for name, value in commissions(agreed, sales).items()} == expected


@pytest.mark.parametrize("agreed", [{"percent": "101"}, {"percent": "-1"}, {"cap": D(-1)}])
def test_bad_terms_are_refused(agreed):
    """R-36: more than the whole is nobody's share."""
    with pytest.raises(BillingError, match="bad_commission"):
        terms(**agreed)
    with pytest.raises(BillingError, match="bad_commission"):
        terms(by_stream={"hosting": D(101)})


def booked(paid, before, cap=None):
    numbers = ({name: D(value) for name, value in each.items()} for each in (paid, before))
    found = differences(*numbers, None if cap is None else D(cap))
    return {name: str(value) for name, value in found.items()}


@pytest.mark.parametrize(
    ("paid", "before", "cap", "expected"),
    [
        ({"1": "10"}, {}, None, {"1": "10"}),
        ({"1": "10"}, {"1": "10"}, None, {}),
        # No longer paid, or credited: reversed once.
        ({}, {"1": "10"}, None, {"1": "-10"}),
        ({}, {"1": "0"}, None, {}),
        # The cap is shared first come, first served, and what was booked stays.
        ({"1": "8", "2": "8"}, {}, "10", {"1": "8", "2": "2"}),
        ({"1": "8", "2": "8"}, {"2": "8"}, "10", {"1": "2"}),
        # Room that a reversal makes goes to what was paid before and capped.
        ({"2": "8"}, {"1": "8", "2": "2"}, "10", {"2": "6", "1": "-8"}),
        # A refund takes back what was earned, never more.
        ({"1": "10", "2": "-4"}, {"1": "10"}, None, {"2": "-4"}),
        ({"2": "-4"}, {"1": "10"}, None, {"1": "-10"}),
        ({"1": "12", "2": "-4"}, {}, "10", {"1": "8"}),
        # A lower cap, or a correction of the document, acts on what is booked.
        ({"1": "8", "2": "8"}, {"1": "8", "2": "8"}, "10", {"2": "-6"}),
        ({"1": "6"}, {"1": "8"}, None, {"1": "-2"}),
    ],
)
def test_what_is_booked(paid, before, cap, expected):
    """TB-030, R-37: once when paid, back once when credited, never above the cap."""
    assert booked(paid, before, cap) == expected


shares = st.integers(-3000, 5000).map(lambda cents: D(cents) / 100)


@given(
    st.dictionaries(st.integers(1, 8), shares, max_size=8),
    st.lists(st.tuples(st.integers(1, 8), st.booleans()), max_size=30),
    st.one_of(st.none(), st.integers(0, 10000).map(lambda cents: D(cents) / 100)),
    st.randoms(),
)
def test_any_order_of_events_comes_to_the_same_sum(documents, events, cap, random):
    """TB-030, R-37: paid and unpaid in any order, booked after each or at the end alone."""
    paid, ledger, rows = set(), {}, []
    for name, is_paid in events:
        paid = paid | {name} if is_paid else paid - {name}
        step(documents, paid, ledger, cap, rows)
    step(documents, paid, ledger, cap, rows)
    total = sum((value for name, value in documents.items() if name in paid), D(0))
    expected = max(total if cap is None else min(total, cap), D(0))
    assert sum(ledger.values(), D(0)) == expected
    # Another order, and all at once.
    for once in (list(documents), sorted(documents, key=lambda _name: random.random())):
        other, names = {}, {name: documents[name] for name in once}
        step(names, paid, other, cap, [])
        assert sum(other.values(), D(0)) == expected
    # Never above the cap nor below zero on the way, and nothing twice.
    running = D(0)
    for together in rows:
        running += sum(together.values(), D(0))
        assert 0 <= running and (cap is None or running <= cap)
    before = len(rows)
    step(documents, paid, ledger, cap, rows)
    assert rows[before:] == [{}]
    # What stands on a document is part of its own commission.
    for name, value in ledger.items():
        share = documents.get(name, D(0)) if name in paid else D(0)
        assert min(share, D(0)) <= value <= max(share, D(0))


def step(documents, paid, ledger, cap, rows):
    found = differences(
        {name: share for name, share in documents.items() if name in paid}, ledger, cap
    )
    for name, amount in found.items():
        ledger[name] = ledger.get(name, D(0)) + amount
    rows.append(found)


def test_percents_by_stream():
    """TB-030: one stream=percent a line; what cannot be read is named."""
    known = ("hosting", "setup")
    assert parse_percents(" hosting = 7.5 \n\nsetup=0", known) == {"hosting": D("7.5"), "setup": 0}
    assert parse_percents(None, known) == {}
    for line in ("hosting", "hosting=", "hosting=x", "hosting=NaN", "users=5", "=5"):
        with pytest.raises(BillingError, match="bad_percents") as error:
            parse_percents(f"setup=1\n{line}", known)
        assert error.value.params["line"] == line

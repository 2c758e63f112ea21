"""Monthly recurring revenue and its movements (TB-059, DESIGN 2)."""

from datetime import timedelta

import pytest
from billing_builders import D, change, day, flat, metered, per_unit, recurring, terms
from billing_strategies import FIRST, LAST, days, facts
from cp.tenant_billing.engine.mrr import (
    KINDS,
    Recorded,
    corrections,
    movements,
)
from cp.tenant_billing.engine.mrr_contract import Contract, mrr
from cp.tenant_billing.engine.rating import Discount, Free, LegWindow
from hypothesis import given
from hypothesis import strategies as st


def contract(facts, leg="leg", account="a", subscription="s", first=None, until=None, **more):
    window = LegWindow(day(first) if first else None, day(until) if until else None)
    return Contract(leg, more.pop("seller", "us"), account, subscription, facts, window, **more)


def rows(*contracts, until="2026-12-31"):
    """``(leg, month-day, kind, cause, amount, logos)``"""
    return [
        (
            row.key.leg,
            f"{row.key.day:%m-%d}",
            row.key.kind,
            row.key.cause,
            str(row.amount),
            row.logos,
        )
        for row in movements(contracts, day(until))
    ]


def short(*contracts, until="2026-12-31"):
    return [(*row[1:3], row[4]) for row in rows(*contracts, until=until)]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "100.00"),
        ({"interval": "year"}, "8.33"),
        ({"interval_count": 3}, "33.33"),
        ({"interval": "week"}, "434.82"),
        ({"interval": "day", "interval_count": 30}, "101.46"),
    ],
)
def test_any_period_counts_by_the_month(more, expected):
    """TB-059: yearly, quarterly, weekly and daily plans by the months of their period."""
    assert str(mrr(contract(terms(recurring(), **more)), day("2026-02-01"))) == expected


def test_usage_and_one_off_are_not_recurring():
    """TB-059: committed alone; a minimum on usage is charged with the usage."""
    setup = recurring("setup", flat("450"))
    once = type(setup)("setup", "one_off", flat("450"), quantity=D(1))
    used = metered(minimum=D(30))
    assert mrr(contract(terms(recurring(), once, used)), day("2026-02-01")) == D(100)


def test_without_tax_and_commitments():
    """B-07, TRADE 1: tax inside a price is no revenue; a commitment tops up what others pay."""
    assert mrr(contract(terms(recurring()), net=D("0.8")), day("2026-02-01")) == D(80)
    least = recurring("least", timing="arrears", commitment=True)
    assert mrr(contract(terms(recurring(), least)), day("2026-02-01")) == D(100)


CASES = {
    "new, more, less, gone": (
        terms(
            recurring(),
            changes=[
                change("2026-02-01", quantity="3"),
                change("2026-03-01", quantity="2"),
                change("2026-04-01", None, end=True),
            ],
        ),
        [
            ("leg", "01-01", "new", "contract", "100.00", 1),
            ("leg", "02-01", "expansion", "quantity", "200.00", 0),
            ("leg", "03-01", "contraction", "quantity", "-100.00", 0),
            ("leg", "04-01", "churn", "contract", "-200.00", -1),
        ],
    ),
    "price and quantity of one day apart": (
        terms(
            recurring(quantity="10"),
            changes=[change("2026-02-01", quantity="8", price=per_unit("110"))],
        ),
        [
            ("leg", "01-01", "new", "contract", "1000.00", 1),
            ("leg", "02-01", "expansion", "price", "100.00", 0),
            ("leg", "02-01", "contraction", "quantity", "-220.00", 0),
        ],
    ),
    "a component comes and goes": (
        terms(
            recurring(),
            recurring("backup", per_unit("5"), start=day("2026-02-01"), end=day("2026-05-01")),
        ),
        [
            ("leg", "01-01", "new", "contract", "100.00", 1),
            ("leg", "02-01", "expansion", "quantity", "5.00", 0),
            ("leg", "05-01", "contraction", "quantity", "-5.00", 0),
        ],
    ),
    "a trial counts once it is paid for": (
        terms(recurring(), free=[Free(day("2026-01-01"), day("2026-01-15"))]),
        [("leg", "01-15", "new", "contract", "100.00", 1)],
    ),
    "a pause is no churn": (
        terms(recurring(), free=[Free(day("2026-02-01"), day("2026-03-01"))]),
        [
            ("leg", "01-01", "new", "contract", "100.00", 1),
            ("leg", "02-01", "contraction", "pause", "-100.00", 0),
            ("leg", "03-01", "expansion", "pause", "100.00", 0),
        ],
    ),
    "an end in a pause loses the account all the same": (
        terms(
            recurring(),
            free=[Free(day("2026-02-01"), None)],
            changes=[change("2026-03-01", None, end=True)],
        ),
        [
            ("leg", "01-01", "new", "contract", "100.00", 1),
            ("leg", "02-01", "contraction", "pause", "-100.00", 0),
            ("leg", "03-01", "churn", "contract", "0.00", -1),
        ],
    ),
    "a season goes up and back": (
        terms(
            recurring(),
            changes=[change("2026-06-01", quantity="4"), change("2026-09-01", quantity="1")],
        ),
        [
            ("leg", "01-01", "new", "contract", "100.00", 1),
            ("leg", "06-01", "expansion", "quantity", "300.00", 0),
            ("leg", "09-01", "contraction", "quantity", "-300.00", 0),
        ],
    ),
    "a discount ends": (
        terms(recurring(), discounts=[Discount(D(25), None, day("2026-04-01"))]),
        [
            ("leg", "01-01", "new", "contract", "75.00", 1),
            ("leg", "04-01", "expansion", "price", "25.00", 0),
        ],
    ),
    "never charged, never an account": (
        terms(recurring(price=flat("0")), changes=[change("2026-04-01", None, end=True)]),
        [],
    ),
    "a stated end": (
        terms(recurring(), end="2026-03-01"),
        [
            ("leg", "01-01", "new", "contract", "100.00", 1),
            ("leg", "03-01", "churn", "contract", "-100.00", -1),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_contract(name):
    """TB-059, TB-058"""
    given_facts, expected = CASES[name]
    assert rows(contract(given_facts)) == expected


def test_what_is_ahead_is_not_recorded():
    """TB-059: a planned change moves nothing before its day."""
    facts = terms(recurring(), changes=[change("2026-05-01", quantity="2")])
    assert short(contract(facts), until="2026-04-30") == [("01-01", "new", "100.00")]


def test_a_second_contract_and_a_return():
    """TB-059: an account is new once; the last contract to go is churn, whoever returns is a
    reactivation."""
    first = contract(terms(recurring(), end="2026-05-01"), "one", subscription="s1")
    second = contract(
        terms(recurring(), start="2026-03-01", end="2026-06-01"), "two", subscription="s2"
    )
    third = contract(terms(recurring(), start="2026-08-01"), "three", subscription="s3")
    assert [row[:3] + row[5:] for row in rows(third, first, second)] == [
        ("one", "01-01", "new", 1),
        ("two", "03-01", "expansion", 0),
        ("one", "05-01", "contraction", 0),
        ("two", "06-01", "churn", -1),
        ("three", "08-01", "reactivation", 1),
    ]


def test_two_sellers_count_apart():
    """DESIGN 4.1: what one seller has says nothing of another's."""
    mine = contract(terms(recurring()), "one")
    theirs = contract(terms(recurring(), start="2026-03-01"), "two", seller="they")
    assert [row[2] for row in rows(mine, theirs)] == ["new", "new"]


def test_a_customer_moves_to_another_seller():
    """TB-061: transferred, neither churn nor new."""
    facts = terms(recurring())
    old = contract(facts, "old", until="2026-04-01")
    new = contract(facts, "new", first="2026-04-01", seller="they")
    assert rows(old, new) == [
        ("old", "01-01", "new", "contract", "100.00", 1),
        ("old", "04-01", "transfer_out", "contract", "-100.00", -1),
        ("new", "04-01", "transfer_in", "contract", "100.00", 1),
    ]


def test_another_buyer_of_the_same_seller():
    """TB-061: in and out cancel, the rest is a price change, and the account stays."""
    old = contract(terms(recurring()), "old", until="2026-04-01")
    new = contract(terms(recurring(price=per_unit("90"))), "new", first="2026-04-01")
    assert rows(old, new)[1:] == [
        ("old", "04-01", "transfer_out", "contract", "-100.00", 0),
        ("new", "04-01", "transfer_in", "contract", "100.00", 0),
        ("new", "04-01", "contraction", "price", "-10.00", 0),
    ]


def test_another_buyer_in_the_trial():
    """TB-061: nothing was won yet, so it is new when the trial is over."""
    facts = terms(recurring(), free=[Free(day("2026-01-01"), day("2026-05-01"))])
    old = contract(facts, "old", until="2026-04-01")
    new = contract(facts, "new", first="2026-04-01")
    assert rows(old, new) == [("new", "05-01", "new", "contract", "100.00", 1)]


def test_one_rate_for_the_life_of_a_contract():
    """R-38: exchange rates move nothing, and what came in goes out to the cent."""
    facts = terms(
        recurring(price=per_unit("33.33")),
        changes=[change("2026-02-01", quantity="2"), change("2026-03-01", None, end=True)],
    )
    found = movements([contract(facts, rate=D("0.8571"))], day("2026-12-31"))
    assert [str(row.company_amount) for row in found] == ["28.57", "28.56", "-57.13"]


def recorded(found, revision=1):
    return [Recorded(row.key, revision, row.amount, row.company_amount, row.logos) for row in found]


def test_recording_twice_is_recording_once():
    """TB-059"""
    found = movements([contract(CASES["new, more, less, gone"][0])], day("2026-12-31"))
    assert corrections(found, recorded(found)) == ()


def test_a_change_learnt_late():
    """B-03, TB-059: what was kept stays, the difference is added with the day that it is of."""
    known = movements([contract(terms(recurring()))], day("2026-06-01"))
    late = terms(recurring(), changes=[change("2026-02-01", quantity="3")])
    found = corrections(movements([contract(late)], day("2026-06-01")), recorded(known))
    assert [(row.key.day, row.key.kind, row.amount, number) for row, number in found] == [
        (day("2026-02-01"), "expansion", D(200), 1)
    ]


def test_an_end_taken_back():
    """TB-015: the account that was counted as lost is there again."""
    ended = CASES["an end in a pause loses the account all the same"][0]
    known = movements([contract(ended)], day("2026-06-01"))
    going = terms(recurring(), free=[Free(day("2026-02-01"), None)])
    found = corrections(movements([contract(going)], day("2026-06-01")), recorded(known))
    assert [(row.key.kind, row.amount, row.logos, number) for row, number in found] == [
        ("churn", D(0), 1, 2)
    ]


@st.composite
def portfolios(draw):
    """Contracts of two sellers and a few accounts, some of them handed over."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        one = draw(facts(kinds=("advance", "arrears", "level")))
        cut = draw(st.one_of(st.none(), days))
        sellers = draw(st.sampled_from([("us", "us"), ("us", "they")]))
        account = draw(st.sampled_from("ab"))
        rate = draw(st.sampled_from([D(1), D("0.8571")]))
        windows = [LegWindow()] if cut is None else [LegWindow(None, cut), LegWindow(cut, None)]
        for position, window in enumerate(windows):
            found.append(
                Contract(
                    f"{number}{position}", sellers[position], account, number, one, window, rate
                )
            )
    return found


@given(portfolios(), days, st.integers(0, 400))
def test_movements_add_up(contracts, since, length):
    """TB-059: between any two days the movements of a contract are the change of its MRR, in
    its own and in the company's currency; keys occur once; logos tell who is there."""
    until = since + timedelta(days=length)
    found = movements(contracts, LAST + timedelta(days=500))
    assert len({row.key for row in found}) == len(found)
    assert {row.key.kind for row in found} <= set(KINDS)
    for one in contracts:
        own = [row for row in found if row.key.leg == one.leg]
        within = [row for row in own if since < row.key.day <= until]
        before, after = mrr(one, since), mrr(one, until)
        assert sum((row.amount for row in within), D(0)) == after - before
        assert sum((row.company_amount for row in within), D(0)) == one.in_company(
            after
        ) - one.in_company(before)
    for account in {(one.seller, one.account) for one in contracts}:
        members = {one.leg: one for one in contracts if (one.seller, one.account) == account}
        logos = sum(row.logos for row in found if row.key.leg in members and row.key.day <= until)
        assert logos in (0, 1)
        if any(mrr(one, until) for one in members.values()):
            assert logos == 1


@given(portfolios(), portfolios(), days)
def test_whatever_was_recorded_becomes_the_target(before, after, until):
    """TB-059: corrections lead from any record to any target, and then there are none."""
    known = recorded(movements(before, until))
    target = movements(after, until)
    found = corrections(target, known)
    kept = known + [
        Recorded(row.key, number, row.amount, row.company_amount, row.logos)
        for row, number in found
    ]
    assert len({(row.key, row.revision) for row in kept}) == len(kept)
    assert corrections(target, kept) == ()


def test_signs():
    """TB-059: gains are gains."""
    for name, (given_facts, _) in CASES.items():
        for row in movements([contract(given_facts)], FIRST + timedelta(days=2000)):
            gain = row.key.kind in ("new", "expansion", "reactivation", "transfer_in")
            assert (row.amount > 0) if gain else (row.amount <= 0), name

"""The tax that a seller states for a buyer of its own books (TB-030)."""

from decimal import Decimal as D

import pytest
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.own_tax import Rule, Tax, problem, rule_for, taxed
from hypothesis import given
from hypothesis import strategies as st

HOME = Rule("DE", None, Tax("S", D(19)))
SPAIN = Rule("ES", None, Tax("S", D(21)))
SPAIN_FIRM = Rule("ES", True, Tax("AE", D(0), "Reverse charge"))
FIRM = Rule("", True, Tax("G", D(0), "Export"))
OTHERS = Rule("", None, Tax("O", D(0), "Not subject to tax"))


@pytest.mark.parametrize(
    ("country", "business", "rule"),
    [
        ("DE", False, HOME),
        ("DE", True, HOME),
        ("ES", True, SPAIN_FIRM),
        ("ES", False, SPAIN),
        ("CH", True, FIRM),
        ("CH", False, OTHERS),
        ("", False, OTHERS),
    ],
)
def test_the_most_specific_rule_wins(country, business, rule):
    """TRADE 1: country before kind of buyer."""
    assert rule_for([OTHERS, FIRM, SPAIN_FIRM, SPAIN, HOME], country, business) is rule


def test_without_rules_there_is_no_tax():
    """TB-030: the books that take it over know it."""
    assert rule_for([], "DE", True) is None


def test_rules_that_do_not_fit_say_what_is_missing():
    with pytest.raises(BillingError) as raised:
        rule_for([HOME, SPAIN_FIRM], "ES", False)
    assert (raised.value.code, raised.value.params) == ("own_tax_missing", {"country": "ES"})


@pytest.mark.parametrize(
    ("tax", "code"),
    [
        (Tax("S", D(19)), ""),
        (Tax("Z"), ""),
        (Tax("AE", D(0), "Reverse charge"), ""),
        (Tax("AE"), "tax_reason"),
        (Tax("S"), "tax_percent"),
        (Tax("S", D(101)), "tax_percent"),
        (Tax("Z", D(7)), "tax_percent"),
        (Tax("X"), "tax_category"),
    ],
)
def test_what_a_tax_must_be(tax, code):
    assert problem(tax) == code


AMOUNTS = st.lists(st.decimals(-99999, 99999, places=2), min_size=1, max_size=15)


@given(AMOUNTS, st.decimals(0, 50, places=2), st.booleans())
def test_nothing_is_lost(amounts, percent, inside):
    """TB-033: nets add up to the net, net and tax to what is to pay, each line near its own."""
    made = taxed(amounts, percent, 2, inside)
    assert sum(made.nets) == made.net
    assert made.net + made.tax == made.gross
    assert (made.gross if inside else made.net) == sum(amounts)
    for amount, net in zip(amounts, made.nets, strict=True):
        want = amount * 100 / (100 + percent) if inside else amount
        assert abs(net - want) <= D("0.02")

"""Packaging rules by table (TB-017, TB-028)."""

import pytest
from cp.tenant_billing.engine.packaging import KINDS, Breach, Part, Rule, breaches

HOSTING, GOLD, SILVER = Part("base", "hosting"), Part("gold", "support"), Part("silver", "support")
RETAINER = Part("retainer", "retainer")


def rule(kind, then, when=()):
    return Rule(kind, kind, tuple(then.split()), tuple(when.split()) if when else ())


@pytest.mark.parametrize(
    ("broken", "parts", "expected"),
    [
        # TB-017: hosting without a support tier.
        (rule("requires", "@support", "@hosting"), [HOSTING], ("base",)),
        (rule("requires", "@support", "@hosting"), [HOSTING, GOLD], None),
        (rule("requires", "@support", "@hosting"), [RETAINER], None),
        (rule("requires", "gold", "base"), [HOSTING, SILVER], ("base",)),
        (rule("excludes", "silver", "retainer"), [RETAINER, SILVER], ("silver",)),
        (rule("excludes", "silver", "retainer"), [RETAINER, GOLD], None),
        (rule("excludes", "@support", "gold"), [GOLD], None),
        (rule("excludes", "@support", "gold"), [GOLD, SILVER], ("silver",)),
        (rule("at_least_one", "@support"), [HOSTING], ()),
        (rule("at_least_one", "gold silver"), [HOSTING, SILVER], None),
        (rule("at_most_one", "@support"), [GOLD, SILVER], ("gold", "silver")),
        (rule("at_most_one", "@support"), [GOLD, GOLD, HOSTING], None),
        # TB-028: the streams that a commercial model may sell.
        (rule("only", "@hosting @support"), [HOSTING, GOLD, RETAINER], ("retainer",)),
        (rule("only", "@hosting @support"), [HOSTING, GOLD], None),
    ],
)
def test_a_rule(broken, parts, expected):
    found = breaches([broken], parts)
    assert found == (() if expected is None else (Breach(broken.kind, expected),))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_breaks_no_rule(kind):
    assert breaches([rule(kind, "x", "y")], []) == ()


def test_an_unknown_kind():
    with pytest.raises(ValueError, match="maybe"):
        breaches([rule("maybe", "x")], [HOSTING])

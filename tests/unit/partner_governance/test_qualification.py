"""PG-082 … PG-099: the rules that are shipped, on profiles of companies that partners meet."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from cp.partner_governance.engine import qualification
from cp.partner_governance.engine.qualification import Band, Condition, Rule
from hypothesis import given
from hypothesis import strategies as st

DATA = Path(__file__).resolve().parents[3] / "addons/partner_governance/data"
NINE = (
    "sku_count",
    "warehouse_count",
    "valuation_method",
    "procurement_model",
    "lot_serial",
    "route_complexity",
    "b2b_portal",
    "edi_integrations",
    "finance_close",
)
PLAIN = {
    "sku_count": 1200,
    "warehouse_count": 1,
    "valuation_method": "standard",
    "procurement_model": "stock",
    "lot_serial": "none",
    "route_complexity": "simple",
    "b2b_portal": "none",
    "edi_integrations": "none",
    "finance_close": "simple",
    "country_count": 1,
}


def records(name: str, model: str) -> list[dict[str, str]]:
    tree = ET.parse(DATA / name)
    return [
        {
            field.get("name"): field.get("ref") or field.get("eval") or (field.text or "")
            for field in node.findall("field")
        }
        | {"id": node.get("id")}
        for node in tree.iter("record")
        if node.get("model") == model
    ]


def shipped_rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            code=row["code"],
            question=row["question"],
            operator=row["operator"],
            value=row.get("value", ""),
            tier=int(row.get("tier_level", 0)),
            flag=row.get("is_flag") == "True",
            also=Condition(row["also_question"], row["also_operator"], row.get("also_value", ""))
            if "also_question" in row
            else None,
        )
        for row in records("qualification_rules.xml", "governance.qualification.rule")
    )


def shipped_bands() -> tuple[Band, ...]:
    return tuple(
        Band(
            row["id"],
            row["question_id"].removeprefix("question_"),
            row["operator"],
            row["value"],
            int(row["points"]),
        )
        for row in records("questions.xml", "governance.question.band")
    )


RULES, BANDS = shipped_rules(), shipped_bands()


def judged(**answers):
    return qualification.classify({**PLAIN, **answers}, NINE, RULES)


# (profile, answers beyond the plain ones, tier, triggers at that tier)
PROFILES = [
    ("corner shop", {}, 1, []),
    ("one article below", {"sku_count": 19999}, 1, []),
    ("at the limit of articles", {"sku_count": 20000}, 2, ["many_skus"]),
    ("one article above", {"sku_count": 20001}, 2, ["many_skus"]),
    ("wholesaler of screws", {"sku_count": 250000}, 2, ["many_skus"]),
    ("one warehouse", {"warehouse_count": 1}, 1, []),
    ("no warehouse", {"warehouse_count": 0}, 1, []),
    ("two warehouses", {"warehouse_count": 2}, 2, ["multi_warehouse"]),
    ("ten warehouses", {"warehouse_count": 10}, 2, ["multi_warehouse"]),
    ("one country", {"country_count": 1}, 1, []),
    ("two countries", {"country_count": 2}, 3, ["multi_country"]),
    ("nine countries", {"country_count": 9}, 3, ["multi_country"]),
    ("standard cost", {"valuation_method": "standard"}, 1, []),
    ("first in, first out", {"valuation_method": "fifo"}, 1, []),
    ("average cost", {"valuation_method": "average"}, 1, []),
    ("to order", {"procurement_model": "order"}, 1, []),
    ("drop shipper", {"procurement_model": "dropship"}, 1, []),
    ("subcontractor", {"procurement_model": "subcontract"}, 1, []),
    ("vendor-managed", {"procurement_model": "vmi"}, 1, []),
    ("food with expiry", {"lot_serial": "lots_expiry"}, 1, []),
    ("machine dealer", {"lot_serial": "serial"}, 1, []),
    ("several steps", {"route_complexity": "steps"}, 1, []),
    ("cross-docking", {"route_complexity": "cross_dock"}, 2, ["cross_dock"]),
    ("order portal", {"b2b_portal": "orders"}, 1, []),
    ("full shop", {"b2b_portal": "shop"}, 2, ["b2b_shop"]),
    ("two standard interfaces", {"edi_integrations": "few"}, 1, []),
    ("three interfaces", {"edi_integrations": "many"}, 2, ["many_integrations"]),
    ("complex EDI", {"edi_integrations": "complex"}, 3, ["complex_edi"]),
    ("seven integrations", {"integration_count": 7}, 1, []),
    ("eight integrations", {"integration_count": 8}, 3, ["complex_count"]),
    ("fast close", {"finance_close": "fast"}, 1, []),
    ("group close", {"finance_close": "group"}, 2, ["group_close"]),
    ("one entity", {"entity_count": 1}, 1, []),
    ("two entities in a country", {"entity_count": 2}, 2, ["several_entities"]),
    ("scanners", {"barcode": True}, 2, ["barcode"]),
    ("no scanners", {"barcode": None}, 1, []),
    ("3PL", {"third_party_logistics": True}, 2, ["third_party_logistics"]),
    ("prices per customer", {"customer_pricing": True}, 2, ["customer_pricing"]),
    ("field sales alone", {"field_sales": True}, 1, []),
    ("OEM channel", {"oem_channel": True}, 3, ["oem_channel"]),
    ("field service", {"field_service": True}, 3, ["field_service"]),
    ("lift service with scanners", {"field_service": True, "barcode": True}, 3, ["field_service"]),
    (
        "everything of tier 2",
        {"warehouse_count": 3, "barcode": True, "third_party_logistics": True},
        2,
        ["multi_warehouse", "barcode", "third_party_logistics"],
    ),
    (
        "everything of tier 3",
        {"country_count": 3, "oem_channel": True, "edi_integrations": "complex"},
        3,
        ["multi_country", "oem_channel", "complex_edi"],
    ),
    ("warehouses not known", {"warehouse_count": "unknown"}, 1, []),
    ("articles not known", {"sku_count": "unknown", "warehouse_count": 2}, 2, ["multi_warehouse"]),
    ("interfaces not known", {"edi_integrations": "unknown"}, 1, []),
    ("merchant, small", {"merchant_profile": "d2c", "orders_month": 9999}, 1, []),
    ("merchant, busy", {"orders_month": 10000}, 2, ["merchant_orders"]),
    ("merchant, three channels", {"sales_channels": "few"}, 1, []),
    ("merchant, four channels", {"sales_channels": "many"}, 2, ["merchant_channels"]),
    ("merchant, own shipping", {"fulfilment": "own"}, 1, []),
    ("merchant, both", {"fulfilment": "mixed"}, 2, ["merchant_third_party"]),
    ("merchant, wholesale too", {"merchant_profile": "hybrid"}, 2, ["merchant_hybrid"]),
    ("more of the same", {"expansion_scope": "same"}, 1, []),
    ("a new entity", {"expansion_scope": "entity"}, 2, ["expansion_entity"]),
    ("39 days", {"services_days": 39}, 1, []),
    ("40 days", {"services_days": 40}, 2, ["services_project"]),
]


@pytest.mark.parametrize(("answers", "tier", "triggers"), [each[1:] for each in PROFILES],
                         ids=[each[0] for each in PROFILES])  # fmt: skip
def test_a_profile_has_its_tier_and_names_why(answers, tier, triggers):
    """PG-097, PG-098, PG-099: each boundary from both sides; every trigger is named."""
    outcome = judged(**answers)
    assert outcome.tier == tier
    assert sorted(outcome.triggers) == sorted(triggers)


def test_there_are_fifty_profiles_and_every_rule_is_met():
    """PG-097 … PG-099: no rule that lifts is shipped untried."""
    assert len(PROFILES) >= 50
    met = {code for _, answers, _, _ in PROFILES for code in judged(**answers).reasons}
    assert met == {rule.code for rule in RULES if not rule.flag}


def test_the_industrial_distributor():
    """PG-096: 45,000 articles, three warehouses, field sales, customer-specific pricing."""
    outcome = judged(
        sku_count=45000, warehouse_count=3, field_sales=True, customer_pricing=True,
        pricing_documented=True,
    )  # fmt: skip
    assert outcome.tier == 2
    assert set(outcome.triggers) == {"multi_warehouse", "many_skus", "customer_pricing"}
    assert outcome.flags == ()
    assert outcome.complete


@pytest.mark.parametrize(
    ("answers", "flags"),
    [
        ({"warehouse_count": "unknown"}, {"warehouse_count"}),
        ({"customer_pricing": True}, {"undocumented_pricing"}),
        ({"customer_pricing": True, "pricing_documented": True}, set()),
        ({"pricing_documented": None}, set()),
        ({"history_years": 3, "go_live_months": 2}, {"unrealistic_migration"}),
        ({"history_years": 3, "go_live_months": 3}, set()),
        ({"history_years": 2, "go_live_months": 2}, set()),
        ({"history_years": 3}, set()),
        ({"history_years": 5}, set()),
        ({"history_years": 6}, {"long_history"}),
        ({"sku_count": 50000, "go_live_months": 3}, {"unrealistic_volume"}),
        ({"sku_count": 49999, "go_live_months": 3}, set()),
        ({"custom_share": 30}, set()),
        ({"custom_share": 31}, {"over_customised"}),
        ({"custom_share": 61}, {"over_customised", "excessive_customisation"}),
    ],
)
def test_red_flags(answers, flags):
    """PG-091, PG-092, PG-093, PG-094: raised by the answers, from both sides of each limit."""
    assert set(judged(**answers).flags) == flags


def test_unknown_is_an_answer_and_a_blank_is_not():
    """PG-091: unknown completes, a blank is missing and named."""
    assert judged(sku_count="unknown").complete
    assert judged(sku_count=None).missing == ("sku_count",)
    assert judged(sku_count="").missing == ("sku_count",)
    assert judged(warehouse_count=0).missing == ()


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({"sku_count": 4999}, 0),
        ({"sku_count": 5000}, 1),
        ({"sku_count": 19999}, 1),
        ({"sku_count": 20000}, 2),
        ({"warehouse_count": 3}, 2),
        ({"warehouse_count": 4}, 3),
        ({"warehouse_count": "unknown"}, 0),
        ({"route_complexity": "cross_dock"}, 3),
        ({"b2b_portal": "shop", "edi_integrations": "complex"}, 8),
        ({"procurement_model": "dropship"}, 1),
    ],
)
def test_answers_fall_into_bands(answers, points):
    """PG-082, PG-083, PG-085, PG-087, PG-088, PG-089: one band an answer, the highest reached."""
    reached = qualification.bands_reached({**PLAIN, **answers}, BANDS)
    assert sum(band.points for band in reached) == points
    assert len({band.question for band in reached}) == len(reached)


def test_trying_a_draft_lists_what_would_change_and_nothing_else():
    """PG-097 … PG-099: the deals whose tier or flags another version would change."""
    draft = tuple(rule for rule in RULES if rule.code != "multi_warehouse") + (
        Rule("food", "lot_serial", "is", "lots_expiry", tier=2),
    )
    deals = {
        1: (PLAIN, NINE),
        2: ({**PLAIN, "warehouse_count": 2}, NINE),
        3: ({**PLAIN, "lot_serial": "lots_expiry"}, NINE),
        4: ({**PLAIN, "warehouse_count": 2, "barcode": True}, NINE),
    }
    changes = qualification.compare(deals, RULES, draft)
    assert [(each.ident, each.before.tier, each.after.tier) for each in changes] == [
        (2, 2, 1),
        (3, 1, 2),
    ]
    assert qualification.compare(deals, RULES, RULES) == ()


@pytest.mark.parametrize(
    ("tier", "mark", "overrides", "counts"),
    [
        (2, "a", (), 2),
        (1, "a", ((2, "a"),), 2),
        (1, "b", ((2, "a"),), 2),
        (3, "b", ((2, "a"),), 3),
        (3, "a", ((2, "a"),), 2),
        (3, "a", ((2, "a"), (3, "a")), 3),
    ],
)
def test_an_override_lifts_for_good_and_lowers_for_these_answers(tier, mark, overrides, counts):
    """PG-097 … PG-099: a lower tier was approved for the answers of that day alone."""
    assert qualification.overridden(tier, mark, overrides) == counts


def test_a_rule_that_cannot_be_applied_says_which():
    """PG-098: an unknown operator or a value that is no number names its rule."""
    with pytest.raises(qualification.RuleError, match="unknown_operator: odd"):
        qualification.classify(PLAIN, NINE, (Rule("odd", "sku_count", "like", "1"),))
    with pytest.raises(qualification.RuleError, match="not_a_number: odd"):
        qualification.classify(PLAIN, NINE, (Rule("odd", "sku_count", "at_least", "many"),))


ANSWERS = st.fixed_dictionaries(
    {
        "sku_count": st.one_of(st.none(), st.just("unknown"), st.integers(0, 200000)),
        "warehouse_count": st.one_of(st.none(), st.just("unknown"), st.integers(0, 12)),
        "country_count": st.integers(1, 5),
        "barcode": st.sampled_from([None, True]),
        "edi_integrations": st.sampled_from([None, "unknown", "none", "few", "many", "complex"]),
        "custom_share": st.one_of(st.none(), st.integers(0, 100)),
    }
)


@given(ANSWERS, st.sampled_from(["barcode", "oem_channel", "field_service"]))
def test_one_more_trigger_never_lowers_a_tier(answers, extra):
    """PG-098, PG-099: the highest trigger wins, whatever else is answered."""
    before = qualification.classify(answers, NINE, RULES)
    after = qualification.classify({**answers, extra: True}, NINE, RULES)
    assert after.tier >= before.tier
    assert 1 <= before.tier <= 3
    assert set(before.triggers) <= set(before.reasons)

"""Resources, values, order, and the plan's closure, without a tenant's behaviour."""

import json
from dataclasses import replace

import pytest
from cp.distribution_blueprints.engine.diff import diff
from cp.distribution_blueprints.engine.errors import BlueprintError
from cp.distribution_blueprints.engine.live import Applied, Live, LiveRecord
from cp.distribution_blueprints.engine.ordering import order
from cp.distribution_blueprints.engine.resources import Resource, check, version_hash
from cp.distribution_blueprints.engine.values import Unresolved, normal, resolve, wire
from hypothesis import given, settings
from hypothesis import strategies as st


def warehouse(key="wh", code="WH", **values):
    return Resource("warehouse", key, values={"name": "W", "code": code, **values})


def record(key, **kwargs):
    kwargs.setdefault("values", {"name": key})
    return Resource("record", key, model="x.thing", natural=("name",), **kwargs)


@pytest.mark.parametrize(
    ("resources", "errors"),
    [
        ([warehouse()], ()),
        ([warehouse(code="TOOLO")], ()),
        ([warehouse(code="TOOLON")], ("warehouse_code_length:wh",)),
        ([warehouse(code="")], ("warehouse_code_length:wh",)),
        ([warehouse(reception_steps="four_steps")], ("choice_unknown:wh:reception_steps",)),
        ([warehouse(), warehouse()], ("key_duplicate:wh",)),
        ([warehouse("Wh 1")], ("key_syntax:Wh 1",)),
        ([warehouse(resupply_wh_ids=[{"ref": "no"}])], ("ref_unknown:wh:no",)),
        ([replace(warehouse(), company="no")], ("ref_unknown:wh:no",)),
        ([warehouse("a"), replace(warehouse("b"), company="a")], ("company_unknown:b:a",)),
        ([Resource("thing", "a")], ("kind_unknown:a", "natural_key_missing:a")),
        ([Resource("record", "a")], ("model_missing:a", "natural_key_missing:a")),
        ([replace(record("a"), natural=("code",))], ("natural_key_missing:a",)),
        ([record("a", ownership={"name": "mine"})], ("ownership_unknown:a:name",)),
        ([record("a", lifecycle="x", removal="destroy")],
         ("lifecycle_unknown:a", "removal_unknown:a")),
        ([Resource("setting", "s", values={"module_stock_barcode": True})],
         ("setting_module:s:module_stock_barcode",)),
        ([Resource("product_category", "c", values={
            "name": "C", "property_valuation": "manual_periodic"})],
         ("choice_unknown:c:property_valuation",)),
        ([Resource("product_category", "c", values={
            "name": "C", "property_cost_method": {"by_company": {"main": "lifo"}}})],
         ("choice_unknown:c:property_cost_method",)),
    ],
)  # fmt: skip
def test_validation(resources, errors):
    """DB-005, DB-010, DB-018: what the server would cut or take in silence is refused here."""
    assert check(resources) == errors


def test_version_hash():
    """DB-005: the order plays no part, every value does; JSON and back is the same."""
    a, b = warehouse("a"), record("b", depends=("a",))
    assert version_hash([a, b]) == version_hash([b, a])
    again = [Resource(**json.loads(json.dumps(r.to_json()))) for r in (a, b)]
    assert version_hash(again) == version_hash([a, b])
    for other in (replace(b, values={"name": "c"}), replace(b, lifecycle="business"),
                  replace(b, ownership={"name": "seed"}), replace(b, depends=())):  # fmt: skip
        assert version_hash([a, other]) != version_hash([a, b])


def test_order():
    """D-01: modules, settings, categories, warehouses, others; references come first."""
    resources = [
        record("z"),
        warehouse("south", resupply_wh_ids=[{"ref": "north"}]),
        warehouse("north"),
        Resource("product_category", "child", values={"name": "C", "parent_id": {"ref": "top"}}),
        Resource("product_category", "top", values={"name": "T"}),
        Resource("setting", "s", values={"group_uom": True}),
        Resource("module", "stock", depends=("z",)),
    ]
    keys = [r.key for r in order(resources)]
    assert keys == ["s", "top", "child", "north", "south", "z", "stock"]


def test_cycle_is_an_error_code():
    """D-01: a circle is named, not walked."""
    circle = [record("a", depends=("b",)), record("b", depends=("a",)), record("c")]
    with pytest.raises(BlueprintError) as caught:
        order(circle)
    assert (caught.value.code, caught.value.keys) == ("dependency_cycle", ("a", "b"))


@pytest.mark.parametrize(
    ("left", "right", "info"),
    [
        (False, "", {"type": "char"}),
        (None, "", {"type": "text"}),
        (False, None, {"type": "selection"}),
        ([3, "WH"], 3, {"type": "many2one"}),
        (False, None, {"type": "many2one"}),
        ([3, 1], [1, 3], {"type": "many2many"}),
        ([], False, {"type": "one2many"}),
        (0.1 + 0.2, 0.3, {"type": "float"}),
        (1, 1.004, {"type": "float", "digits": [16, 2]}),
        (-0.0, 0, {"type": "float"}),
        (0, False, {"type": "integer"}),
        (None, False, {"type": "boolean"}),
        ({"by_company": {1: False}}, {"by_company": {"1": ""}}, {"type": "char"}),
        ([3, "WH"], [3, "Other name"], None),
        ([2, 1], [1, 2], None),
    ],
)
def test_equal_values_have_one_form(left, right, info):
    """D-04: Odoo's way of saying a thing is no difference."""
    assert normal(left, info) == normal(right, info)
    assert json.loads(json.dumps(normal(left, info))) == normal(left, info)


@pytest.mark.parametrize(
    ("left", "right", "info"),
    [
        ("a", "A", {"type": "char"}),
        (1.01, 1.02, {"type": "float", "digits": [16, 2]}),
        ([1], [1, 2], {"type": "many2many"}),
        ([3, "x"], [4, "x"], {"type": "many2one"}),
        ({"by_company": {1: "a", 2: "a"}}, {"by_company": {1: "a", 2: "b"}}, {"type": "char"}),
    ],
)
def test_different_values_stay_different(left, right, info):
    """D-04: normalising hides no change."""
    assert normal(left, info) != normal(right, info)


def test_references():
    """D-02: by key, by external id, in sets and per company; unknown ones equal nothing."""
    ids, xmlids = {"main": 1, "a": 7}, {"stock.loc": 9}
    assert resolve({"ref": "a"}, ids, xmlids) == 7
    assert resolve([{"ref": "a"}, {"xmlid": "stock.loc"}], ids, xmlids) == [7, 9]
    per = {"by_company": {"main": {"ref": "a"}}}
    assert resolve(per, ids, xmlids) == {"by_company": {1: 7}}
    for value in ({"ref": "b"}, [{"ref": "b"}], {"xmlid": "x.y"}, {"by_company": {"b": 1}}):
        missing = resolve(value, ids, xmlids)
        assert isinstance(missing, Unresolved) and missing != missing
    assert wire([7, 9]) == [[6, 0, [7, 9]]] and wire("x") == "x"


def test_fields_that_the_tenant_would_cut(warehouse_size=5):
    """D-04: a longer value would be eternal drift."""
    live = Live(fields={"x.thing": {"name": {"type": "char", "size": warehouse_size}}})
    [line] = diff([record("a", values={"name": "too long"})], live, {})
    assert (line.action, line.reason, line.detail) == ("blocked", "value_too_long", "name")


VALUES = st.one_of(st.sampled_from(["", "x", "y", False]), st.integers(0, 2))
FIELDS = ("name", "b", "c")
OWNERSHIP = st.fixed_dictionaries({f: st.sampled_from(["owned", "owned", "seed"]) for f in FIELDS})
ROW = st.fixed_dictionaries({f: VALUES for f in FIELDS})
THING = st.fixed_dictionaries({
    "desired": st.one_of(st.none(), ROW),
    "live": st.one_of(st.none(), ROW),
    "applied": st.one_of(st.none(), ROW),
    "by": st.sampled_from(["external", "natural"]),
    "active": st.booleans(),
    "ownership": OWNERSHIP,
    "lifecycle": st.sampled_from(["technical", "business"]),
})  # fmt: skip


@settings(max_examples=40)
@given(st.lists(THING, min_size=1, max_size=4))
def test_apply_then_diff_is_empty(things):
    """D-01: whatever desired, live and applied were, carrying all lines out leaves nothing."""
    desired, applied, records, candidates, ids = [], {}, {}, {}, {}
    for number, thing in enumerate(things, 1):
        key = f"k{number}"
        if thing["desired"] is not None:
            desired.append(record(key, values=thing["desired"], ownership=thing["ownership"],
                                  lifecycle=thing["lifecycle"]))  # fmt: skip
        if thing["applied"] is not None:
            applied[key] = Applied(key, "record", "x.thing", number, thing["applied"])
        if thing["live"] is not None:
            found = LiveRecord(number, thing["live"], thing["active"])
            if thing["by"] == "external":
                records[key], ids[key] = found, number
            else:
                candidates[key] = (found,)
    lines = diff(desired, Live(records, candidates, ids=ids), applied)
    by_key = {r.key: r for r in desired}
    for line in lines:
        assert line.action != "blocked"
        if line.action == "forget":
            del applied[line.key]
            continue
        if line.action == "noop":
            continue
        r = by_key[line.key]
        old = records.get(line.key) or next(iter(candidates.get(line.key, ())), None)
        base = dict(old.values) if old and line.action not in ("create", "ask") else {}
        base.update({c.field: c.after for c in line.changes if c.field != "active"})
        record_id = line.record_id if base and old else 100 + int(line.key[1:])
        records[line.key] = LiveRecord(record_id, base)
        ids[line.key] = record_id
        applied[line.key] = Applied(line.key, r.kind, r.model, record_id, r.recorded(),
                                    r.lifecycle, r.removal)  # fmt: skip
    again = diff(desired, Live(records, ids=ids), applied)
    assert [line.action for line in again] == ["noop"] * len(desired)

"""The in-memory tenant has the traps of the real one (D-02, D-03, D-05, D-12)."""

import pytest
from cp.tenant_billing.adapters.fake_odoo import FakeOdoo
from cp.tenant_billing.adapters.transport import FakeTransport
from cp.tenant_billing.engine.json2 import CallError, Ok

HOUSE = "stock.warehouse"


@pytest.fixture
def fake():
    return FakeTransport(FakeOdoo(installed=("stock_account",)))


def create(fake, model, context=None, /, **values):
    return fake.call(model, "create", params={"vals_list": [values]}, context=context)


def read(fake, model, domain, *fields, **context):
    params = {"domain": domain, "fields": list(fields)}
    return fake.call(model, "search_read", params=params, context=context).value


def test_warehouse_rules(fake):
    """D-02: codes are cut in silence, unique per company; no unlink, no change of company."""
    assert create(fake, HOUSE, name="Long", code="TOOLONG").value == [2]
    assert read(fake, HOUSE, [["id", "=", 2]], "code")[0]["code"] == "TOOLO"
    assert create(fake, HOUSE, name="Other", code="WH").status == 422
    assert len(read(fake, HOUSE, [], "name")) == 2  # the refused one left nothing behind
    assert fake.call(HOUSE, "unlink", ids=[2]).status == 422
    assert fake.call(HOUSE, "write", ids=[2], params={"vals": {"company_id": 9}}).status == 422


def test_invisible_is_not_missing(fake):
    """D-05: archived and foreign records are hidden from a search, not gone."""
    [company] = create(fake, "res.company", name="B").value
    create(fake, HOUSE, {"allowed_company_ids": [company, 1]}, name="B", code="B")
    fake.odoo.by_hand(HOUSE, 1, active=False)
    assert read(fake, HOUSE, [], "code", allowed_company_ids=[1]) == []
    both = read(fake, HOUSE, [], "code", allowed_company_ids=[1, company], active_test=False)
    assert [row["code"] for row in both] == ["WH", "B"]
    params = {"domain": [], "fields": ["code"]}
    refused = fake.call(HOUSE, "search_read", params=params, context={"allowed_company_ids": [99]})
    assert refused.code == "access_denied"


def test_company_dependent_value_is_that_of_the_first_company(fake):
    """D-04: the order of allowed companies decides."""
    [company] = create(fake, "res.company", name="B").value
    vals = {"vals": {"property_cost_method": "fifo"}}
    fake.call("product.category", "write", ids=[1], params=vals,
              context={"allowed_company_ids": [company, 1]})  # fmt: skip
    for order, method in (([company, 1], "fifo"), ([1, company], "standard")):
        [row] = read(fake, "product.category", [], "property_cost_method",
                     allowed_company_ids=order)  # fmt: skip
        assert row["property_cost_method"] == method


def test_load_upserts_by_external_id_or_changes_nothing(fake):
    """D-03: a bad row answers 200 with ``ids: false``, an error here, and nothing stays."""

    def load(*rows):
        params = {"fields": ["id", "name", "parent_id/id"], "data": [list(r) for r in rows]}
        context = {"module": "__dbp__", "noupdate": True}
        return fake.call("product.category", "load", params=params, context=context)

    assert load(("top", "Top", ""), ("sub", "Sub", "top")) == Ok([2, 3])
    assert load(("top", "Renamed", "")) == Ok([2])
    assert load(("new", "New", ""), ("bad", "Bad", "nowhere")).code == "load_rejected"
    rows = read(fake, "product.category", [], "name", "parent_id")
    assert [(r["name"], r["parent_id"]) for r in rows] == [
        ("Goods", False), ("Renamed", False), ("Sub", [2, "Renamed"]),
    ]  # fmt: skip
    assert create(fake, "ir.model.data", module="__dbp__", name="top", model="x.y",
                  res_id=1).status == 422  # fmt: skip


def test_deleting_takes_the_external_id_along(fake):
    """D-05: afterwards only the state applied last knows that there was a record."""
    create(fake, "ir.model.data", module="__dbp__", name="g", model="product.category", res_id=1)
    fake.odoo.remove_by_hand("product.category", 1)
    assert read(fake, "ir.model.data", [["module", "=", "__dbp__"]], "name") == []


def test_unknown_models_and_fields(fake):
    """D-10, D-11: 404 until its module is there; an unknown field is a 500."""
    bare = FakeTransport()
    assert bare.call(HOUSE, "fields_get").code == "not_found"
    assert create(fake, HOUSE, nothing=1).status == 500
    asked = fake.call(HOUSE, "fields_get", params={"allfields": ["code", "nothing"]}).value
    assert asked == {"code": {"type": "char", "size": 5}}


def test_modules_that_cannot_be_installed_answer_ok(fake):
    """D-11: a 200 is no proof."""
    [row] = fake.odoo.rows("ir.module.module", name="stock_barcode")
    install = "button_immediate_install"
    assert fake.call("ir.module.module", install, ids=[row["id"]]).kind == "ok"
    assert row["state"] == "uninstallable"


def test_faults_hit_the_ordered_call_once(fake):
    """D-01, D-02: before the commit nothing stays, after it everything, and then it is down."""
    fake.fail("timeout_before", 1)
    assert create(fake, "res.company", name="A").kind == "unknown"
    assert create(fake, "res.company", name="B").kind == "ok"
    fake.fail("die_after", 1)
    assert create(fake, "res.company", name="C").kind == "unknown"
    assert fake.version().kind == "retryable" and create(fake, "res.company").kind == "retryable"
    fake.revive()
    assert [r["name"] for r in read(fake, "res.company", [], "name")] == ["Main", "B", "C"]
    codes = {"html": "answer_not_json", "busy": "busy", "ids_false": "load_rejected"}
    for kind, code in {**codes, "gateway": "gateway_timeout"}.items():
        fake.fail(kind, 1, "create")
        assert create(fake, "res.company", name=kind).code == code


def test_rights(fake):
    """D-12: the probe says so before, the call says which group."""
    fake.deny(HOUSE, "create")
    probe = {"params": {"operation": "create"}}
    assert fake.call(HOUSE, "has_access", **probe) == Ok(False)
    assert "Inventory/Administrator" in create(fake, HOUSE, name="x", code="x").message
    fake.allow(HOUSE)
    assert fake.call(HOUSE, "has_access", **probe) == Ok(True)
    with pytest.raises(CallError):
        fake.call(HOUSE, "write", params={"vals": {}})

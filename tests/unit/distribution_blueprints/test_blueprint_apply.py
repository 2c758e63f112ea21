"""Applying a blueprint to a tenant, with every fault in its way (D-01 to D-06, D-11, D-12)."""

import json
from dataclasses import replace

import pytest
from cp.distribution_blueprints.adapters.tenant import TenantError
from cp.distribution_blueprints.engine.resources import Resource
from cp.distribution_blueprints.engine.steps import Done


def counts(harness):
    tables = ("stock.warehouse", "product.category", "product.pricelist", "ir.model.data")
    return {model: len(harness.odoo.rows(model)) for model in tables}


EXPECTED = {"stock.warehouse": 2, "product.category": 2, "product.pricelist": 1,
            "ir.model.data": 5}  # fmt: skip


def test_empty_tenant_is_brought_and_second_apply_is_empty(harness):
    """DB-002, DB-010, DB-018: modules, settings, categories, warehouses; then nothing to do."""
    assert harness.run().state == "done"
    assert harness.plan().is_empty
    assert counts(harness) == EXPECTED
    odoo = harness.odoo
    [south] = odoo.rows("stock.warehouse", code="SOUTH")
    assert south["reception_steps"] == "two_steps"
    assert south["resupply_wh_ids"] == [harness.id_of("wh_main")]
    [spares] = odoo.rows("product.category", name="Spares")
    assert spares["property_cost_method"] == {1: "average"}
    assert odoo.settings["group_stock_adv_location"] is True
    assert all(row["noupdate"] for row in odoo.rows("ir.model.data", module="__dbp__"))
    harness.transport.changes.clear()
    assert harness.run().state == "done" and harness.transport.changes == []


def test_warehouse_that_a_module_made_is_taken_over(harness):
    """DB-002: installing stock makes a warehouse; the plan did not see it, the apply does."""
    assert harness.line("wh_main").reason == "after_install"
    assert harness.run().state == "done"
    [main] = harness.odoo.rows("stock.warehouse", code="WH")
    assert main["create_uid"] == 1 and main["id"] == harness.id_of("wh_main")


def number_of_changes(make_harness):
    harness = make_harness()
    harness.run()
    return len(harness.transport.changes)


def test_die_at_every_step_then_converge(make_harness):
    """D-01, D-02: before and after the commit, at each change: interrupted, then a new plan
    brings the rest, with no record twice."""
    total = number_of_changes(make_harness)
    assert total > 10
    for kind in ("die_before", "die_after"):
        for at in range(1, total + 1):
            harness = make_harness()
            harness.transport.fail(kind, at)
            outcome = harness.run()
            assert outcome.state == "interrupted", (kind, at, outcome)
            harness.transport.revive()
            assert harness.run().state == "done", (kind, at)
            assert counts(harness) == EXPECTED, (kind, at)
            assert harness.plan().is_empty


def test_lost_answers_at_every_step(make_harness):
    """D-02: the server finished, the answer is lost: observed and adopted in the same run."""
    total = number_of_changes(make_harness)
    for at in range(1, total + 1):
        for kind in ("timeout_after", ("gateway", "busy")[at % 2]):
            harness = make_harness()
            harness.transport.fail(kind, at)
            assert harness.run().state == "done", (kind, at)
            assert counts(harness) == EXPECTED and harness.plan().is_empty


def test_lost_call_is_not_repeated_when_it_creates(make_harness):
    """D-02: nothing seen is not nothing done: the create is left to the next plan, later."""
    total = number_of_changes(make_harness)
    ends = set()
    for at in range(1, total + 1):
        harness = make_harness()
        harness.transport.fail("timeout_before", at)
        outcome = harness.run()
        ends.add((outcome.state, outcome.code, outcome.wait))
        assert harness.run().state == "done"
        assert counts(harness) == EXPECTED and harness.plan().is_empty
    assert ("interrupted", "unknown_result", 20) in ends


def test_intent_comes_before_each_change(harness):
    """D-02: what is journaled before sending names key, payload hash and record."""
    harness.run()
    intents = [step for step in harness.journal if step.changes_tenant]
    creates = [step for step in intents if step.op == "create"]
    assert {step.key for step in creates} == {"spares", "wh_south", "pricelist"}
    assert len({step.payload_hash for step in intents}) == len(intents)
    [south] = [step.to_json() for step in creates if step.key == "wh_south"]
    assert south == json.loads(json.dumps(south)) and south["values"]["code"] == "SOUTH"
    ops = [(step.op, step.key) for step in harness.journal]
    for key in ("spares", "wh_south", "pricelist"):
        order = ["observe", "create", "register", "read_back", "verified"]
        mine = [op for op, k in ops if k == key]
        assert [op for op in mine if op in order][: len(order) - 2] == order[:3]
        assert mine[-2:] == ["read_back", "verified"]


def test_two_matches_stop_the_run(harness):
    """D-02: an unknown create with two look-alikes is for a person."""
    odoo, original = harness.odoo, harness.tenant.execute

    def execute(step):
        if step.op == "create" and step.key == "pricelist":
            for _ in range(2):
                odoo.insert("product.pricelist", {"name": "Dealers", "factor": 0.9}, 7)
            harness.transport.fail("timeout_before", 1)
        return original(step)

    harness.tenant.execute = execute
    outcome = harness.run()
    assert (outcome.state, outcome.code, outcome.key) == ("stopped", "ambiguous", "pricelist")
    assert harness.line("pricelist").reason == "ambiguous"
    assert harness.run().state == "refused"


def test_record_that_came_after_the_plan_is_not_made_twice(harness):
    """D-03: somebody made it between plan and apply: stale, not a second one."""
    plan = harness.plan()
    original = harness.tenant.execute

    def execute(step):
        if step.op == "observe" and step.key == "pricelist":
            harness.odoo.insert("product.pricelist", {"name": "Dealers"}, 7)
        return original(step)

    harness.tenant.execute = execute
    outcome = harness.run(plan)
    assert (outcome.state, outcome.code) == ("interrupted", "plan_stale")
    harness.tenant.execute = original
    assert harness.line("pricelist").action == "adopt"
    assert harness.run().state == "done"
    assert len(harness.odoo.rows("product.pricelist")) == 1


def test_html_answer_stops(harness):
    """D-01: something else than Odoo answered; the journal says where."""
    harness.transport.fail("html", 1, "create")
    outcome = harness.run()
    assert (outcome.state, outcome.code) == ("stopped", "answer_not_json")
    assert harness.run().state == "done" and counts(harness) == EXPECTED


def test_write_that_does_nothing_is_found_out(applied_harness):
    """D-02: a 200 is no proof; what does not read back stops the run."""
    harness = applied_harness
    harness.odoo.by_hand("stock.warehouse", harness.id_of("wh_south"), name="Sud")
    original = harness.tenant.execute

    def execute(step):
        return Done(True) if step.op == "write" else original(step)

    harness.tenant.execute = execute
    outcome = harness.run()
    assert (outcome.state, outcome.code) == ("stopped", "not_verified")
    assert outcome.message == "name"


def test_slow_install_is_polled(harness):
    """D-11: the call is lost, the states arrive later; only they count."""
    harness.odoo.slow_install = 3
    harness.transport.fail("timeout_after", 1, "button_immediate_install")
    assert harness.run().state == "done"
    assert [s.op for s in harness.journal].count("poll") >= 4


def test_stuck_install_is_left_to_a_person(harness):
    """D-11: no state moves for longer than a request lives."""
    harness.odoo.slow_install = 10_000
    outcome = harness.run()
    assert (outcome.state, outcome.code) == ("interrupted", "install_stuck")
    assert harness.tenant.reset_module_states(["stock"]).kind == "ok"
    harness.odoo.slow_install = 0
    assert harness.run().state == "done"


def test_missing_module_blocks_before_any_write(make_harness):
    """D-11: an unavailable and an unknown module; no changing call reaches the tenant."""
    for name, reason in (("stock_barcode", "module_unavailable"), ("nowhere", "module_missing")):
        harness = make_harness()
        harness.resources += (Resource("module", name),)
        assert [(p.code, p.detail) for p in harness.tenant.preflight(harness.resources)] == [
            (reason, name)
        ]
        assert harness.line(name).reason == reason
        outcome = harness.run()
        assert (outcome.state, outcome.code) == ("refused", "plan_blocked")
        assert harness.transport.changes == []


def test_preflight_refuses_the_wrong_tenant(harness):
    """D-10, D-12: another series, another database, a copy: nothing is planned."""
    codes = lambda: [p.code for p in harness.tenant.preflight(harness.resources)]  # noqa: E731
    assert codes() == []
    harness.odoo.parameters["database.is_neutralized"] = "true"
    assert codes() == ["neutralized"]
    harness.odoo.parameters["database.uuid"] = "uuid-2"
    assert codes() == ["uuid_changed"]
    harness.transport.down = True
    assert codes() == ["connection_failed"]
    assert harness.transport.changes == []


def test_denied_model_blocks_the_plan(applied_harness):
    """D-12: no right on one model: blocked with its name, nothing written anywhere."""
    harness = applied_harness
    harness.applied.clear()
    harness.transport.deny("stock.warehouse", "write")
    line = harness.line("wh_south")
    assert (line.action, line.reason) == ("blocked", "access_denied")
    assert line.detail == "stock.warehouse: write"
    assert harness.run().state == "refused" and harness.transport.changes == []


def test_rights_lost_in_the_middle(harness):
    """D-12: 403 at one step: the run stops, what was verified stays in the journal."""
    original = harness.tenant.execute

    def execute(step):
        if step.op == "create" and step.key == "wh_south":
            harness.transport.deny("stock.warehouse", "create")
        return original(step)

    harness.tenant.execute = execute
    outcome = harness.run()
    assert (outcome.state, outcome.code, outcome.key) == ("stopped", "access_denied", "wh_south")
    assert "Inventory/Administrator" in outcome.message
    assert "wh_main" in harness.applied and "wh_south" not in harness.applied
    harness.tenant.execute = original
    harness.transport.allow("stock.warehouse")
    assert harness.run().state == "done" and counts(harness) == EXPECTED


def test_unreadable_tenant_is_not_an_empty_one(harness):
    """D-12: what could not be read raises; it is never planned as missing."""
    harness.run()
    harness.transport.deny("ir.model.data", "read")
    with pytest.raises(TenantError) as caught:
        harness.plan()
    assert caught.value.code == "access_denied"


def test_removed_resource_is_forgotten_not_deleted(applied_harness):
    """D-06: v2 drops two; the records stay, and so does the policy stored with each."""
    harness = applied_harness
    archiving = replace(harness.applied["pricelist"], removal="archive")
    harness.applied["pricelist"] = archiving
    gone = ("pricelist", "spares", "locations")
    harness.resources = tuple(r for r in harness.resources if r.key not in gone)
    lines = {line.key: line.reason for line in harness.plan().lines if line.action == "forget"}
    assert lines == {"pricelist": "archive", "spares": "forget", "locations": "forget"}
    assert harness.run().state == "done"
    assert set(gone).isdisjoint(harness.applied) and harness.plan().is_empty
    assert [row["active"] for row in harness.odoo.rows("product.pricelist")] == [False]
    assert harness.odoo.rows("product.category", name="Spares")[0]["active"]
    assert harness.odoo.settings["group_stock_adv_location"] is True


def test_costing_of_an_existing_category_waits_for_approval(applied_harness):
    """DB-018: the server would not object; the gate is ours, the other lines go on."""
    harness = applied_harness
    harness.resources = tuple(
        replace(r, values={**r.values,
                           "property_cost_method": {"by_company": {"main": "fifo"}}})
        if r.key == "spares"
        else replace(r, values={**r.values, "factor": 0.8}) if r.key == "pricelist" else r
        for r in harness.resources
    )  # fmt: skip
    assert harness.line("spares").risk == "costing_change"
    outcome = harness.run(approved=set())
    assert [(s.key, s.code) for s in outcome.skipped] == [("spares", "not_approved")]
    assert harness.odoo.rows("product.pricelist")[0]["factor"] == 0.8
    assert harness.actions() == {"spares": ["update"]}
    assert harness.run().state == "done" and harness.plan().is_empty


def test_company_of_the_plan_and_values_per_company(make_harness):
    """DB-003, DB-018: a company made in the same run has its own warehouse and costing."""
    costing = {"by_company": {"main": "average", "north": "fifo"}}
    harness = make_harness(resources=(
        Resource("module", "stock_account"),
        Resource("record", "north", model="res.company", natural=("name",),
                 values={"name": "North"}),
        Resource("product_category", "goods",
                 values={"name": "Goods", "property_cost_method": costing}),
        Resource("warehouse", "wh_north", company="north", values={"name": "N", "code": "WH"}),
        Resource("setting", "lead", company="north", values={"security_lead": 1.5}),
    ))  # fmt: skip
    assert harness.run().state == "done"
    assert harness.plan().is_empty
    [goods] = harness.odoo.rows("product.category", name="Goods")
    north = harness.id_of("north")
    assert goods["property_cost_method"] == {1: "average", north: "fifo"}
    assert [w["company_id"] for w in harness.odoo.rows("stock.warehouse", name="N")] == [north]
    assert harness.odoo.settings[north, "security_lead"] == 1.5
    assert (1, "security_lead") not in harness.odoo.settings

"""What people change on a tenant, and whose change it is (D-03, D-04, D-05)."""

from dataclasses import replace
from datetime import date

import pytest
from cp.distribution_blueprints.engine.live import Accepted
from cp.distribution_blueprints.engine.plan import is_stale
from cp.distribution_blueprints.engine.resources import Resource, version_hash

TODAY = date(2026, 3, 1)


def with_value(resources, key, **values):
    return tuple(replace(r, values={**r.values, **values}) if r.key == key else r
                 for r in resources)  # fmt: skip


def test_rename_by_hand_is_one_finding_and_no_new_record(applied_harness):
    """D-04: found by external id; told with who and when; reverted only when approved."""
    harness = applied_harness
    record_id = harness.id_of("pricelist")
    harness.odoo.by_hand("product.pricelist", record_id, name="Händler")
    line = harness.line("pricelist")
    assert (line.action, line.reason, line.record_id) == ("drift", "by_hand", record_id)
    [change] = line.changes
    assert (change.field, change.before, change.after) == ("name", "Händler", "Dealers")
    assert line.who == "User" and line.when.startswith("2026-01-01 ")
    outcome = harness.run(approved=())
    assert [(s.key, s.action, s.code) for s in outcome.skipped] == [
        ("pricelist", "drift", "not_approved")
    ]
    assert [row["name"] for row in harness.odoo.rows("product.pricelist")] == ["Händler"]
    assert harness.actions() == {"pricelist": ["drift"]}
    assert harness.run().state == "done" and harness.plan().is_empty
    assert [row["name"] for row in harness.odoo.rows("product.pricelist")] == ["Dealers"]


def test_accepted_drift_is_silent_until_it_expires(applied_harness):
    """D-04: an exception on one field, up to and including its last day."""
    harness = applied_harness
    harness.odoo.by_hand("product.pricelist", harness.id_of("pricelist"), name="H", factor=0.5)
    accepted = [Accepted("pricelist", "name", TODAY), Accepted("pricelist", "factor", TODAY)]
    plan = harness.plan(accepted=accepted, today=TODAY)
    assert plan.is_empty
    [line] = [line for line in plan.lines if line.key == "pricelist"]
    assert [(n.field, n.reason) for n in line.notes] == [("name", "accepted"),
                                                         ("factor", "accepted")]  # fmt: skip
    assert harness.actions(accepted=accepted, today=date(2026, 3, 2)) == {"pricelist": ["drift"]}
    assert harness.actions(accepted=accepted[:1], today=TODAY) == {"pricelist": ["drift"]}


def test_seed_field_is_only_noted(applied_harness):
    """D-04: set at creation, then the customer's."""
    harness = applied_harness
    harness.odoo.by_hand("stock.warehouse", harness.id_of("wh_main"), name="Hauptlager")
    line = harness.line("wh_main")
    assert line.action == "noop"
    assert [(n.field, n.before, n.reason) for n in line.notes] == [("name", "Hauptlager", "seed")]


def test_observed_field_is_never_written(make_harness):
    """D-04: compared only, at creation too."""
    harness = make_harness(resources=(
        Resource("record", "list", model="product.pricelist", natural=("name",),
                 values={"name": "L", "factor": 2.0}, ownership={"factor": "observed"}),
    ))  # fmt: skip
    assert harness.run().state == "done"
    assert harness.odoo.rows("product.pricelist")[0]["factor"] is None
    [note] = harness.line("list").notes
    assert (note.field, note.reason) == ("factor", "observed") and harness.plan().is_empty


def test_blueprint_change_and_hand_change_are_told_apart(applied_harness):
    """D-03, D-04: update where the blueprint moved, conflict where both did."""
    harness = applied_harness
    harness.resources = with_value(harness.resources, "pricelist", name="Trade", factor=0.7)
    assert harness.actions() == {"pricelist": ["update"]}
    assert {c.reason for c in harness.line("pricelist").changes} == {"desired"}
    harness.odoo.by_hand("product.pricelist", harness.id_of("pricelist"), name="Händler")
    assert harness.actions() == {"pricelist": ["update", "drift"]}
    drift = harness.plan().lines[-1]
    [drift] = [line for line in harness.plan().lines if line.action == "drift"]
    assert drift.reason == "conflict"
    harness.run(approved=())
    [row] = harness.odoo.rows("product.pricelist")
    assert (row["name"], row["factor"]) == ("Händler", 0.7)
    [drift] = [line for line in harness.plan().lines if line.action != "noop"]
    assert drift.reason == "conflict"  # a refused revert does not make it plain drift
    assert harness.run().state == "done" and harness.plan().is_empty


def test_hand_change_that_equals_the_new_version_is_no_finding(applied_harness):
    """D-04: both sides agree; the applied state catches up without a write."""
    harness = applied_harness
    harness.resources = with_value(harness.resources, "pricelist", name="Trade")
    harness.odoo.by_hand("product.pricelist", harness.id_of("pricelist"), name="Trade")
    assert harness.actions() == {"pricelist": ["adopt"]}
    harness.run()
    assert harness.transport.changes == [] and harness.plan().is_empty


def test_setting_switched_off_by_hand(applied_harness):
    """D-04: settings drift too; nobody is named because Odoo keeps no writer of them."""
    harness = applied_harness
    harness.odoo.settings["group_stock_adv_location"] = False
    line = harness.line("locations")
    assert (line.action, line.reason, line.who) == ("drift", "by_hand", "")
    assert harness.run().state == "done" and harness.plan().is_empty


def test_module_uninstalled_by_hand(applied_harness):
    """D-04: a question, not a reinstall."""
    harness = applied_harness
    [row] = harness.odoo.rows("ir.module.module", name="stock_account")
    row["state"] = "uninstalled"
    line = harness.line("stock_account")
    assert (line.action, line.reason) == ("drift", "uninstalled_on_tenant")


def test_deleted_archived_and_hidden_are_three_findings(applied_harness):
    """D-05: only a technical record that is really gone is made again unasked."""
    harness = applied_harness
    odoo = harness.odoo
    odoo.remove_by_hand("product.pricelist", harness.id_of("pricelist"))
    odoo.by_hand("product.category", harness.id_of("goods"), active=False)
    [south] = odoo.rows("stock.warehouse", code="SOUTH")
    south["company_id"] = 99
    lines = {line.key: (line.action, line.reason) for line in harness.plan().lines
             if line.action != "noop"}  # fmt: skip
    assert lines == {
        "pricelist": ("create", "deleted_on_tenant"),
        "goods": ("drift", "archived"),
        "wh_south": ("blocked", "hidden_on_tenant"),
    }
    assert harness.run().state == "refused"
    south["company_id"] = 1
    outcome = harness.run(approved=())
    assert outcome.state == "done" and len(odoo.rows("product.pricelist")) == 1
    assert not odoo.rows("product.category", name="Goods")[0]["active"]
    assert harness.run().state == "done" and harness.plan().is_empty
    assert odoo.rows("product.category", name="Goods")[0]["active"]


def test_deleted_business_record_is_asked_about(applied_harness):
    """D-05: and what refers to it waits too; with a yes it is made again."""
    harness = applied_harness
    harness.odoo.remove_by_hand("stock.warehouse", harness.id_of("wh_main"))
    line = harness.line("wh_main")
    assert (line.action, line.reason) == ("ask", "deleted_on_tenant")
    outcome = harness.run(approved={("wh_south", "drift")})
    assert {(s.key, s.code) for s in outcome.skipped} == {
        ("wh_main", "not_approved"), ("wh_south", "waits_for"),
    }  # fmt: skip
    assert len(harness.odoo.rows("stock.warehouse")) == 1
    assert harness.run().state == "done" and harness.plan().is_empty
    assert len(harness.odoo.rows("stock.warehouse")) == 2


def test_lost_external_id_is_no_deletion(applied_harness):
    """D-05: the id applied last leads back to the record, renamed or not."""
    harness = applied_harness
    record_id = harness.id_of("pricelist")
    [row] = harness.odoo.rows("ir.model.data", name="pricelist")
    del harness.odoo.tables["ir.model.data"][row["id"]]
    harness.odoo.by_hand("product.pricelist", record_id, name="Händler")
    line = harness.line("pricelist")
    assert (line.action, line.record_id, line.risk) == ("adopt", record_id, "adopt_overwrites")
    assert harness.run().state == "done"
    assert harness.id_of("pricelist") == record_id and harness.plan().is_empty


def test_lost_applied_state_is_taken_up_again(applied_harness):
    """D-01: a journal that was lost costs no record and no write."""
    harness = applied_harness
    harness.applied.clear()
    assert set(a for actions in harness.actions().values() for a in actions) == {"adopt"}
    assert harness.run().state == "done"
    assert harness.transport.changes == [] and harness.plan().is_empty


def test_external_id_of_ours_on_something_else(applied_harness):
    """D-02: a key that stands for another model is blocked, not taken over."""
    harness = applied_harness
    [row] = harness.odoo.rows("ir.model.data", name="pricelist")
    row["model"] = "res.company"
    assert harness.line("pricelist").reason == "external_id_taken"


@pytest.mark.parametrize("first", [True, False])
def test_stale_plan(harness, first):
    """D-03: a change on the tenant after planning, also after the very first plan."""
    if not first:
        harness.run()
    plan = harness.plan()
    version = version_hash(harness.resources)
    assert not is_stale(plan, harness.live(), harness.applied, version)
    assert is_stale(plan, harness.live(), harness.applied, "another version")
    assert is_stale(plan, harness.live(), {**harness.applied, "x": next(iter(
        harness.applied.values()), None) or _applied()}, version)  # fmt: skip
    harness.odoo.by_hand("product.category", 1, name="Waren")
    assert is_stale(plan, harness.live(), harness.applied, version)


def _applied():
    from cp.distribution_blueprints.engine.live import Applied

    return Applied("x", "record", "res.company", 1)


def test_unrelated_write_makes_no_plan_stale(applied_harness):
    """D-03: writer and time are told, not compared."""
    harness = applied_harness
    plan = harness.plan()
    harness.odoo.by_hand("product.pricelist", harness.id_of("pricelist"), active=True)
    version = version_hash(harness.resources)
    assert not is_stale(plan, harness.live(), harness.applied, version)


def test_two_resources_never_claim_one_record(make_harness):
    """D-02: two keys with the same natural key: the second is not adopted as well."""

    def record(key):
        return Resource("record", key, model="product.pricelist", natural=("name",),
                        values={"name": "Same"})  # fmt: skip

    harness = make_harness(resources=(record("a"), record("b")))
    harness.odoo.insert("product.pricelist", {"name": "Same"}, 7)
    assert harness.actions() == {"a": ["adopt"], "b": ["create"]}

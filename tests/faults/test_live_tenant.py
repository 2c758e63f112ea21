"""A real tenant: made, set up over JSON-2, changed by hand, ended (DB-002, TB-072, D-04).

What a transaction of a test cannot show: processes, databases, keys and HTTP as they are. About
two minutes.
"""

import json
import os
import signal
import socket
import time
import urllib.request
from contextlib import suppress
from http.cookiejar import CookieJar

import pytest
from controlplane import places, postgres

PREPARE = """
import json
from odoo.addons.partner_governance.tests.common import ProgramMixin
class P(ProgramMixin): pass
P.env = env(context={**env.context, "tracking_disable": True, "no_reset_password": True})
P.root = env["program.partner"]._ensure_root()
P.sub = P.node("Hanse ERP", "white_label")
tenant = P.env["hosting.tenant"].create(
    {"name": 'Nordwind "; DROP TABLE x; --', "program_node_id": P.sub.id}
).with_user(P.user(P.sub, "delivery"))
tenant.blueprint_version_id = P.env.ref("distribution_blueprints.multi_warehouse_1_0")
tenant.action_provision()
env.cr.commit()
env["ir.cron"].search([("code", "=", "model._cron_send()")]).method_direct_trigger()
env.cr.rollback()  # a new snapshot: the work was done by other transactions
tenant, operation = tenant.sudo(), tenant.sudo().operation_ids
print()
print(json.dumps({
    "tenant": tenant.id, "state": tenant.state, "error": operation.error,
    "database": operation.database, "url": tenant.environment_ids.url,
    "user": P.user(P.sub, "delivery").id,
}))
"""

AS_DELIVERY = """
import json
tenant = env["hosting.tenant"].browse({tenant}).with_user({user})
"""

PLAN_AND_APPLY = (
    AS_DELIVERY
    + """
plan = env["blueprint.plan"].browse(tenant.action_plan()["res_id"])
first = [(line.action, line.key) for line in plan.line_ids]
run = env["blueprint.run"].browse(plan.with_user({user}).action_apply()["res_id"])
env.cr.commit()
env["ir.cron"].search([("code", "=", "model._cron_send()")]).method_direct_trigger()
env.cr.rollback()  # a new snapshot: the work was done by other transactions
second = env["blueprint.plan"].browse(tenant.action_plan()["res_id"])
env.cr.commit()
print()
print(json.dumps({{
    "first": first, "state": run.state, "text": run.text, "second": second.state,
    "steps": run.step_ids.mapped("state"),
    "left": [(x.action, x.key, x.before, x.after) for x in second.line_ids if x.action != "noop"],
}}))
"""
)

PASSWORD = """
env["hosting.tenant"].browse({tenant}).environment_ids._local_set_password("admin", "{password}")
"""

DRIFT = (
    AS_DELIVERY
    + """
tenant.action_check_drift()
found = tenant.connection_ids.drift_ids.read(["key", "field_name", "before", "after", "who"])
plan = env["blueprint.plan"].browse(tenant.action_plan()["res_id"])
env.cr.commit()
lines = [(line.action, line.key) for line in plan.line_ids if line.action != "noop"]
print()
print(json.dumps({{"found": found, "lines": lines}}))
"""
)

ROTATE = """
import json
connection = env["hosting.tenant"].browse({tenant}).connection_ids
before = env["hosting.vault"]._decrypt(connection.key_encrypted)
connection.action_rotate_key()
env.cr.commit()
env["ir.cron"].search([("code", "=", "model._cron_send()")]).method_direct_trigger()
env.cr.rollback()  # a new snapshot: the work was done by other transactions
new = connection._transport().call("res.users", "context_get")
connection._set_key(before)
old = connection._transport().call("res.users", "context_get")
env.cr.rollback()
print()
print(json.dumps({{"new": new.kind, "old": getattr(old, "code", old.kind)}}))
"""

TERMINATE = """
import json
tenant = env["hosting.tenant"].browse({tenant})
tenant.action_terminate()
env.cr.commit()
env["ir.cron"].search([("code", "=", "model._cron_send()")]).method_direct_trigger()
env.cr.rollback()  # a new snapshot: the work was done by other transactions
print()
print(json.dumps({{"state": tenant.state, "error": tenant.operation_ids[:1].error}}))
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def allowed(monkeypatch):
    """A port that the address guard lets connections to."""
    port = free_port()
    monkeypatch.setenv("CONTROL_PLANE_LOCAL_PORT", str(port))
    monkeypatch.setenv("CONTROL_PLANE_ALLOW_HOSTS", f"localhost:{port}")
    return port


@pytest.fixture
def made(allowed, stage):
    """A tenant of the local provisioner; its process and database are gone afterwards."""
    yield stage.shell(PREPARE)
    # By what the database knows, so that a test that failed half-way leaves nothing either.
    for [database] in stage.sql("SELECT database FROM hosting_operation WHERE database <> ''"):
        pid_file = places.VAR / "tenants" / f"{database}.pid"
        with suppress(OSError, ValueError):
            os.kill(int(pid_file.read_text()), signal.SIGTERM)
            time.sleep(1)
        pid_file.unlink(missing_ok=True)
        postgres.drop(stage.server, database)


class Person:
    """Somebody who works in the tenant's own client."""

    def __init__(self, url, database, password):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        params = {"db": database, "login": "admin", "password": password}
        assert self.post("/web/session/authenticate", params)["uid"]

    def post(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
        request = urllib.request.Request(
            self.url + path, body, {"Content-Type": "application/json"}
        )
        with self.opener.open(request, timeout=60) as answer:
            data = json.load(answer)
        assert "error" not in data, data["error"]["data"]["message"]
        return data["result"]

    def call(self, model, method, *args):
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        return self.post("/web/dataset/call_kw", params)


def test_a_tenant_from_request_to_drift(stage, made):
    """TB-072, DB-002, DB-010, D-04, D-07: made, planned, applied, nothing left; renamed by hand."""
    assert made["state"] == "provisioned", made["error"]
    assert made["database"].startswith("tenant_")

    applied = stage.shell(PLAN_AND_APPLY.format(**made))
    assert applied["state"] == "done", applied["text"]
    assert ["create", "wh_hamburg"] in applied["first"]
    assert set(applied["steps"]) == {"ok"}
    assert (applied["second"], applied["left"]) == ("empty", [])

    stage.shell(PASSWORD.format(tenant=made["tenant"], password="by-hand-only"))
    person = Person(made["url"], made["database"], "by-hand-only")
    warehouses = person.call("stock.warehouse", "search_read", [], ["name", "delivery_steps"])
    assert {(row["name"], row["delivery_steps"]) for row in warehouses} == {
        ("Hamburg Central", "pick_pack_ship"),
        ("Bremen", "pick_ship"),
        ("Kiel", "ship_only"),
    }
    [bremen] = [row["id"] for row in warehouses if row["name"] == "Bremen"]
    person.call("stock.warehouse", "write", [bremen], {"name": "Bremen Airport"})

    drift = stage.shell(DRIFT.format(**made))
    [found] = drift["found"]
    assert (found["key"], found["field_name"]) == ("wh_bremen", "name")
    assert (found["before"], found["after"]) == ("Bremen", "Bremen Airport")
    assert found["who"] == "Administrator"
    assert drift["lines"] == [["drift", "wh_bremen"]]

    # D-07: after a rotation exactly one key works.
    keys = stage.shell(ROTATE.format(**made))
    assert keys == {"new": "ok", "old": "key_refused"}

    ended = stage.shell(TERMINATE.format(**made))
    assert ended["state"] == "terminated", ended["error"]
    assert made["database"] not in postgres.databases(stage.server)
    assert not (places.VAR / "tenants" / f"{made['database']}.pid").exists()

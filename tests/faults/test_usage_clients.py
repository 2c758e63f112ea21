"""Many clients report usage to a real server at once (R-20, R-34, R-35)."""

import json
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

PREPARE = """
import json
from datetime import timedelta
from odoo import fields
from odoo.addons.partner_governance.tests.common import ProgramMixin
class P(ProgramMixin): pass
P.env = env(context={**env.context, "tracking_disable": True, "no_reset_password": True})
P.root = env["program.partner"]._ensure_root()
P.sub = P.node("Hanse ERP", "white_label")
env["ir.config_parameter"].set_param("tenant_billing.usage_requests_per_minute", "1000000")
tenant = env["hosting.tenant"].create({"name": "Nordwind", "program_node_id": P.sub.id})
expires = fields.Datetime.now() + timedelta(days=1)
key = env["res.users.apikeys"].with_user(P.user(P.sub, "delivery"))._generate(
    "usage_ingest", "test", expires
)
env.cr.commit()
print(json.dumps({"tenant": tenant.usage_uuid, "key": key}))
"""


def report(port, key, events):
    """Status and results of one request."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/billing/usage/v1/events",
        data=json.dumps(events).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)["results"]
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def event(made, ident, value="70"):
    return {
        "specversion": "1.0",
        "id": ident,
        "source": "/hosts/fra-7",
        "type": "usage",
        "time": f"{datetime.now(timezone.utc):%Y-%m-%dT00:00:00Z}",
        "data": {"tenant": made["tenant"], "meter": "integration_messages", "value": value},
    }


def test_one_event_a_thousand_times_by_eight_clients(stage):
    """R-20: stored once; every client is told that it is there, and nobody meets a 5xx."""
    made = stage.shell(PREPARE)
    port = stage.serve()
    same = event(made, "the one")
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: report(port, made["key"], [same]), range(1000)))
    assert Counter(status for status, _ in answers) == {200: 1000}
    results = Counter(results[0]["status"] for _, results in answers)
    assert results == {"accepted": 1, "duplicate": 999}
    assert stage.sql("SELECT count(*), sum(value) FROM billing_usage_event") == [["1", "70"]]
    assert stage.sql("SELECT count(*) FROM billing_usage_key") == [["1"]]


def test_clients_report_one_tenant_at_once(stage):
    """R-35: eight clients, one tenant, one day: what was acknowledged is there, once, and the
    roll-up has all of it; a roll-up at the same time hinders nobody."""
    made = stage.shell(PREPARE)
    port = stage.serve()
    batches = [[event(made, f"{batch}/{n}", "1") for n in range(200)] for batch in range(60)]
    roll_up = stage.start_shell(
        "import time\n"
        "for _ in range(20):\n"
        "    env['billing.usage.bucket']._roll_up_pending()\n"
        "    env.cr.commit()\n"
        "    time.sleep(0.2)\n"
    )
    began = time.monotonic()
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda batch: report(port, made["key"], batch), batches))
    took = time.monotonic() - began
    assert Counter(status for status, _ in answers) == {200: 60}
    taken = sum(each["status"] == "accepted" for _, results in answers for each in results)
    print(f"{taken / took:.0f} events/s over HTTP")
    assert taken == 12_000
    output = roll_up.communicate()[0]
    assert "Error" not in output, output
    stage.shell("while env['billing.usage.bucket']._roll_up_pending(): env.cr.commit()\n")
    assert stage.sql("SELECT count(*), sum(value) FROM billing_usage_event") == [["12000", "12000"]]
    assert stage.sql("SELECT count, sum FROM billing_usage_bucket") == [["12000", "12000"]]
    assert stage.sql("SELECT count(*) FROM billing_usage_pending") == [["0"]]


def test_a_key_revoked_while_clients_report(stage):
    """R-34: from the moment it is revoked nothing more is stored; every 200 is."""
    made = stage.shell(PREPARE)
    port = stage.serve()

    def client(number):
        return report(port, made["key"], [event(made, f"{number}/{n}", "1") for n in range(20)])

    with ThreadPoolExecutor(4) as clients:
        running = [clients.submit(client, number) for number in range(40)]
        stage.sql("DELETE FROM res_users_apikeys")
        answers = [future.result() for future in running]
        answers += [client(number) for number in range(40, 44)]
    assert {status for status, _ in answers} <= {200, 401}
    assert [status for status, _ in answers[-4:]] == [401] * 4
    stored = 20 * sum(status == 200 for status, _ in answers)
    assert stage.sql("SELECT count(*) FROM billing_usage_event") == [[str(stored)]]

"""TB-070: one offer, answered at the same moment from several places."""

import json
import re
import threading
import urllib.request

OFFER = """
import json
from odoo.addons.tenant_billing.tests.common import BillingMixin
class B(BillingMixin): pass
B.env = env
B.build_billing()
env = B.env
offer = B.offer(B.sub)
offer.action_send()
env.cr.commit()
print(json.dumps({"id": offer.id, "token": offer.access_token}))
"""
STATE = """
import json
offer = env["billing.offer"].browse({ident})
count = env["billing.subscription"].search_count([("deal_id", "=", offer.deal_id.id)])
books = env["billing.price.book"].search_count([("audience", "=", "agreed")])
mails = env["program.outbox"].search_count([("kind", "=", "offer_signed")])
print(json.dumps([offer.state, offer.signed_by, count, books, mails]))
"""
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


def test_six_tabs_sign_at_once(stage):
    """TB-070: one signature, one subscription, one list of prices; everybody is thanked."""
    made = stage.shell(OFFER)
    port = stage.serve()
    url = f"http://127.0.0.1:{port}/my/hosting-offers/{made['id']}"
    # The first page compiles what the server needs, so that the answers come at once.
    with urllib.request.urlopen(f"{url}?access_token={made['token']}", timeout=120) as page:
        read_as = re.search(r"read_as=(\w+)", page.read().decode())[1]
    gate, answers = threading.Barrier(6), []

    def sign(number):
        body = {
            "access_token": made["token"],
            "name": f"Tab {number}",
            "signature": SIGNATURE,
            "read_as": read_as,
        }
        request = urllib.request.Request(
            f"{url}/accept",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": body}).encode(),
            headers={"Content-Type": "application/json"},
        )
        gate.wait()
        with urllib.request.urlopen(request, timeout=120) as answer:
            answers.append(json.load(answer))

    threads = [threading.Thread(target=sign, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert all("answer=signed" in answer["result"]["redirect_url"] for answer in answers), answers
    state, who, subscriptions, books, mails = stage.shell(STATE.format(ident=made["id"]))
    assert (state, subscriptions, books, mails) == ("accepted", 1, 1, 1)
    assert who.startswith("Tab ")

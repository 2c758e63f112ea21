import json
import time

from odoo.tests import HttpCase, tagged

from ..adapters import webhook
from ..adapters.pinned import Answer, ExchangeError
from .hosting import API_KEY, HostingCase

SECRET = "whsec-for-tests"


class TestHostingWebhook(HostingCase):
    def setUp(self):
        super().setUp()
        self.sent = []
        self.answer = Answer(202, "application/json", b"{}")
        hook = self.env["hosting.provisioner"].create(
            {
                "name": "Hosting team",
                "kind": "webhook",
                "url": "https://hosting.example.com",
                "program_node_id": self.root.id,
            }
        )
        hook.new_secret = SECRET
        self.hook = hook
        profile = self.env["hosting.profile"].create({"name": "H", "provisioner_id": hook.id})
        self.tenant_record = self.tenant(profile_id=profile.id)
        self.tenant_record.action_provision()
        self.operation = self.tenant_record.operation_ids
        self.patch(webhook, "exchange", self.exchange)
        self.patch(webhook, "resolve", lambda host, port: ["93.184.216.34"])
        webhook.send.__kwdefaults__["resolver"] = webhook.resolve
        self.addCleanup(webhook.send.__kwdefaults__.update, resolver=webhook.resolve)

    def exchange(self, method, url, headers, body, **_options):
        self.sent.append((url, headers, body))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def post_back(self, data, signature=None, secret=SECRET):
        body = json.dumps(data).encode()
        signature = signature or webhook.sign(secret, body, int(time.time()))
        return self.hook._webhook_result(self.operation.uuid, body, signature)

    def test_signed_event_goes_out_once_and_names_the_operation(self):
        """TB-072: HMAC over time and body, to the checked address, with the operation id."""
        self.carry_out(self.operation)
        [(url, headers, body)] = self.sent
        self.assertEqual(url, "https://93.184.216.34:443/control-plane/operation")
        signature = headers[webhook.SIGNATURE]
        now = int(time.time())
        self.assertTrue(webhook.verify(SECRET, body, signature, now))
        self.assertFalse(webhook.verify(SECRET, body + b" ", signature, now))
        self.assertFalse(webhook.verify("other", body, signature, now))
        self.assertFalse(webhook.verify(SECRET, body, signature, now + 301))
        self.assertEqual(json.loads(body)["operation"], self.operation.uuid)
        self.assertNotIn(SECRET.encode(), body)
        self.assertEqual(self.operation.state, "running")

    def test_result_comes_back_once(self):
        """TB-072: the result opens the connection; the same again changes nothing."""
        self.carry_out(self.operation)
        result = {"url": "https://acme.example.com", "database": "acme", "key": API_KEY}
        self.assertEqual(self.post_back({"state": "running", "progress": "half"}), 200)
        self.assertEqual(self.operation.progress, "half")
        self.assertEqual(self.post_back({"state": "done", "result": result}), 200)
        self.assertEqual(self.operation.state, "done", self.operation.error)
        self.assertEqual(self.tenant_record.state, "provisioned")
        self.assertTrue(self.tenant_record.connection_ids.has_key)
        self.assertNotIn(API_KEY, str(self.operation.read()))
        self.assertEqual(self.post_back({"state": "failed", "error": "late"}), 200)
        self.assertEqual(self.operation.state, "done")

    def test_unsigned_results_are_refused(self):
        """TB-072: a wrong secret, an old signature, an unknown operation, no JSON."""
        self.carry_out(self.operation)
        self.assertEqual(self.post_back({"state": "done"}, secret="guess"), 401)
        self.assertEqual(self.post_back({"state": "done"}, signature="t=1,v1=" + "0" * 64), 401)
        body = b"[]"
        good = webhook.sign(SECRET, body, int(time.time()))
        self.assertEqual(self.hook._webhook_result("nobody", body, good), 404)
        self.assertEqual(self.hook._webhook_result(self.operation.uuid, body, good), 400)
        self.assertEqual(self.operation.state, "running")

    def test_no_answer_is_tried_again_and_a_refusal_is_not(self):
        """TB-072: the outbox repeats what got no answer, with the same operation id."""
        self.answer = ExchangeError("timeout", True)
        self.assertIsInstance(self.carry_out(self.operation), ExchangeError)
        self.assertEqual(self.operation.state, "running")
        self.answer = Answer(410, "text/plain", b"")
        self.carry_out(self.operation)
        self.assertEqual(self.operation.state, "failed")
        ids = {json.loads(body)["operation"] for _url, _headers, body in self.sent}
        self.assertEqual(ids, {self.operation.uuid})


@tagged("standard", "-at_install", "post_install")
class TestHostingRoute(HttpCase):
    def test_route_asks_for_a_signature(self):
        """TB-072: the route exists, takes POST alone, and tells nothing without a signature."""
        url = "/hosting/operation/00000000-0000-0000-0000-000000000000"
        self.assertEqual(self.url_open(url, data=b"{}").status_code, 404)
        self.assertEqual(self.url_open(url).status_code, 405)

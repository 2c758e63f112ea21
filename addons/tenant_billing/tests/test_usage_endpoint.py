import json

from odoo.tests import HttpCase, tagged

from .usage import UsageMixin


@tagged("standard", "-at_install", "post_install")
class TestUsageEndpoint(UsageMixin, HttpCase):
    """TB-032: usage comes in once, or is told why not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_usage()

    def test_without_a_key_of_the_scope(self):
        """X-11: no key, a wrong one and one of another scope open nothing."""
        other = self.key_of(self.user(self.sub, "delivery"), scope="rpc")
        for key in (False, "0" * 40, "short", other):
            response = self.post(self.event(), key=key)
            self.assertEqual(response.status_code, 401)
        self.assertFalse(self.env["billing.usage.event"].search([]))

    def test_single_batch_and_plain_list(self):
        """TB-032: three forms of one request."""
        one = self.post(self.event("a"), kind="application/cloudevents+json")
        self.assertEqual(self.statuses(one), ["accepted"])
        batch = self.post(
            [self.event("b"), self.event("c")], kind="application/cloudevents-batch+json"
        )
        self.assertEqual(self.statuses(batch), ["accepted", "accepted"])
        self.assertEqual(self.statuses(self.post([self.event("d")])), ["accepted"])
        self.env["billing.usage.bucket"]._roll_up_pending()
        bucket = self.env["billing.usage.bucket"].search([("tenant_id", "=", self.tenant.id)])
        self.assertEqual((bucket.count, bucket.sum, bucket.max, bucket.last), (4, 280, 70, 70))

    def test_a_repeat_changes_nothing_and_another_payload_is_a_conflict(self):
        """TB-032, R-21: the same event counts once, in one batch too; another payload is told."""
        self.assertEqual(
            self.statuses(self.post([self.event(), self.event()])), ["accepted", "duplicate"]
        )
        self.assertEqual(self.statuses(self.post(self.event(value=70))), ["duplicate"])
        self.assertEqual(self.statuses(self.post(self.event(value="71")), 409), ["conflict"])
        self.assertEqual(self.statuses(self.post([self.event(value="71")])), ["conflict"])
        event = self.env["billing.usage.event"].search([("tenant_id", "=", self.tenant.id)])
        self.assertEqual(event.mapped("value"), [70.0])

    def test_a_foreign_tenant_is_rejected(self):
        """X-05, R-33: a key reports the tenants that its user reaches, and learns of no other."""
        foreign = self.key_of(self.user(self.stranger, "delivery"))
        unknown = self.post(self.event(tenant=None), key=foreign).json()["results"][0]
        made_up = self.event()
        made_up["data"]["tenant"] = "no such tenant"
        nothing = self.post(made_up, key=foreign).json()["results"][0]
        self.assertEqual(unknown, nothing)
        self.assertEqual(unknown["status"], "rejected")
        self.assertEqual(self.post(made_up, key=foreign).status_code, 404)
        self.assertFalse(self.env["billing.usage.event"].search([]))

    def test_a_bad_event_is_rejected_beside_good_ones(self):
        """R-32: each event of a batch gets its own answer, and the good ones are taken."""
        bad = [
            self.event("no value", value=None),
            self.event("minus", value="-1"),
            self.event("huge", value="1e30"),
            self.event("text", value="much"),
            self.event("nan", value="NaN"),
            self.event("meter", meter="users"),
            self.event("environment", environment="moon"),
            {**self.event("far"), "time": "2019-02-05T08:00:00Z"},
            {**self.event("local"), "time": "2026-02-05T08:00:00"},
            {**self.event("version"), "specversion": "0.3"},
            {**self.event("zero"), "source": "a\x00b"},
            {**self.event(), "id": 7},
            {**self.event("data"), "data": []},
            "text",
            None,
        ]
        results = self.post([*bad, self.event("good")]).json()["results"]
        self.assertEqual(
            [each["status"] for each in results], ["rejected"] * len(bad) + ["accepted"]
        )
        self.assertTrue(all(each["error"] for each in results[:-1]))

    def test_bad_bodies_are_refused_with_4xx(self):
        """R-26, R-30: never a 5xx, never a traceback."""
        cases = (
            (b" ", 400),
            (b"{", 400),
            (b"\xff\xfe", 400),
            (b"7", 400),
            (b'{"value": NaN}', 400),
            (b"[" * 100000, 400),
            (b"[" + b" " * (1024 * 1024) + b"]", 413),
            (json.dumps([{}] * 1001).encode(), 413),
        )
        for body, status in cases:
            with self.subTest(body[:20]):
                response = self.post(body)
                self.assertEqual(response.status_code, status)
                self.assertNotIn("Traceback", response.text)
        self.assertEqual(self.post(b"a=1", kind="text/plain").status_code, 415)
        response = self.post([self.event()], kind="application/cloudevents+json")
        self.assertEqual(response.status_code, 400)

    def test_the_button_makes_such_a_key(self):
        """TB-032: a key of one's own for this endpoint alone, shown once."""
        tenant = self.tenant.with_user(self.user(self.sub, "delivery"))
        action = tenant.action_usage_key()
        key = action["context"]["default_key"]
        self.assertEqual(self.statuses(self.post(self.event("button"), key=key)), ["accepted"])
        response = self.url_open(
            "/json/2/res.partner/search",
            data=b'{"domain": []}',
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
        )
        self.assertEqual(response.status_code, 401)

    def test_the_statement_as_json(self):
        """TB-030: the buyer takes its charges into its own books; nobody else does."""
        self.run_billing("2026-02-01")
        statement = self.env["billing.statement"].search([("seller_id", "=", self.master.id)])
        url = f"/billing/statement/{statement.id}.json"
        self.authenticate(f"finance.{self.sub.id}", f"finance.{self.sub.id}")
        body = self.url_open(url).json()
        self.assertEqual(body["seller"], self.master.name)
        self.assertEqual(
            sum(float(charge["amount"]) for charge in body["charges"]), float(body["total"])
        )
        for node, role in ((self.stranger, "finance"), (self.sub, "delivery")):
            self.authenticate(f"{role}.{node.id}", f"{role}.{node.id}")
            self.assertEqual(self.url_open(url).status_code, 404)

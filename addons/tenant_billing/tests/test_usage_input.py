"""What hostile, broken and impatient clients send to the usage endpoint."""

import gzip
import json
import time
import zlib
from datetime import datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..engine.zones import UTC
from .usage import UsageMixin


@tagged("standard", "-at_install", "post_install")
class TestUsageInput(UsageMixin, HttpCase):
    """R-24 to R-35: bounds on time, value, size and pace; never a 5xx for bad input."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_usage()

    def values(self):
        self.env.cr.execute("SELECT value::text FROM billing_usage_event ORDER BY id")
        return [value for (value,) in self.env.cr.fetchall()]

    def test_events_out_of_time(self):
        """R-24: ten minutes ahead and 35 days back, or as the parameter says; with the reason."""
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("tenant_billing.allow_future_as_of", False)
        now = datetime.now(UTC)
        cases = (
            (timedelta(minutes=9), 200, None),
            (timedelta(minutes=11), 400, "time lies more than 10 minutes ahead of the clock."),
            (timedelta(days=365), 400, "time lies more than 10 minutes ahead of the clock."),
            (-timedelta(days=34, hours=23), 200, None),
            (-timedelta(days=35, hours=1), 400, "time lies more than 35 days back."),
        )
        for number, (shift, status, error) in enumerate(cases):
            with self.subTest(shift):
                event = {**self.event(str(number)), "time": (now + shift).isoformat()}
                (result,) = self.results(self.post(event), status)
                self.assertEqual(result["error"], error)
        parameters.set_param("tenant_billing.usage_oldest_days", "2")
        event = {**self.event("old"), "time": (now - timedelta(days=3)).isoformat()}
        (result,) = self.results(self.post(event), 400)
        self.assertEqual((result["code"], result["field"]), ("usage_too_old", "time"))
        self.assertEqual(len(self.values()), 2)

    def test_not_a_number_is_never_stored(self):
        """R-26: refused by the reader, and by the database whoever writes."""
        body = json.dumps(self.event()).replace('"70"', "%s")
        for literal in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999"):
            with self.subTest(literal):
                self.assertEqual(self.post((body % literal).encode()).status_code, 400)
        self.assertFalse(self.values())
        self.assertEqual(self.statuses(self.post(self.event())), ["accepted"])
        for wrong in ("NaN", "-1", "1e12"):
            with self.subTest(wrong), self.assertRaises(CheckViolation):
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    self.env.cr.execute("UPDATE billing_usage_event SET value = %s", [wrong])

    def test_big_tiny_and_zero_are_exact(self):
        """R-27, R-28, R-29: nine decimals below 10¹², no float on the way; -0.0 is 0."""
        body = json.dumps(self.event("%s")).replace('"70"', "%s")
        cases = (
            ("1e9", "1000000000"),
            ("999999999999.999999999", "999999999999.999999999"),
            ("12345678901.123456789", "12345678901.123456789"),
            ("1e-9", "0.000000001"),
            ("0", "0"),
            ("-0.0", "0"),
            ("0e-99", "0"),
            ('"0e99"', "0"),
        )
        for number, (literal, _) in enumerate(cases):
            answer = self.post((body % (number, literal)).encode())
            self.assertEqual(self.statuses(answer), ["accepted"], literal)
        stored = [f"{float(value):.9f}" for _, value in cases]
        self.assertEqual([f"{float(value):.9f}" for value in self.values()], stored)
        self.assertEqual(self.values()[1], "999999999999.999999999")
        self.assertEqual(self.values()[2], "12345678901.123456789")

    def test_negative_usage_is_refused(self):
        """R-28: the policy: usage is measured, not corrected; a correction is a credit."""
        for value in (-5, "-5", "-0.000000001"):
            (result,) = self.results(self.post(self.event(value=value)), 400)
            self.assertEqual(result["code"], "usage_negative")

    def test_bodies_of_every_kind_of_wrong(self):
        """R-30: 4xx at once, and what is packed is not unpacked."""
        good = json.dumps(self.event()).encode()
        repeated = good.replace(b'"id": "e1"', b'"id": "e1", "id": "e2"')
        deep = b'{"data":' * 10_000 + b"1" + b"}" * 10_000
        long = json.dumps(self.event("x" * 1_000_000)).encode()
        cases = (
            ("strings", b'"text"', {}, 400),
            ("null", b"null", {}, 400),
            ("bool", b"true", {}, 400),
            ("list of lists", b"[[[]]]", {}, 200),
            ("empty list", b"[]", {}, 200),
            ("10 MB", b"[" + b" " * 10_000_000 + b"]", {}, 413),
            ("depth 10,000", deep, {}, 400),
            ("key twice", repeated, {}, 400),
            ("long number", b"[" + b"9" * 900_000 + b"]", {}, 400),
            ("long name", long, {}, 400),
            ("latin-1", good, {"kind": "application/json; charset=latin-1"}, 415),
            ("utf-16", good.decode().encode("utf-16"), {}, 400),
            ("form", good, {"kind": "application/x-www-form-urlencoded"}, 415),
            ("gzip", gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"}, 415),
            ("deflate", zlib.compress(good), {"Content-Encoding": "deflate"}, 415),
        )
        for name, body, headers, status in cases:
            with self.subTest(name):
                began = time.monotonic()
                response = self.post(body, **headers)
                self.assertEqual(response.status_code, status, response.text[:200])
                self.assertNotIn("Traceback", response.text)
                self.assertLess(time.monotonic() - began, 2)
        self.assertFalse(self.values())

    def test_a_request_by_get_or_without_a_body(self):
        """R-30: other methods of HTTP are refused."""
        self.assertEqual(self.url_open("/billing/usage/v1/events").status_code, 405)

    def test_names_with_letters_that_break_things(self):
        """R-31: NUL, a lone surrogate, text that turns its direction and a long name are refused
        and echoed without harm; an emoji is a letter."""
        for ident in ("a\x00b", "a\ud800", "a\u202eb", "x" * 201, "\n"):
            for field in ("id", "tenant", "meter", "environment", "value", "dimensions"):
                with self.subTest(ident=ascii(ident[:5]), field=field):
                    value = {"disk": ident} if field == "dimensions" else ident
                    event = self.event()
                    (event if field == "id" else event["data"])[field] = value
                    (result,) = self.results(self.post(event), 400)
                    self.assertIn(result["code"], ("usage_text", "usage_printable"))
                    self.assertIn(field, result["field"])
        self.assertEqual(self.statuses(self.post(self.event("Größe 🚀"))), ["accepted"])
        self.assertEqual(self.statuses(self.post(self.event("Größe 🚀"))), ["duplicate"])

    def test_a_batch_with_one_bad_event_can_be_sent_again(self):
        """R-32: 99 are taken, one is told; the mended batch takes the one."""
        batch = [self.event(str(number)) for number in range(100)]
        batch[42]["data"]["value"] = "-1"
        expected = ["accepted"] * 100
        expected[42] = "rejected"
        self.assertEqual(self.statuses(self.post(batch)), expected)
        batch[42]["data"]["value"] = "1"
        expected = ["duplicate"] * 100
        expected[42] = "accepted"
        self.assertEqual(self.statuses(self.post(batch)), expected)
        self.assertEqual(len(self.values()), 100)

    def test_what_a_key_may_not_report_reads_like_what_is_not_there(self):
        """R-33: another partner's tenant, one of the branch that is only read, a made-up one,
        a meter that is none."""
        master = self.key_of(self.user(self.master, "sales"))
        for key in (self.key_of(self.user(self.stranger, "delivery")), master):
            foreign = self.post(self.event(), key=key)
            nothing = self.event()
            nothing["data"]["tenant"] = "00000000-0000-0000-0000-000000000000"
            self.assertEqual(
                self.results(self.post(nothing, key=key), 404), foreign.json()["results"]
            )
        (result,) = self.results(self.post(self.event(meter="none")), 404)
        self.assertEqual(result["field"], "data.meter")
        self.assertFalse(self.values())

    def test_an_environment_by_name_or_by_its_only_kind(self):
        """R-33: what could mean two environments is not guessed."""
        self.env["hosting.environment"].create(
            [
                {"tenant_id": self.tenant.id, "name": name, "kind": kind}
                for name, kind in (("main", "production"), ("a", "staging"), ("b", "staging"))
            ]
        )
        names = ("main", "production", "a", "b", "staging", "sandbox")
        events = [self.event(name, environment=name) for name in names]
        self.assertEqual(self.statuses(self.post(events)), ["accepted"] * 4 + ["rejected"] * 2)
        kinds = self.env["billing.usage.event"].search([], order="id").environment_id.mapped("name")
        self.assertEqual(kinds, ["main", "a", "b"])

    def test_usage_after_the_end_is_kept(self):
        """R-33: an ended subscription loses nothing: its usage is kept, and nobody is billed."""
        self.tenant.subscription_ids.action_end("2026-02-01")
        self.assertEqual(self.statuses(self.post(self.event())), ["accepted"])
        self.run_billing("2026-03-01")
        charges = self.env["billing.charge"].search([("component_code", "=", "storage")])
        self.assertFalse(charges)

    def test_keys_that_open_nothing(self):
        """R-34: of another scope, expired, revoked, of a person who left, or no key at all."""
        user = self.user(self.sub, "delivery")
        keys = {
            name: self.key_of(user, scope)
            for name, scope in (
                ("scope", "rpc"),
                ("expired", "usage_ingest"),
                ("revoked", "usage_ingest"),
            )
        }
        self.assertEqual(
            self.statuses(self.post(self.event("0"), key=keys["revoked"])), ["accepted"]
        )
        mine = self.env["res.users.apikeys"].search([("user_id", "=", user.id)], order="id")
        self.env.cr.execute(
            "UPDATE res_users_apikeys SET expiration_date = now() - interval '1 day' WHERE id = %s",
            [mine[-2].id],
        )
        mine[-1].sudo()._remove()
        gone = self.key_of(self.user(self.sub, "finance"))
        self.user(self.sub, "finance").active = False
        wrong = {
            "none": "",
            "letters": "ä" * 40,
            "blank": "a b",
            "long": "a" * 10_000,
            "gone": gone,
        }
        for name, key in {**keys, **wrong}.items():
            with self.subTest(name):
                headers = {"Authorization": f"Bearer {key}".encode()}
                response = self.post([self.event("1"), self.event("2")], key=False, **headers)
                self.assertEqual(response.status_code, 401)
                self.assertIn("Bearer", response.headers["WWW-Authenticate"])
        self.assertEqual(len(self.values()), 1)

    def test_too_many_requests(self):
        """R-35: backpressure by key; what was acknowledged is stored, others go on."""
        self.env["ir.config_parameter"].sudo().set_param(
            "tenant_billing.usage_requests_per_minute", "3"
        )
        key = self.key_of(self.user(self.sub, "sales"))
        answers = [self.post([self.event(str(number))], key=key) for number in range(5)]
        self.assertEqual([each.status_code for each in answers], [200, 200, 200, 429, 429])
        self.assertGreaterEqual(int(answers[-1].headers["Retry-After"]), 1)
        self.assertEqual(answers[-1].json()["code"], "usage_throttled")
        self.assertEqual(self.post([self.event("other")]).status_code, 200)
        self.assertEqual(self.post([self.event("none")], key="wrong").status_code, 401)

    def test_a_unit_of_a_thousand_events(self):
        """R-35: one request holds 1,000 events, in a number of queries that does not grow."""

        def queries(count, label):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            Event = self.env["billing.usage.event"].with_user(self.user(self.sub, "delivery"))
            answers = Event._ingest([self.event(f"{label}{number}") for number in range(count)])
            self.assertEqual({each["status"] for each in answers}, {"accepted"})
            return self.env.cr.sql_log_count - before

        queries(1, "warm")
        few = queries(10, "few")
        self.assertLessEqual(queries(1000, "many"), few)

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from odoo import Command
from odoo.exceptions import ValidationError

from ..adapters.facts import read_facts
from ..engine.scenario import output, parse
from ..engine.zones import UTC
from .common import BillingCase


class TestUsageRating(BillingCase):
    """Usage becomes money once, whatever way it takes into the rating."""

    def roll_up(self):
        while self.env["billing.usage.bucket"]._roll_up_pending():
            pass

    def bucket(self, tenant, **domain):
        return self.env["billing.usage.bucket"].search(
            [("tenant_id", "=", tenant.id), *((name, "=", value) for name, value in domain.items())]
        )

    def storage(self, subscription, seller=None):
        """Storage booked on the retail leg, or on the leg of ``seller``, by period."""
        leg = subscription.leg_ids.filtered(
            lambda one: one.seller_id == seller if seller else one.customer_id
        )
        charges = leg.charge_ids.filtered(lambda one: one.component_code == "storage")
        return [
            (str(one.period_start), one.amount) for one in charges.sorted("period_start, revision")
        ]

    def agree(self, subscription, as_of):
        """The ledger, rated by days where they do, is what the simulator says of all events."""
        for leg in subscription.leg_ids:
            document = subscription._scenario(leg, date.fromisoformat(as_of))
            total = Decimal(output(parse(document))["total"])
            booked = sum(Decimal(str(amount)) for amount in leg.charge_ids.mapped("amount"))
            self.assertEqual(booked, total, leg.display_name)

    def test_days_give_what_events_give(self):
        """R-39, R-18: every aggregation, over the day of 23 hours, out of order, and with a level
        at midnight; rated by days it is to the cent what the simulator says of the events."""
        kinds = ("sum", "max", "last", "time_weighted_average", "unique_count")
        meters = self.env["billing.meter"].create(
            [{"name": kind, "code": f"m_{kind}", "aggregation": kind} for kind in kinds]
        )
        self.plan.component_ids = [
            Command.create(
                {"code": one.code, "name": one.name, "kind": "metered", "meter_id": one.id}
            )
            for one in meters
        ]
        for book in (self.book_master, self.book_sub, self.book_retail):
            book.price_ids = [
                Command.create({"code": one.code, "amount": 0.37, "included": 3}) for one in meters
            ]
        subscription = self.subscription(start="2026-02-11", timezone="Europe/Berlin")
        chance = random.Random(7)
        berlin_midnight = datetime(2026, 3, 28, 23, tzinfo=UTC)
        moments = [
            berlin_midnight + timedelta(seconds=chance.randint(-2_500_000, 3_000_000))
            for _ in range(120)
        ] + [berlin_midnight, berlin_midnight + timedelta(hours=23)]
        for number, moment in enumerate(moments):
            for meter in meters:
                answer = self.usage(
                    subscription.tenant_id,
                    str(chance.randint(0, 400) / 8),
                    moment.isoformat(),
                    f"{meter.code}{number}",
                    meter.code,
                )
                self.assertEqual(answer, "accepted")
        self.roll_up()
        facts = read_facts(subscription, datetime(2026, 6, 1))
        for meter in meters:
            (stream,) = facts.usage[subscription.tenant_id.id, meter.id]
            self.assertEqual(bool(stream.events), meter.aggregation == "unique_count")
        self.run_billing("2026-05-20")
        self.agree(subscription, "2026-05-20")

    def test_what_is_not_rolled_up_yet_counts_too(self):
        """R-23: an event that came a moment ago is in the next run, rolled up or not."""
        subscription = self.subscription(start="2026-01-01")
        tenant = subscription.tenant_id
        self.usage(tenant, 60, "2026-01-10T00:00:00Z")
        self.roll_up()
        self.usage(tenant, 80, "2026-01-10T06:00:00Z")
        self.assertEqual(self.bucket(tenant).max, 60)
        self.run_billing("2026-02-01")
        self.assertEqual(self.storage(subscription), [("2026-01-01", 6.0)])
        self.roll_up()
        self.assertEqual(self.bucket(tenant).mapped(lambda one: (one.count, one.max)), [(2, 80)])
        self.assertFalse(self.env["billing.usage.pending"].search([]))
        self.run_billing("2026-02-02")
        self.assertEqual(self.storage(subscription), [("2026-01-01", 6.0)])

    def test_days_follow_the_zone_of_the_subscription(self):
        """R-18: what came before the subscription began is cut anew at its midnights, and rated
        right before that too."""
        offer = self.offer(self.sub, start="2026-01-01", timezone="America/New_York")
        tenant = self.env["hosting.tenant"].create(
            {"name": "Early", "program_node_id": self.sub.id}
        )
        self.usage(tenant, 60, "2026-01-31T23:00:00Z")
        self.usage(tenant, 90, "2026-02-01T03:00:00Z")
        self.roll_up()
        self.assertEqual(len(self.bucket(tenant)), 2)
        subscription = self.win(offer)
        subscription.tenant_id = tenant
        self.run_billing("2026-02-01")
        self.assertEqual(self.storage(subscription), [("2026-01-01", 8.0)])
        self.assertEqual(self.env["billing.usage.bucket"]._cut_anew(), 1)
        day = self.bucket(tenant)
        self.assertEqual((str(day.day), day.count, day.last), ("2026-01-31", 2, 90))
        self.assertEqual(tenant.usage_timezone, "America/New_York")
        self.assertEqual(self.env["billing.usage.bucket"]._cut_anew(), 0)
        self.run_billing("2026-02-02")
        self.assertEqual(self.storage(subscription), [("2026-01-01", 8.0)])

    def test_environments_and_dimensions_add_up(self):
        """TB-003, TB-004: 70 GB in production and 30 in staging are 100, each holding until its
        own next event; the days show them apart."""
        subscription = self.subscription(start="2026-01-01")
        tenant = subscription.tenant_id
        self.env["hosting.environment"].create(
            [
                {"tenant_id": tenant.id, "name": kind, "kind": kind}
                for kind in ("production", "staging")
            ]
        )
        self.usage(tenant, 70, "2026-01-10T00:00:00Z", "a", environment="production")
        self.usage(tenant, 20, "2026-01-11T00:00:00Z", "b", environment="staging")
        self.usage(
            tenant,
            10,
            "2026-01-11T00:00:00Z",
            "c",
            environment="staging",
            dimensions={"disk": "ssd"},
        )
        self.usage(tenant, 40, "2026-01-12T00:00:00Z", "d", environment="production")
        self.roll_up()
        rows = self.bucket(tenant).mapped(
            lambda one: (str(one.day), one.environment_id.kind, one.dimensions_key, one.last)
        )
        self.assertEqual(
            sorted(rows),
            [
                ("2026-01-10", "production", "", 70),
                ("2026-01-11", "staging", "", 20),
                ("2026-01-11", "staging", "disk=ssd", 10),
                ("2026-01-12", "production", "", 40),
            ],
        )
        self.run_billing("2026-03-01")
        self.agree(subscription, "2026-03-01")
        self.assertEqual(self.storage(subscription), [("2026-01-01", 10.0), ("2026-02-01", 4.0)])

    def test_environments_are_priced_by_type(self):
        """TB-004: one meter, a component for each type of environment."""
        meter = self.env.ref("tenant_billing.meter_environment")
        self.plan.component_ids = [
            Command.create(
                {
                    "code": f"env_{name}",
                    "name": name,
                    "stream": "environment",
                    "kind": "metered",
                    "meter_id": meter.id,
                    "dimension_filter": wanted,
                }
            )
            for name, wanted in (
                ("production", "environment=production"),
                ("other", "environment=staging\nenvironment=sandbox"),
            )
        ]
        for book in (self.book_master, self.book_sub, self.book_retail):
            book.price_ids = [
                Command.create({"code": "env_production", "amount": 50}),
                Command.create({"code": "env_other", "amount": 15}),
            ]
        subscription = self.subscription(start="2026-01-01")
        tenant = subscription.tenant_id
        kinds = ("production", "staging", "sandbox")
        self.env["hosting.environment"].create(
            [{"tenant_id": tenant.id, "name": kind, "kind": kind} for kind in kinds]
        )
        for kind, count in zip(kinds, (1, 2, 1), strict=True):
            self.usage(
                tenant, count, "2026-01-01T00:00:00Z", kind, "environments", environment=kind
            )
        self.roll_up()
        self.run_billing("2026-02-01")
        retail = subscription.leg_ids.filtered("customer_id").charge_ids
        amounts = {one.component_code: one.amount for one in retail if "env_" in one.component_code}
        self.assertEqual(amounts, {"env_production": 50.0, "env_other": 45.0})
        self.agree(subscription, "2026-02-01")

    def test_filters_on_one_meter_are_disjoint(self):
        """DESIGN 4.6: one measurement is priced once."""

        def add(code, wanted):
            self.plan.component_ids = [
                Command.create(
                    {
                        "code": code,
                        "name": code,
                        "kind": "metered",
                        "meter_id": self.env.ref("tenant_billing.meter_compute").id,
                        "dimension_filter": wanted,
                    }
                )
            ]
            self.env.flush_all()

        add("eu", "region=eu")
        add("us", "region=us\nregion=ca")
        for wanted in (False, "region=ca", "disk=ssd"):
            with (
                self.subTest(wanted),
                self.assertRaisesRegex(ValidationError, "could take the same"),
                self.env.cr.savepoint(),
            ):
                add("more", wanted)
        with self.assertRaisesRegex(ValidationError, "“region” is no filter"):
            add("wrong", "region")

    def test_the_filter_of_a_component_in_use_stays(self):
        """TB-033: or what was billed would change its meaning."""
        self.subscription()
        storage = self.plan.component_ids.filtered(lambda one: one.code == "storage")
        storage.dimension_filter = False
        with self.assertRaisesRegex(ValidationError, "A subscription uses this component"):
            storage.dimension_filter = "disk=ssd"

    def test_a_month_sent_again_is_no_new_money(self):
        """R-22: after invoicing, every event of the month again, as other people may do."""
        self.keep_books(self.root, self.master, self.sub)
        subscription = self.subscription(start="2026-01-01")
        tenant = subscription.tenant_id

        def report():
            return {
                self.usage(tenant, 50 + day, f"2026-01-{day:02}T00:00:00Z", f"r{day}")
                for day in range(1, 32)
            }

        self.assertEqual(report(), {"accepted"})
        self.roll_up()
        self.run_billing("2026-02-01")
        charges = self.env["billing.charge"].search_count([])
        self.assertEqual(report(), {"duplicate"})
        self.roll_up()
        run = self.run_billing("2026-02-01")
        self.assertFalse(run.charge_count)
        self.assertEqual(self.env["billing.charge"].search_count([]), charges)
        self.assertEqual(self.storage(subscription), [("2026-01-01", 6.2)])

    def test_late_usage_is_billed_as_a_delta(self):
        """R-23, B-04: on the next document of each leg, by the terms of its own period; what is
        posted stays as it is."""
        self.keep_books(self.root, self.master, self.sub)
        subscription = self.subscription(start="2026-01-01")
        tenant = subscription.tenant_id
        self.usage(tenant, 70, "2026-01-10T00:00:00Z")
        self.roll_up()
        self.run_billing("2026-02-01")
        statements = self.env["billing.statement"].search([])
        posted = statements.move_ids.filtered(lambda move: move.move_type == "out_invoice")
        self.assertEqual(set(posted.mapped("state")), {"posted"})
        before = posted.read(["amount_total", "state", "write_date"])
        self.usage(tenant, 95, "2026-01-20T00:00:00Z")
        self.usage(tenant, 70, "2026-01-31T00:00:00Z")
        self.roll_up()
        self.run_billing("2026-02-05")
        self.assertEqual(self.storage(subscription), [("2026-01-01", 4.0), ("2026-01-01", 5.0)])
        self.assertEqual(
            self.storage(subscription, self.root), [("2026-01-01", 1.6), ("2026-01-01", 2.0)]
        )
        delta = subscription.leg_ids.filtered("customer_id").charge_ids.filtered(
            lambda one: one.component_code == "storage" and one.revision == 2
        )
        self.assertNotIn(delta.statement_id, statements)
        self.assertEqual(delta.statement_id.amount_untaxed, 5.0)
        self.assertEqual(posted.read(["amount_total", "state", "write_date"]), before)
        self.agree(subscription, "2026-02-05")

    def test_order_does_not_matter(self):
        """R-25: the same events in another order, batch by batch, and two at one instant."""
        events = [
            (value, f"2026-01-{day:02}T08:00:00Z", f"{day}/{value}")
            for day in range(5, 25)
            for value in (day, 80 - day)
        ]
        totals = []
        for seed in (None, 1, 2):
            subscription = self.subscription(company=f"Customer {seed}", start="2026-01-01")
            if seed:
                random.Random(seed).shuffle(events)
            for number, (value, at, ident) in enumerate(events):
                self.usage(subscription.tenant_id, value, at, f"{seed}/{ident}")
                if number == 13:
                    self.roll_up()
            self.roll_up()
            self.run_billing("2026-03-01")
            totals.append(self.storage(subscription))
        self.assertEqual(totals[0], totals[1])
        self.assertEqual(totals[0], totals[2])
        self.assertEqual(totals[0], [("2026-01-01", 5.0), ("2026-02-01", 1.2)])

    def test_zero_and_next_to_nothing_make_no_invoice(self):
        """R-29: a quantity that costs nothing is no line."""
        subscription = self.subscription(start="2026-01-01")
        self.book_retail.price_ids.filtered(lambda one: one.code == "storage").included = 0
        self.usage(subscription.tenant_id, "0", "2026-01-05T00:00:00Z")
        self.usage(subscription.tenant_id, "0.000000001", "2026-01-06T00:00:00Z")
        self.roll_up()
        self.run_billing("2026-02-01")
        self.assertEqual(self.storage(subscription), [])

    def test_a_large_quantity_is_exact(self):
        """R-27: 1,000,000,000.00 less the allowance of 50, at 0.20, 0.12 and 0.08."""
        self.keep_books(self.root, self.master, self.sub)
        subscription = self.subscription(start="2026-01-01")
        self.usage(subscription.tenant_id, "1000000000", "2026-01-05T00:00:00Z")
        self.roll_up()
        run = self.run_billing("2026-02-01")
        self.assertFalse(run.failure_ids)
        self.assertEqual(self.storage(subscription), [("2026-01-01", 199999990.0)])
        self.assertEqual(self.storage(subscription, self.master), [("2026-01-01", 119999994.0)])
        lines = self.env["billing.statement"].search([]).move_ids.invoice_line_ids
        self.assertIn(199999990.0, lines.mapped("price_subtotal"))

    def test_an_amount_that_no_document_holds(self):
        """R-27: 1e9 at 1e9 is told before anything is booked; the others are billed."""
        subscription = self.subscription(start="2026-01-01")
        other = self.subscription(company="Customer two", start="2026-01-01")
        price = subscription.leg_ids.filtered("customer_id").price_book_id.price_ids.filtered(
            lambda one: one.code == "storage"
        )
        price.sudo().amount = 1e9
        self.usage(subscription.tenant_id, "1000000050", "2026-01-05T00:00:00Z")
        run = self.run_billing("2026-02-01")
        self.assertEqual(run.failure_ids.subscription_id, subscription)
        self.assertIn("“storage” would cost 1,000,000,000,000,0", run.failure_ids.reason)
        self.assertIn("a document holds amounts below 1,000,000,000,000.", run.failure_ids.reason)
        self.assertFalse(subscription.leg_ids.charge_ids)
        self.assertTrue(other.leg_ids.charge_ids)

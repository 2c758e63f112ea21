from datetime import date, datetime, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError

from ..engine.zones import UTC
from .common import BillingCase


class TestUsageWatch(BillingCase):
    """What is looked at between the bills: alerts, capacity, usage without a price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.subscription(start="2026-01-01")
        cls.tenant = cls.running.tenant_id
        cls.owner = cls.user(cls.sub, "delivery")
        cls.tenant.user_id = cls.owner

    def use(self, *values, **data):
        """``(day, value)`` of storage, rolled up."""
        for day, value in values:
            self.usage(self.tenant, value, f"{day}T08:00:00Z", f"{day}{data}", **data)
        while self.env["billing.usage.bucket"]._roll_up_pending():
            pass

    # Alerts

    def threshold(self, threshold, basis="percent", role="delivery", **values):
        return (
            self.as_user(self.sub, role, "billing.usage.threshold")
            .create(
                {
                    "tenant_id": self.tenant.id,
                    "meter_id": self.storage_meter.id,
                    "threshold": threshold,
                    "basis": basis,
                    **values,
                }
            )
            .sudo()
        )

    def check(self, alerts, day):
        alerts._check(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC))

    def told(self):
        return self.tenant.activity_ids.mapped(lambda one: (one.user_id, one.summary))

    def test_told_once_a_period(self):
        """TB-013: 80 % of the 50 GB included; not again when run twice, again next period."""
        alert = self.threshold(80)
        self.use(("2026-01-10", 39))
        self.check(alert, "2026-01-10")
        self.assertEqual((alert.quantity, alert.crossed, self.told()), (39, False, []))
        self.use(("2026-01-11", 40))
        for day in ("2026-01-11", "2026-01-11", "2026-01-20"):
            self.check(alert, day)
        text = "Storage: 40.00 GB used since 01/01/2026"
        self.assertEqual(self.told(), [(self.owner, text)])
        self.assertTrue(alert.crossed)
        self.check(alert, "2026-02-01")
        self.assertEqual(len(self.told()), 2)
        self.use(("2026-02-02", 10))
        self.check(alert, "2026-03-02")
        self.assertEqual((alert.quantity, alert.crossed, len(self.told())), (10, False, 2))

    def test_a_quantity_and_a_sum(self):
        """TB-013: absolute, of a meter that is summed up, without a price too."""
        compute = self.env.ref("tenant_billing.meter_compute")
        alert = self.threshold(100, "value", meter_id=compute.id)
        for day in range(1, 12):
            self.usage(self.tenant, 10, f"2026-01-{day:02}T08:00:00Z", meter="compute_hours")
            self.check(alert, f"2026-01-{day:02}")
            self.assertEqual(alert.crossed, day >= 10)
        self.assertEqual(alert.quantity, 110)
        self.assertEqual(len(self.told()), 1)

    def test_no_more_than_the_period_is_read(self):
        """TB-013: of what lies before the period an alert reads one row a stream, the level that
        is carried in, from days and from events alike."""
        self.env["hosting.environment"].create(
            {"tenant_id": self.tenant.id, "name": "Staging", "kind": "staging"}
        )
        alert = self.threshold(80)
        month = [f"2026-01-{day:02}" for day in range(2, 32)]
        self.use(*((day, 45) for day in month))
        self.use(*((day, 30) for day in month[:9]), environment="staging")
        rows = []
        query = type(self.env).execute_query

        def counted(env, sql):
            found = query(env, sql)
            if "occurred_at" in sql.code or "seconds_value" in sql.code:
                rows.extend(found)
            return found

        for late in (False, True):
            if late:  # not rolled up: the events are read
                self.usage(self.tenant, 44, "2026-01-30T09:00:00Z", "late")
            rows.clear()
            with patch.object(type(self.env), "execute_query", counted):
                self.check(alert, "2026-02-01")
            self.assertEqual(alert.quantity, 75)
            self.assertLess(len(rows), 10)
        self.use(("2026-02-01", 10))
        self.check(alert, "2026-02-02")
        self.assertEqual(alert.quantity, 75, "both levels are carried in")
        self.check(alert, "2026-03-01")
        self.assertEqual(alert.quantity, 40, "the level of the other environment still holds")

    def test_what_is_included_stands_in_the_book_behind(self):
        """TB-013, TB-001: the allowance is found where billing finds it."""
        leg = self.running.leg_ids.filtered("customer_id")
        agreed = leg.price_book_id.price_ids.filtered(lambda one: one.code == "storage")
        self.env.cr.execute("DELETE FROM billing_price WHERE id = %s", [agreed.id])
        self.env.invalidate_all()
        alert = self.threshold(80)
        self.use(("2026-01-10", 39), ("2026-01-11", 40))
        self.check(alert, "2026-01-11")
        self.assertTrue(alert.crossed)

    def test_what_is_included_waits_for_the_renewal(self):
        """TB-013, TB-071: an announced allowance counts from the day on which the contract has
        it."""
        leg = self.running.leg_ids.filtered("customer_id")
        agreed = leg.price_book_id.price_ids.filtered(lambda one: one.code == "storage")
        self.env.cr.execute("DELETE FROM billing_price WHERE id = %s", [agreed.id])
        self.env.invalidate_all()
        start = self.env["billing.run"]._clock().date().replace(day=1)
        first, renewal = start + relativedelta(months=3), start + relativedelta(months=6)
        leg.write({"term_months": 12, "term_until": renewal, "price_change": "renewal"})
        campaign = self.as_user(self.sub, "manager", "billing.price.campaign").create(
            {
                "name": "More is included",
                "book_id": self.book_retail.id,
                "first_day": first,
                "line_ids": [Command.create({"code": "storage", "amount": 1, "included": 500})],
            }
        )
        campaign.action_preview()
        campaign.action_announce()
        self.assertEqual(campaign.notice_line_ids.day, renewal)
        alert = self.threshold(80)
        self.use(("2026-01-11", 40))
        for day, crossed in ((first, True), (renewal, False)):
            self.check(alert, f"{day}")
            self.assertEqual(alert.crossed, crossed, day)

    def test_what_is_included_ends_with_the_component(self):
        """TB-013, TB-058: what has ended includes nothing, until it comes back."""
        storage = self.plan.component_ids.filtered(lambda one: one.code == "storage")
        for day, ends in (("2026-01-15", True), ("2026-01-20", False)):
            self.env["billing.subscription.item"].create(
                {
                    "subscription_id": self.running.id,
                    "component_id": storage.id,
                    "valid_from": day,
                    "ends": ends,
                }
            )
        alert = self.threshold(80)
        self.use(("2026-01-11", 40))
        for day, crossed in (("2026-01-14", True), ("2026-01-15", False), ("2026-01-20", True)):
            self.check(alert, day)
            self.assertEqual(alert.crossed, crossed, day)

    def test_nothing_is_included(self):
        """TB-013: a percentage of nothing is never passed, and a tenant without a subscription
        running has no period."""
        compute = self.env.ref("tenant_billing.meter_compute")
        alert = self.threshold(80, meter_id=compute.id)
        self.usage(self.tenant, 10, "2026-01-05T08:00:00Z", meter="compute_hours")
        self.check(alert, "2026-01-10")
        self.assertFalse(alert.crossed)
        storage = self.threshold(1, "value")
        self.use(("2026-01-10", 39))
        self.running.action_end("2026-01-05")
        self.check(storage, "2026-01-10")
        self.assertFalse(storage.crossed)

    def test_an_owner_who_left(self):
        """TB-013: then the tenant itself says it."""
        self.owner.active = False
        alert = self.threshold(10, "value", role="manager")
        self.use(("2026-01-10", 39))
        before = self.tenant.message_ids
        self.check(alert, "2026-01-10")
        self.check(alert, "2026-01-11")
        self.assertFalse(self.tenant.activity_ids)
        self.assertIn("Storage: 39.00 GB", (self.tenant.message_ids - before).body)

    def test_the_scheduler_checks_alerts(self):
        """TB-013: all of them, in batches, once a run."""
        alert = self.threshold(1)
        with self.enter_registry_test_mode():
            self.env.ref("tenant_billing.cron_usage_alerts").method_direct_trigger()
        self.assertTrue(alert.checked_at)

    def test_alerts_are_of_the_own_node(self):
        """X-05: the branch reads them; a stranger does not; what the check writes is not typed."""
        alert = self.threshold(80)
        Alert = self.env["billing.usage.threshold"]
        self.assertIn(alert, Alert.with_user(self.user(self.master, "delivery")).search([]))
        self.assertFalse(Alert.with_user(self.user(self.stranger, "delivery")).search([]))
        with self.assertRaises(AccessError):
            alert.with_user(self.user(self.master, "delivery")).threshold = 1
        with self.assertRaises(AccessError):
            alert.with_user(self.owner).alerted_period = "2026-01-01"
        with self.assertRaises(AccessError):
            self.threshold(80, role="finance")

    # Capacity

    def watched(self):
        self.tenant.sudo().state = "live"
        self.tenant.profile_id = self.env.ref("tenant_billing.profile_standard")
        Capacity = self.env["hosting.capacity"]
        Capacity._watch()
        Capacity._watch()
        return Capacity.search([("tenant_id", "=", self.tenant.id)])

    def test_the_day_on_which_a_limit_is_reached(self):
        """TB-055: storage grows by 2 GB a day from 100 in a profile of 250: 150 days are
        75 steps; reported every other day."""
        self.use(*((date(2026, 1, 1) + timedelta(days=day), 100 + day) for day in range(0, 60, 2)))
        row = self.watched()
        self.assertEqual(row.limit, 250)
        row._forecast(date(2026, 3, 1))
        self.assertEqual(row.verdict, "forecast")
        self.assertEqual((row.level, row.share), (158, 63.2))
        self.assertLessEqual(abs((row.reach_date - date(2026, 6, 1)).days), 2)
        self.assertAlmostEqual(row.growth, 30, delta=1)
        row.own_limit = 150
        self.assertEqual(row.limit, 150)
        row._forecast(date(2026, 3, 1))
        self.assertEqual((row.verdict, row.reach_date), ("reached", date(2026, 2, 20)))

    def test_too_little_data_is_said(self):
        """TB-055: a week is no trend; nothing is nothing."""
        row = self.watched()
        row._forecast(date(2026, 1, 10))
        self.assertEqual((row.verdict, row.reach_date, row.level), ("too_little", False, 0))
        self.use(*((date(2026, 1, day), 100 + day) for day in range(1, 8)))
        row._forecast(date(2026, 1, 7))
        self.assertEqual((row.verdict, row.level), ("too_little", 107))

    def test_environments_fill_one_limit(self):
        """TB-055: levels of environments add up, each held until its next report."""
        kinds = ("production", "staging")
        self.env["hosting.environment"].create(
            [{"tenant_id": self.tenant.id, "name": kind, "kind": kind} for kind in kinds]
        )
        self.use(("2026-01-01", 200), environment="production")
        self.use(("2026-01-03", 60), environment="staging")
        row = self.watched()
        row._forecast(date(2026, 1, 20))
        self.assertEqual((row.verdict, row.level), ("reached", 260))
        self.assertEqual(row.reach_date, date(2026, 1, 3))
        # Silent for longer than the forecast looks back: what was reported still holds.
        row._forecast(date(2026, 7, 1))
        self.assertEqual((row.verdict, row.level), ("reached", 260))

    def test_the_scheduler_forecasts(self):
        """TB-055: every day, all that is watched."""
        self.watched()
        with self.enter_registry_test_mode():
            self.env.ref("tenant_billing.cron_capacity").method_direct_trigger()
        row = self.env["hosting.capacity"].search([("tenant_id", "=", self.tenant.id)])
        self.assertEqual(row.computed_on, self.env["billing.run"]._clock().date())

    def test_a_sum_has_a_limit_a_day(self):
        """TB-055: of what is summed up, the day's sum; a day without a report is 0; what counts
        different values has no limit."""
        compute = self.env.ref("tenant_billing.meter_compute")
        profile = self.env.ref("tenant_billing.profile_standard")
        profile.limit_ids = [Command.create({"meter_id": compute.id, "limit": 24})]
        for day in (1, 2, 20):
            for hour in (8, 9):
                at = f"2026-01-{day:02}T{hour:02}:00:00Z"
                self.usage(self.tenant, 5, at, meter="compute_hours")
        self.use()
        row = self.watched().filtered(lambda one: one.meter_id == compute)
        # The day is not over, so its sum is not known yet.
        row._forecast(date(2026, 1, 20))
        self.assertEqual((row.verdict, row.level), ("steady", 0))
        row._forecast(date(2026, 1, 21))
        self.assertEqual((row.verdict, row.level), ("steady", 10))
        sites = self.env["billing.meter"].create(
            {"name": "Sites", "code": "sites", "aggregation": "unique_count"}
        )
        with self.assertRaisesRegex(ValidationError, "counts different values"):
            profile.limit_ids = [Command.create({"meter_id": sites.id, "limit": 24})]

    def test_queries_do_not_follow_the_tenants(self):
        """DESIGN 7: alerts and forecasts of twelve tenants in as many queries as of three."""
        meter = self.storage_meter
        now = datetime(2026, 1, 20, 12, tzinfo=UTC)

        def queries(count, label):
            tenants = self.env["hosting.tenant"]
            for number in range(count):
                running = self.subscription(company=f"{label} {number}", start="2026-01-01")
                tenants |= running.tenant_id
                self.usage(running.tenant_id, 30 + number, "2026-01-10T08:00:00Z")
            self.use()
            common = {"meter_id": meter.id}
            alerts = self.env["billing.usage.threshold"].create(
                [{**common, "tenant_id": tenant.id, "threshold": 90} for tenant in tenants]
            )
            rows = self.env["hosting.capacity"].create(
                [{**common, "tenant_id": tenant.id, "own_limit": 100} for tenant in tenants]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            alerts._check(now)
            rows._forecast(now.date())
            self.env.flush_all()
            self.assertEqual(sum(alerts.mapped("quantity")), sum(30 + n for n in range(count)))
            return self.env.cr.sql_log_count - before

        few = queries(3, "Few")
        self.assertLessEqual(queries(12, "Many"), few)

    def test_who_sees_capacity(self):
        """X-05: hosting and the branch; its own delivery sets an own limit, nobody a forecast."""
        row = self.watched()
        Capacity = self.env["hosting.capacity"]
        self.assertIn(row, Capacity.with_user(self.user(self.master, "manager")).search([]))
        self.assertIn(row, Capacity.with_user(self.staff()).search([]))
        self.assertFalse(Capacity.with_user(self.user(self.stranger, "manager")).search([]))
        row.with_user(self.owner).own_limit = 400
        self.assertEqual(row.limit, 400)
        with self.assertRaises(AccessError):
            row.with_user(self.owner).reach_date = "2030-01-01"
        with self.assertRaises(AccessError):
            row.with_user(self.user(self.master, "delivery")).own_limit = 1

    # Usage without a price

    def unpriced(self, node=None, role="finance"):
        rows = self.as_user(node or self.sub, role, "billing.usage.unpriced").search([])
        return rows.mapped(
            lambda one: (one.meter_id.code, str(one.month), one.dimensions_key, one.count, one.sum)
        )

    def test_usage_without_a_price_is_listed(self):
        """DESIGN 4.6: a meter that no component takes, and days after the end, by month."""
        self.use(("2026-01-10", 70))
        self.assertEqual(self.unpriced(), [])
        for day in ("2026-01-10", "2026-01-20", "2026-02-01"):
            self.usage(self.tenant, 3, f"{day}T08:00:00Z", f"c{day}", "compute_hours")
        self.use()
        self.assertEqual(
            self.unpriced(),
            [
                ("compute_hours", "2026-02-01", "", 1, 3.0),
                ("compute_hours", "2026-01-01", "", 2, 6.0),
            ],
        )
        self.running.action_end("2026-01-31")
        self.use(("2026-01-31", 70))
        self.assertIn(("storage_gb", "2026-01-01", "", 1, 70.0), self.unpriced())

    def test_usage_of_a_component_that_came_back_has_a_price(self):
        """TB-058: a season takes storage out and brings it back; from then on it is billed."""
        storage = self.plan.component_ids.filtered(lambda one: one.code == "storage")
        for day, ends in (("2026-02-01", True), ("2026-03-01", False)):
            self.env["billing.subscription.item"].create(
                {
                    "subscription_id": self.running.id,
                    "component_id": storage.id,
                    "valid_from": day,
                    "ends": ends,
                }
            )
        self.use(("2026-01-31", 10), ("2026-02-02", 20), ("2026-03-02", 30))
        self.assertEqual([row[1] for row in self.unpriced()], ["2026-02-01"])

    def test_usage_beside_all_filters_is_listed(self):
        """TB-004: what the filters of a meter leave out has no price."""
        compute = self.env.ref("tenant_billing.meter_compute")
        self.plan.component_ids = [
            Command.create(
                {
                    "code": "eu",
                    "name": "Compute, EU",
                    "kind": "metered",
                    "meter_id": compute.id,
                    "dimension_filter": "region=eu\nregion=ch\nenvironment=production",
                }
            )
        ]
        component = self.plan.component_ids.filtered(lambda one: one.code == "eu")
        self.running.leg_ids.price_book_id.price_ids = [Command.create({"code": "eu"})]
        self.env["billing.subscription.item"].create(
            {
                "subscription_id": self.running.id,
                "component_id": component.id,
                "valid_from": "2026-01-05",
            }
        )
        self.env["hosting.environment"].create(
            {"tenant_id": self.tenant.id, "name": "main", "kind": "production"}
        )

        def compute_use(day, ident, region, environment):
            self.usage(
                self.tenant,
                1,
                f"2026-01-{day:02}T08:00:00Z",
                ident,
                "compute_hours",
                dimensions={"region": region},
                environment=environment,
            )

        compute_use(10, "a", "ch", "main")
        compute_use(10, "b", "us", "main")
        compute_use(10, "c", "eu", None)
        compute_use(4, "d", "eu", "main")
        self.use()
        self.assertEqual(
            {row[2:4] for row in self.unpriced()},
            {("region=us", 1), ("region=eu", 1)},
        )
        self.assertEqual(len(self.unpriced()), 3)

    def test_who_sees_usage_without_a_price(self):
        """X-05: finance of the branch and the platform; no stranger, no sales."""
        self.usage(self.tenant, 3, "2026-01-10T08:00:00Z", meter="compute_hours")
        self.use()
        self.assertEqual(len(self.unpriced(self.master)), 1)
        self.assertEqual(self.unpriced(self.stranger), [])
        self.assertTrue(self.env["billing.usage.unpriced"].with_user(self.staff()).search([]))
        with self.assertRaises(AccessError):
            self.unpriced(role="sales")

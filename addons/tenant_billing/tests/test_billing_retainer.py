from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from ..models import billing_retainer_period
from .common import BillingCase


class TestBillingRetainer(BillingCase):
    """Hours of a retainer: entered by delivery, balanced by rule, billed beyond it once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["billing.run"]._clock().date()
        cls.first = (cls.today.replace(day=1) - timedelta(days=1)).replace(day=1)
        cls.second = cls.today.replace(day=1)

    def retainer(self, **rule):
        """A running subscription of 10 hours a month since last month; 90 an hour beyond."""
        component = Command.create
        retainer = component(
            {
                "code": "retainer",
                "name": "Enhancement retainer",
                "stream": "retainer",
                "retainer_hours": 10,
                **rule,
            }
        )
        self.plan.component_ids = [retainer]
        source = self.plan.component_ids.filtered("retainer_hours")
        self.plan.component_ids = [
            component(
                {
                    "code": "beyond",
                    "name": "Hours beyond",
                    "stream": "retainer",
                    "kind": "metered",
                    "meter_id": self.env.ref("tenant_billing.meter_retainer_hours").id,
                    "overage_of_id": source.id,
                }
            )
        ]
        for book, rate in ((self.book_master, 0), (self.book_sub, 0), (self.book_retail, 90)):
            for code, amount in (("retainer", rate * 8), ("beyond", rate)):
                self.env["billing.price"].create(
                    {"book_id": book.id, "code": code, "amount": amount}
                )
        subscription = self.subscription(start=f"{self.first}")
        self.assertEqual(subscription.state, "active", subscription.problem)
        return subscription

    def enter(self, subscription, day, hours, **values):
        return self.as_user(self.sub, "delivery", "billing.retainer.entry").create(
            {
                "subscription_id": subscription.id,
                "date": day,
                "hours": hours,
                "name": "Worked",
                **values,
            }
        )

    def billed(self, subscription):
        rows = subscription.leg_ids.filtered("customer_id").charge_ids
        return round(
            sum(rows.filtered(lambda row: row.component_code == "beyond").mapped("amount")), 2
        )

    def test_balance_and_overage(self):
        """TB-022: granted, used, left; hours beyond are billed once, by whoever sells them."""
        one = self.retainer()
        self.enter(one, self.first, 7)
        self.assertEqual((one.retainer_available, one.retainer_left), (10, 10))
        period = one.retainer_period_ids.filtered(lambda row: row.date_from == self.first)
        self.assertEqual((period.used, period.closing, period.overage), (7, 3, 0))
        self.enter(one, self.first, 5.5)
        self.assertEqual((period.used, period.closing, period.overage), (10, 0, 2.5))
        self.run_billing(f"{self.second}")
        self.assertEqual(self.billed(one), 225)
        self.assertEqual(self.run_billing(f"{self.second}").charge_count, 0)
        line = one.leg_ids.filtered("customer_id").charge_ids.filtered(
            lambda row: row.component_code == "retainer"
        )
        self.assertEqual(set(line.mapped("amount")), {720})

    def test_hours_carry_over_by_rule(self):
        """TB-022: what is left goes on up to the cap, and the oldest goes first."""
        one = self.retainer(retainer_carry="capped", retainer_cap=4, retainer_periods=1)
        self.enter(one, self.first, 3)
        now = one.retainer_period_ids.filtered(lambda row: row.date_from == self.second)
        self.assertEqual((now.carried, now.granted, now.expired), (4, 10, 3))
        self.enter(one, self.second, 5)
        self.assertEqual((one.retainer_used, one.retainer_left), (5, 9))
        self.assertAlmostEqual(one.retainer_percent, 100 * 5 / 14)

    def test_a_wrong_entry_is_reversed_not_edited(self):
        """TB-022, TB-033: once its period is billed; the difference is credited once."""
        one = self.retainer()
        open_entry = self.enter(one, self.first, 6)
        open_entry.hours = 8
        wrong = self.enter(one, self.first, 6)
        self.run_billing(f"{self.second}")
        self.assertEqual(self.billed(one), 360)
        self.assertTrue(wrong.is_billed)
        for act in (lambda: wrong.write({"hours": 1}), wrong.unlink):
            with self.assertRaisesRegex(UserError, "Reverse the entry"):
                act()
        wrong.action_reverse()
        with self.assertRaisesRegex(UserError, "reversed already"):
            wrong.action_reverse()
        reversal = wrong.search([("reversal_of_id", "=", wrong.id)])
        self.assertEqual((reversal.hours, reversal.date), (-6, wrong.date))
        self.run_billing(f"{self.second + timedelta(days=1)}")
        self.assertEqual(self.billed(one), 0)
        self.enter(one, self.first, 3)
        self.run_billing(f"{self.second + timedelta(days=1)}")
        self.assertEqual(self.billed(one), 90)

    def test_hours_beyond_are_refused_by_rule(self):
        """TB-022: where the retainer takes none beyond, and for no other reason."""
        one = self.retainer(retainer_beyond="refused")
        self.enter(one, self.first, 10)
        with self.assertRaises(UserError) as caught:
            self.enter(one, self.first, 1.5)
        self.assertIn("1.50 hours are more", str(caught.exception))
        self.enter(one, self.second, 1.5)

    def test_hours_beyond_of_before_block_nothing(self):
        """TB-022, TB-033: what is beyond already, by a quantity lowered since, refuses neither
        hours that fit nor a reversal; more of it is refused."""
        one = self.retainer(retainer_beyond="refused")
        self.enter(one, self.first, 6)
        entry = self.enter(one, self.first, 4)
        one.action_change("retainer", 0.5, self.first)
        self.enter(one, self.second, 1)
        with self.assertRaisesRegex(UserError, "1.50 hours are more"):
            self.enter(one, self.first, 1.5)
        with self.assertRaisesRegex(UserError, "2.00 hours are more"):
            entry.hours = 6
        entry.hours = 3
        entry.action_reverse()
        self.assertTrue(entry.is_void)

    def test_the_scheduler_goes_on_where_it_stopped(self):
        """TB-022: each retainer once a day; a call that is out of time leaves the rest to the
        next one."""
        ones = self.retainer() | self.subscription(start=f"{self.first}", company="Südwind")
        Period = self.env["billing.retainer.period"]
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 0)

        def opened():
            ones.retainer_period_ids.unlink()
            with patch.object(billing_retainer_period, "BATCH", 1):
                Period._cron()
            return ones.filtered("retainer_period_ids")

        self.assertEqual(opened(), ones[0])
        self.assertEqual(opened(), ones[1])
        self.assertFalse(opened())

    def test_two_retainers_of_one_tenant(self):
        """TB-022, DESIGN 4.6: hours beyond are those of the own retainer, so that a second one
        starts; another meter is still charged once."""
        one = self.retainer()
        second = self.env["billing.subscription"].create(
            {
                "plan_id": one.plan_id.id,
                "program_node_id": one.program_node_id.id,
                "partner_id": one.partner_id.id,
                "tenant_id": one.tenant_id.id,
                "timezone": "UTC",
                "item_ids": [
                    Command.create({"component_id": component.id, "valid_from": self.first})
                    for component in self.plan.component_ids
                    if component.code in ("retainer", "beyond")
                ],
            }
        )
        second._check_meters()
        storage = self.plan.component_ids.filtered(lambda each: each.code == "storage")
        second.item_ids = [Command.create({"component_id": storage.id, "valid_from": self.first})]
        with self.assertRaisesRegex(UserError, "charges Storage"):
            second._check_meters()

    def test_hours_that_cannot_be(self):
        """TB-022: before the start, ahead, of no retainer, of nobody, of more than a day."""
        one = self.retainer()
        for day, hours in (
            (self.first - timedelta(days=1), 1),
            (self.today + timedelta(days=2), 1),
        ):
            with self.subTest(day=day), self.assertRaises(ValidationError):
                self.enter(one, day, hours)
        for hours in (0, -1, 25):
            with self.subTest(hours=hours), self.assertRaises(Exception):  # noqa: B017
                self.enter(one, self.first, hours)

    def test_who_enters_and_reads(self):
        """TB-022, X-05: delivery enters hours and sees no money; the branch reads them; others,
        and the master above, enter nothing."""
        one = self.retainer()
        entry = self.enter(one, self.first, 1)
        self.assertTrue(entry.with_user(self.user(self.master, "delivery")).name)
        for node in (self.master, self.sub2, self.stranger):
            with self.subTest(node.name), self.assertRaises(AccessError):
                self.as_user(node, "delivery", "billing.retainer.entry").create(
                    {"subscription_id": one.id, "hours": 1, "name": "Not ours"}
                )
        self.assertFalse(
            self.as_user(self.stranger, "delivery", "billing.retainer.entry").search([])
        )
        with self.assertRaises(AccessError):
            entry.write({"is_void": True})
        self.assertFalse(self.as_user(self.sub, "delivery", "billing.charge").has_access("read"))

    def test_a_change_of_quantity_grants_more(self):
        """TB-022: from the next period on, as the fee; a pause grants nothing."""
        one = self.retainer()
        one.action_change("retainer", 2, self.second)
        now = one.retainer_period_ids.filtered(lambda row: row.date_from == self.second)
        self.assertEqual(now.granted, 20)

    def test_rules_of_hours_in_use_stay(self):
        """B-03: they decide what was billed."""
        one = self.retainer()
        with self.assertRaisesRegex(ValidationError, "rules of its hours stay"):
            one.retainer_component_id.retainer_hours = 5

    def test_backlog(self):
        """TB-041: asked, approved by the customer, scheduled, released; hours against it."""
        one = self.retainer()
        request = self.as_user(self.sub, "delivery", "billing.retainer.request").create(
            {"name": "Credit limit on the order form", "subscription_id": one.id}
        )
        with self.assertRaisesRegex(UserError, "note who approved"):
            request.action_approve()
        request.write({"approved_by": "Ms Petersen", "estimate": 6})
        request.action_approve()
        self.assertEqual((request.state, request.approved_on), ("approved", self.today))
        with self.assertRaisesRegex(UserError, "approved this as it is"):
            request.estimate = 20
        with self.assertRaisesRegex(UserError, "day of its release"):
            request.action_schedule()
        request.write({"release": "Summer", "release_date": self.today})
        request.action_schedule()
        self.enter(one, self.first, 3, request_id=request.id)
        request.invalidate_recordset()
        self.assertEqual((request.spent, request.percent), (3, 50))
        request.action_release()
        self.assertEqual((request.state, request.released_on), ("released", self.today))
        for act in (request.action_reopen, request.unlink):
            with self.assertRaises(UserError):
                act()
        with self.assertRaises(AccessError):
            request.write({"state": "new"})
        self.assertFalse(
            self.as_user(self.stranger, "delivery", "billing.retainer.request").search([])
        )

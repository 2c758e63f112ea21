from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError

from .common import BillingCase


class TestBillingInsight(BillingCase):
    """Deferred revenue, lifetime value, parked items by age."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.subscription()
        cls.run_billing("2026-03-01")
        cls.env["billing.mrr.movement"]._rebuild("2026-03-05")
        cls.env["billing.recognition"]._rebuild()
        mixin = type(cls.env["billing.report.mixin"])
        cls.startClassPatcher(patch.object(mixin, "_report_today", lambda self: date(2026, 3, 5)))

    def as_finance(self, node, model):
        return self.as_user(node, "finance", model)

    # Deferred revenue

    def test_revenue_by_month(self):
        """TB-059: what is charged in advance is laid out once, and adds up to the ledger."""
        Row = self.as_finance(self.sub, "billing.recognition")
        rows = Row.search([])
        charges = self.running.leg_ids[-1].charge_ids.filtered(
            lambda charge: charge.component_kind == "recurring"
        )
        self.assertEqual(rows.sudo().charge_id, charges)
        for name in ("billed", "recognised"):
            self.assertAlmostEqual(sum(rows.mapped(name)), sum(charges.mapped("amount")), 6)
        self.env["billing.recognition"]._rebuild()
        self.assertEqual(Row.search_count([]), len(rows))
        # Periods begin on the first day of a month, so nothing is left over at its end.
        self.assertEqual(set(rows.mapped("deferred")), {0})

    def test_what_is_deferred_at_the_months_end(self):
        """TB-059: a balance of single months; over several months it is no figure at all."""
        offer = self.offer(self.sub, company="Küstenbau", start="2026-01-16")
        yearly = self.win(offer)
        yearly.write({"interval": "year", "anchor_day": 16})
        self.run_billing("2026-03-02")
        self.env["billing.recognition"]._rebuild()
        Row = self.as_finance(self.sub, "billing.recognition")
        domain = [("subscription_id", "=", yearly.id)]
        found = Row._read_group(domain, ["month:month"], ["recognised:sum", "deferred:sum"])
        january, recognised, deferred = found[0]
        self.assertEqual(january, date(2026, 1, 1))
        # 180 a year, 16 of its 365 days.
        self.assertAlmostEqual(recognised, 7.89, 2)
        self.assertAlmostEqual(deferred, 172.11, 2)
        self.assertEqual(len(found), 13)
        self.assertAlmostEqual(found[-1][2], 0, 6)
        ((total, balance),) = Row._read_group(domain, [], ["recognised:sum", "deferred:sum"])
        self.assertAlmostEqual(total, 180, 6)
        self.assertFalse(balance)

    def test_the_scheduler_lays_out(self):
        """TB-059: once, and it asks for no other run."""
        self.run_billing("2026-04-01")
        Row, before = self.env["billing.recognition"], self.env["billing.recognition"].search([])
        with self.enter_registry_test_mode():
            for _ in range(2):
                cron = self.env.ref("tenant_billing.cron_recognition")
                self.assertIs(cron.method_direct_trigger(), True)
        added = Row.search([]) - before
        self.assertEqual(len(added), 6)
        self.assertFalse(Row._missing(1))

    # Lifetime value

    def test_value_to_date_and_remainder(self):
        """TB-060: the charges so far, and MRR from the last day charged to the end of the term."""
        leg = self.running.leg_ids[-1]
        leg.sudo().write({"term_months": 12, "term_until": "2027-01-10"})
        row = self.as_finance(self.sub, "billing.lifetime").search([("leg_id", "=", leg.id)])
        self.assertAlmostEqual(row.value, sum(leg.charge_ids.mapped("amount")), 6)
        # Charged up to 1 April; 284 days are left.
        self.assertAlmostEqual(row.remainder, round(180 * 284 / 30.4375, 2), 2)
        self.assertAlmostEqual(row.total, row.value + row.remainder, 6)
        self.assertEqual(row.account, leg.customer_id.complete_name)
        leg.sudo().term_until = False
        self.env.invalidate_all()
        self.assertEqual(row.remainder, 0)
        self.running.action_end("2026-05-01")
        self.env.invalidate_all()
        self.assertAlmostEqual(row.remainder, round(180 * 30 / 30.4375, 2), 2)

    def test_value_on_subscription_and_customer(self):
        """TB-060, X-05: each reader's own contract; who reads no money sees none."""
        legs = self.running.leg_ids
        legs.sudo().term_until = False
        for node, leg in ((self.master, legs[1]), (self.sub, legs[2])):
            one = self.running.with_user(self.user(node, "manager"))
            expected = sum(leg.charge_ids.mapped("amount"))
            self.assertAlmostEqual(one.lifetime_value, expected, 6)
            rows = self.env[one.action_lifetime()["res_model"]].with_user(one.env.user)
            self.assertEqual(rows.search(one.action_lifetime()["domain"]).sudo().leg_id, leg)
        customer = legs[2].customer_id.with_user(self.user(self.sub, "finance"))
        self.assertAlmostEqual(customer.lifetime_value, sum(legs[2].charge_ids.mapped("amount")), 6)
        with self.assertRaises(AccessError):
            self.running.with_user(self.user(self.sub, "delivery")).read(["lifetime_value"])
        form = self.env["billing.subscription"].with_user(self.user(self.sub, "delivery"))
        self.assertNotIn(
            "lifetime_value", form.get_views([(False, "form")])["views"]["form"]["arch"]
        )

    def test_values_are_read_at_once(self):
        """TB-060: however many subscriptions."""
        more = self.running | self.subscription(company="A") | self.subscription(company="B")
        finance = self.user(self.sub, "finance")
        self.env.flush_all()

        def count(records):
            self.env.invalidate_all()
            records = records.with_user(finance)
            before = self.env.cr.sql_log_count
            records.mapped("lifetime_value")
            return self.env.cr.sql_log_count - before

        count(more)
        self.assertEqual(count(more), count(self.running))

    def test_reports_of_the_sellers_own(self):
        """X-05: of no model more than the own contracts."""
        for model in ("billing.recognition", "billing.lifetime"):
            for node in (self.master, self.sub):
                self.assertEqual(self.as_finance(node, model).search([]).sudo().seller_id, node)
            staff = self.env[model].with_user(self.staff(model))
            self.assertEqual(staff.search([]).sudo().seller_id, self.root)
            self.assertFalse(self.as_finance(self.stranger, model).search([]))
            with self.assertRaises(AccessError):
                self.as_user(self.sub, "sales", model).search([])

    # Parked

    def test_parked_by_age(self):
        """TB-033: how long it waits, and what the platform waits for: nobody else's money."""
        Failure = self.env["billing.run.failure"]
        run = self.env["billing.run"].search([], limit=1)
        ages = {"2026-03-05 10:00:00": "a", "2026-02-26 10:00:00": "a", "2026-02-25 10:00:00": "b"}
        ages |= {"2026-02-02 10:00:00": "c", "2026-01-03 10:00:00": "d"}
        parked = {
            first: Failure.create(
                {
                    "run_id": run.id,
                    "phase": "book",
                    "reason": first,
                    "subscription_id": self.running.id,
                    "first_at": first,
                }
            )
            for first in ages
        }
        Failure.create({"run_id": run.id, "phase": "book", "reason": "over", "state": "solved"})
        rows = self.env["billing.parked.age"].with_user(self.staff()).search([])
        self.assertEqual({row.reason: row.bucket for row in rows}, ages)
        # The platform's own contract is worth 80 a month; the customer's 180.
        self.assertEqual(set(rows.mapped("at_stake")), {80})
        self.assertEqual(rows[0].action_open_failure()["res_id"], parked[rows[0].reason].id)
        for role in ("manager", "finance"):
            with self.assertRaises(AccessError):
                self.as_user(self.master, role, "billing.parked.age").search([])

    def test_parked_documents(self):
        """TB-033: charges of the platform that are on no document yet, or on a draft."""
        statement = self.running.leg_ids[0].charge_ids.statement_id[:1]
        run = self.env["billing.run"].search([], limit=1)
        self.env["billing.run.failure"].create(
            {"run_id": run.id, "phase": "post", "reason": "x", "statement_id": statement.id}
        )
        row = self.env["billing.parked.age"].with_user(self.staff()).search([])
        self.assertAlmostEqual(row.at_stake, sum(statement.charge_ids.mapped("company_amount")), 6)
        self.assertTrue(row.at_stake)

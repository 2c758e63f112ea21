from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import BillingCase


class TestBillingRun(BillingCase):
    """TB-033: exactly once, whatever fails."""

    def test_the_index_refuses_a_second_row(self):
        """DESIGN 4.3: the database, not the program, keeps a charge from being booked twice."""
        self.subscription()
        self.run_billing("2026-01-31")
        charge = self.env["billing.charge"].search([], limit=1)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            charge.copy()
        self.env.cr.execute(
            """SELECT count(*) FROM information_schema.columns
                WHERE table_name = 'billing_charge' AND is_nullable = 'YES' AND column_name IN
                      ('leg_id', 'component_code', 'kind', 'period_start', 'revision')"""
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_nothing_is_billed_without_the_index(self):
        """DESIGN 4.3: the health check; billing refuses to run without its guard."""
        self.subscription()
        self.assertTrue(self.env["billing.charge"]._index_is_there())
        self.env.cr.execute("DROP INDEX billing_charge_key_uniq")
        self.assertFalse(self.env["billing.charge"]._index_is_there())
        with self.assertRaisesRegex(UserError, "unique index of the charge ledger is missing"):
            self.run_billing("2026-01-31")

    def test_one_that_fails_is_parked_and_the_others_are_billed(self):
        """TB-033: bisected down to the one without a price; it is billed once that is mended."""
        good = [self.subscription(company=f"Customer {n}") for n in range(3)]
        bad = self.subscription(company="Customer bad")
        price = bad.leg_ids.filtered("customer_id").price_book_id.price_ids.filtered(
            lambda one: one.code == "support"
        )
        # No list behind the agreed prices, which would price it.
        price.book_id.parent_id = False
        self.env.cr.execute("UPDATE billing_price SET code = 'other' WHERE id = %s", [price.id])
        self.env.invalidate_all()
        run = self.run_billing("2026-01-31")
        self.assertEqual(run.failure_ids.subscription_id, bad)
        self.assertIn("has no price for support", run.failure_ids.reason)
        self.assertIn("Parked", bad.problem)
        self.assertNotIn(bad.leg_ids[:1].price_book_id.name, bad.problem)
        self.assertFalse(bad.leg_ids.charge_ids)
        self.assertEqual(run.subscription_count, 3)
        for one in good:
            self.assertEqual(len(one.leg_ids.charge_ids), 6)
        self.env.cr.execute("UPDATE billing_price SET code = 'support' WHERE id = %s", [price.id])
        self.env.invalidate_all()
        self.run_billing("2026-01-31")
        self.assertEqual(len(bad.leg_ids.charge_ids), 6)
        self.assertFalse(bad.problem)

    def test_the_future_needs_the_switch(self):
        """DESIGN 4.3: a future day only where the database is one for demos or tests."""
        self.env["ir.config_parameter"].sudo().set_param("tenant_billing.allow_future_as_of", False)
        with self.assertRaisesRegex(UserError, "lies in the future"):
            self.env["billing.run"]._open("2999-01-01")

    def test_the_scheduler_does_it(self):
        """TB-033: the cron books, drafts and posts; its second call finds nothing to do."""
        self.keep_books(self.root)
        start = date.today().replace(day=1)
        subscription = self.subscription(start=str(start))
        cron = self.env.ref("tenant_billing.cron_billing")
        with self.enter_registry_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        run = self.env["billing.run"].search([], limit=1)
        self.assertEqual(run.state, "done")
        self.assertEqual(run.failure_count, 0)
        charges = subscription.leg_ids.charge_ids
        self.assertTrue(charges)
        with self.enter_registry_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.assertEqual(subscription.leg_ids.charge_ids, charges)

    def test_queries_do_not_grow_with_the_portfolio(self):
        """DESIGN 7: booking costs no more queries per subscription at 20 than at 5."""

        def queries(count, label):
            for number in range(count):
                self.subscription(company=f"{label} {number}")
            run = self.env["billing.run"]._open("2026-03-31")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._step(lambda done, remaining=None: 1)
            self.env.flush_all()
            used = self.env.cr.sql_log_count - before
            self.assertEqual(run.subscription_count, count)
            return used / count

        few = queries(5, "Few")
        self.env["billing.subscription"].search([]).write({"state": "draft"})
        many = queries(20, "Many")
        self.assertLessEqual(many, few)
        self.assertLess(many, 8)

    def test_a_new_price_counts_from_its_day(self):
        """B-03: a dated version of a wholesale price moves the running contract's cost."""
        subscription = self.subscription(start="2026-01-01")
        self.env["billing.price"].create(
            {
                "book_id": self.book_master.id,
                "code": "base",
                "amount": 62,
                "valid_from": "2026-03-01",
            }
        )
        self.run_billing("2026-03-01")
        leg = subscription.leg_ids.filtered(lambda one: one.seller_id == self.root)
        base = leg.charge_ids.filtered(lambda one: one.component_code == "base")
        self.assertEqual(base.sorted("period_start").mapped("amount"), [60.0, 60.0, 62.0])

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import BillingCase


class TestParked(BillingCase):
    """R-09, B-13: what cannot be billed is parked with reason and owner; the rest is billed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_books(cls.root, cls.master, cls.sub)
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.group_ids |= cls.env.ref("partner_governance.group_platform_administrator")

    def parked(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["billing.run.failure"].search([("state", "=", "open"), *domain])

    def statement(self, seller, day):
        return self.env["billing.statement"].search(
            [("seller_id", "=", seller.id), ("billing_day", "=", day)]
        )

    def draft(self, as_of):
        """A run up to its posting."""
        run = self.env["billing.run"]._open(as_of)
        while run.state != "post":
            run._step(lambda done, remaining=None: 1)
        return run

    def break_price(self, subscription, code):
        book = subscription.leg_ids.filtered("customer_id").price_book_id
        prices = (book | book.parent_id).price_ids.filtered(
            lambda one: one.code in ("support", "gone")
        )
        self.env.cr.execute(
            "UPDATE billing_price SET code = %s WHERE id IN %s", [code, tuple(prices.ids)]
        )
        self.env.invalidate_all()

    def test_parked_once_with_age_and_owner(self):
        """TB-033: the same trouble on the next night is the same item, older; it keeps its owner
        and is solved by itself once the fact is right."""
        subscription = self.subscription()
        self.break_price(subscription, "gone")
        self.run_billing("2026-02-01")
        first = self.parked(subscription_id=subscription.id)
        self.assertEqual(first.user_id, self.env["billing.run.failure"]._first_owner())
        self.assertTrue(first.user_id.has_group("partner_governance.group_platform_administrator"))
        owner = self.staff("clerk")
        first.with_user(self.admin).user_id = owner
        self.run_billing("2026-02-02")
        again = self.parked(subscription_id=subscription.id)
        self.assertEqual((again.attempts, again.user_id), (2, owner))
        self.assertEqual(again.first_at, first.first_at)
        self.assertEqual(first.state, "again")
        self.break_price(subscription, "support")
        self.run_billing("2026-02-03")
        self.assertEqual(again.state, "solved")
        self.assertFalse(subscription.problem)

    def test_retry(self):
        """TB-033: put right, one click, billed; by the platform's administrators alone."""
        subscription = self.subscription()
        self.break_price(subscription, "gone")
        self.run_billing("2026-02-01")
        item = self.parked(subscription_id=subscription.id)
        with self.assertRaises(AccessError):
            item.with_user(self.staff("clerk")).action_retry()
        told = item.with_user(self.admin).action_retry()
        self.assertEqual(told["params"]["type"], "warning")
        self.assertIn("has no price for support", told["params"]["message"])
        self.break_price(subscription, "support")
        item = self.parked(subscription_id=subscription.id)
        told = item.with_user(self.admin).action_retry()
        self.assertEqual(told["params"]["type"], "success")
        self.assertTrue(subscription.leg_ids.charge_ids)
        self.assertFalse(self.parked(subscription_id=subscription.id))

    def test_an_archived_customer_is_neither_skipped_nor_billed(self):
        """B-13: parked by name; the final bill of an ended subscription is still made."""
        subscription = self.subscription()
        self.subscription(company="Hafen Logistik")
        contact = subscription.partner_id.commercial_partner_id
        contact.active = False
        run = self.run_billing("2026-02-01")
        found = self.parked(phase="draft")
        self.assertEqual(set(found.customer_id), {contact})
        self.assertIn(f"{contact.name} is archived", found[0].reason)
        others = self.env["billing.statement"].search([("seller_id", "=", self.sub.id)])
        self.assertTrue(others)
        self.assertNotIn(contact, others.customer_id)
        self.assertEqual(run.state, "done")
        subscription.action_end("2026-02-10")
        self.run_billing("2026-02-10")
        final = self.env["billing.statement"].search([("customer_id", "=", contact.id)])
        self.assertTrue(final)
        self.assertEqual(set(final.mapped("state")), {"issued"})
        self.assertFalse(self.parked(phase="draft", customer_id=contact.id))

    def test_an_archived_tax_is_not_left_out(self):
        """R-09: booked with a tax that was archived since; not billed without it."""
        self.subscription()
        run = self.env["billing.run"]._open("2026-02-01")
        while run.state != "draft":
            run._step(lambda done, remaining=None: 1)
        tax = self.root.company_id.account_sale_tax_id
        tax.active = False
        while run.state != "done":
            run._step(lambda done, remaining=None: 1)
        found = self.parked(phase="draft", seller_id=self.root.id)
        self.assertIn(tax.name, found[0].reason)
        self.assertFalse(self.statement(self.root, "2026-02-01"))
        tax.active = True
        found[0].with_user(self.admin).action_retry()
        move = self.statement(self.root, "2026-02-01").move_ids.filtered(
            lambda one: one.is_sale_document()
        )
        self.assertEqual(move.invoice_line_ids.tax_ids, tax)

    def test_a_lock_date_moves_the_accounting_date_alone(self):
        """B-12: the invoice keeps its day; its entry goes into the first open month."""
        self.subscription()
        self.root.company_id.sale_lock_date = "2026-02-28"
        run = self.run_billing("2026-02-01")
        self.assertEqual(run.failure_count, 0)
        move = self.statement(self.root, "2026-02-01").move_ids.filtered(
            lambda one: one.is_sale_document()
        )
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.invoice_date, date(2026, 2, 1))
        self.assertGreater(move.date, date(2026, 2, 28))

    def test_what_cannot_be_posted_stays_a_draft(self):
        """R-09: a journal without room; the statement is parked, the others are issued."""
        self.subscription()
        run = self.draft("2026-02-01")
        bad = self.statement(self.root, "2026-02-01")
        invoice = bad._invoice()
        post = type(invoice)._post

        def refuse(moves, soft=True):
            if invoice in moves:
                raise UserError("No open date.")
            return post(moves, soft=soft)

        with patch.object(type(invoice), "_post", refuse):
            run._finish()
        self.assertEqual((bad.state, invoice.state), ("draft", "draft"))
        item = self.parked(phase="post")
        self.assertEqual((item.statement_id, item.reason), (bad, "No open date."))
        self.assertEqual(set(self.statement(self.master, "2026-02-01").mapped("state")), {"issued"})
        item.with_user(self.admin).action_retry()
        self.assertEqual((bad.state, item.state), ("issued", "solved"))

    def test_a_missing_rate_parks(self):
        """R-38: Odoo would take a later rate, or 1."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.assertNotEqual(euro, self.sub.company_id.currency_id)
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        # A rate of the company's own currency is none of the contract's.
        own = self.env["res.currency.rate"].search(
            [("currency_id", "=", self.sub.company_id.currency_id.id)]
        )
        own.unlink()
        own.create(
            {
                "currency_id": self.sub.company_id.currency_id.id,
                "name": "2020-01-01",
                "rate": 1,
                "company_id": False,
            }
        )
        rate = self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2026-03-01", "rate": 0.9, "company_id": False}
        )
        subscription = self.subscription()
        leg = subscription.leg_ids.filtered("customer_id")
        self.env.cr.execute(
            "UPDATE billing_leg SET currency_id = %s WHERE id = %s", [euro.id, leg.id]
        )
        self.env.invalidate_all()
        self.run_billing("2026-02-01")
        item = self.parked(subscription_id=subscription.id)
        self.assertIn("No rate of EUR is known", item.reason)
        self.assertFalse(subscription.leg_ids.charge_ids)
        rate.name = "2026-01-01"
        item.with_user(self.admin).action_retry()
        self.assertTrue(leg.charge_ids)
        for charge in leg.charge_ids:
            self.assertAlmostEqual(charge.company_amount, charge.amount / 0.9, 2)

    def test_an_absurd_number_of_charges_is_parked(self):
        """B-15: more than the bound in one run is a mistake until somebody says otherwise."""
        subscription = self.subscription()
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("tenant_billing.max_charges", "5")
        self.run_billing("2026-02-01")
        item = self.parked(subscription_id=subscription.id)
        self.assertIn("more than the 5 allowed", item.reason)
        self.assertFalse(subscription.leg_ids.charge_ids)
        parameters.set_param("tenant_billing.max_charges", "500")
        item.with_user(self.admin).action_retry()
        self.assertGreater(len(subscription.leg_ids.charge_ids), 5)


class TestCatchUp(BillingCase):
    """R-15, R-16, B-15: missed periods, in order, with their own days, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_books(cls.root)

    def days(self):
        statements = self.env["billing.statement"].search(
            [("seller_id", "=", self.root.id)], order="billing_day, id"
        )
        return [str(day) for day in statements.mapped("billing_day")]

    def test_forty_days_late(self):
        """R-15: a document for each missed day, with that day on it and on its invoice."""
        subscription = self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        self.run_billing("2026-03-12")
        self.assertEqual(self.days(), ["2026-01-01", "2026-02-01", "2026-03-01"])
        moves = self.env["billing.statement"].search([]).move_ids
        for move in moves.filtered(lambda one: one.is_sale_document()):
            self.assertEqual(move.invoice_date, move.billing_statement_id.billing_day)
        leg = subscription.leg_ids.filtered(lambda one: one.seller_id == self.root)
        base = leg.charge_ids.filtered(lambda one: one.component_code == "base")
        self.assertEqual(base.mapped("revision"), [1, 1, 1])

    def test_thirteen_months_late(self):
        """R-15: up to the bound, parked with the day reached; the next run brings the rest."""
        subscription = self.subscription(start="2025-01-01")
        self.run_billing("2025-01-01")
        run = self.run_billing("2026-02-10")
        self.assertEqual(subscription.rated_until, date(2026, 1, 1))
        self.assertEqual(len(self.days()), 13)
        self.assertEqual(run.failure_ids.subscription_id, subscription)
        self.assertIn("2026-01-01", subscription.problem)
        run = self.run_billing("2026-02-10")
        self.assertEqual(subscription.rated_until, date(2026, 2, 10))
        self.assertEqual(len(self.days()), 14)
        self.assertEqual(len(set(self.days())), 14)
        self.assertEqual((run.failure_count, subscription.problem), (0, False))
        self.assertFalse(self.env["billing.run.failure"].search_count([("state", "=", "open")]))

    def test_the_bound_is_a_setting(self):
        """B-15"""
        subscription = self.subscription(start="2026-01-01")
        self.env["ir.config_parameter"].sudo().set_param("tenant_billing.catch_up_months", "1")
        self.run_billing("2026-04-01")
        self.assertEqual(subscription.rated_until, date(2026, 2, 1))
        self.env["ir.config_parameter"].sudo().set_param("tenant_billing.catch_up_months", "0")
        self.run_billing("2026-04-01")
        self.assertEqual(subscription.rated_until, date(2026, 4, 1))

    def test_the_clock_goes_back(self):
        """R-16: nothing twice, nothing taken back."""
        subscription = self.subscription(start="2026-01-01")
        self.run_billing("2026-02-01")
        charges = subscription.leg_ids.charge_ids
        run = self.run_billing("2026-01-31")
        self.assertEqual((run.failure_count, run.charge_count), (0, 0))
        self.assertEqual(subscription.leg_ids.charge_ids, charges)
        self.run_billing("2026-02-01")
        self.assertEqual(subscription.leg_ids.charge_ids, charges)

    def test_the_last_period_in_arrears_is_billed_after_the_end(self):
        """B-15: usage of the last days comes on a document after the end date."""
        subscription = self.subscription(start="2026-01-01")
        self.usage(subscription.tenant_id, 113, "2026-01-05T08:00:00Z")
        self.run_billing("2026-01-31")
        subscription.action_end("2026-02-01")
        self.run_billing("2026-04-20")
        storage = subscription.leg_ids.charge_ids.filtered(
            lambda one: one.component_code == "storage"
        )
        self.assertEqual(len(storage), 3)
        self.assertEqual(set(storage.mapped("period_end")), {date(2026, 2, 1)})


class TestBillNow(BillingCase):
    """R-06, R-14: one subscription at once, by the same run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_books(cls.root)

    def test_bill_now(self):
        """TB-033: what is due of it is issued; others keep waiting; the night adds nothing."""
        start = str(date.today().replace(day=1))
        subscription = self.subscription(start=start)
        other = self.subscription(company="Hafen Logistik", start=start)
        own = subscription.with_user(self.user(self.sub, "finance"))
        told = own.action_bill_now()
        self.assertEqual(told["params"]["type"], "success")
        charges = subscription.leg_ids.charge_ids
        self.assertTrue(charges)
        self.assertFalse(other.leg_ids.charge_ids)
        self.assertEqual(set(charges.statement_id.mapped("state")), {"issued"})
        cron = self.env.ref("tenant_billing.cron_billing")
        with self.enter_registry_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.assertEqual(subscription.leg_ids.charge_ids, charges)
        self.assertTrue(other.leg_ids.charge_ids, "“Bill now” is not the night's run")

    def test_who_may(self):
        """X-05: finance of the subscription's own node."""
        subscription = self.subscription()
        for node, role in ((self.master, "finance"), (self.sub, "sales")):
            with self.subTest(role), self.assertRaises(AccessError):
                subscription.with_user(self.user(node, role)).action_bill_now()

    def test_somebody_else_holds_it(self):
        """R-06: the loser gets one clean sentence."""
        subscription = self.subscription()
        with (
            patch.object(
                type(subscription), "try_lock_for_update", lambda self, **_: self.browse()
            ),
            self.assertRaisesRegex(UserError, "is being billed right now"),
        ):
            self.env["billing.run"]._bill_now(subscription)

    def test_locked_ones_wait_for_the_next_tick(self):
        """R-12: the run stays where it is and goes on when the lock is gone."""
        subscription = self.subscription()
        run = self.env["billing.run"]._open("2026-02-01")
        told = []
        with patch.object(
            type(subscription), "try_lock_for_update", lambda self, **_: self.browse()
        ):
            left = run._step(lambda done, remaining=None: told.append(remaining) or 60)
        self.assertEqual((left, run.state, told), (0, "book", [1]))
        run._finish()
        self.assertTrue(subscription.leg_ids.charge_ids)

    def test_without_the_index_the_run_says_so(self):
        """R-14: nothing is billed, and the run shows why; with the index it goes on."""
        subscription = self.subscription(start=str(date.today().replace(day=1)))
        cron = self.env.ref("tenant_billing.cron_billing")
        Charge = type(self.env["billing.charge"])
        with (
            patch.object(Charge, "_index_is_there", lambda self: False),
            mute_logger("odoo.addons.tenant_billing.models.billing_run"),
            self.enter_registry_test_mode(),
        ):
            self.assertIs(cron.method_direct_trigger(), True)
        run = self.env["billing.run"].search([], limit=1)
        self.assertIn("unique index", run.problem)
        self.assertFalse(subscription.leg_ids.charge_ids)
        with self.enter_registry_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.assertEqual((run.state, run.problem), ("done", False))
        self.assertTrue(subscription.leg_ids.charge_ids)

    def test_progress_shows(self):
        """DESIGN 4.9: phase, done, left."""
        for number in range(3):
            self.subscription(company=f"Customer {number}")
        run = self.env["billing.run"]._open("2026-02-01")
        run._step(lambda done, remaining=None: 1)
        self.assertEqual((run.state, run.done, run.remaining, run.total), ("book", 3, 0, 3))
        run._step(lambda done, remaining=None: 1)
        self.assertEqual(run.state, "draft")

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import BillingCase


class TestBillingMrr(BillingCase):
    """Monthly recurring revenue, recorded exactly once (TB-059, DESIGN 2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Movement = cls.env["billing.mrr.movement"]
        cls.running = cls.subscription()

    def rows(self, leg=None, **more):
        domain = [("leg_id", "=", (leg or self.running.leg_ids[-1]).id)]
        return [
            (f"{row.day:%m-%d}", f"{row.effective_day:%m-%d}", row.kind, row.cause, row.amount)
            for row in self.Movement.search(domain, order="id")
        ]

    def test_recorded_on_each_leg_once(self):
        """TB-059, TB-032: each seller's own figure; recording again adds nothing."""
        self.Movement._rebuild("2026-02-01")
        rows = self.Movement.search([]).sorted("company_amount")
        self.assertEqual(rows.mapped("company_amount"), [80, 115, 180])
        self.assertEqual(rows.seller_id, self.root | self.master | self.sub)
        self.assertEqual(set(rows.mapped("kind")), {"new"})
        self.assertEqual(rows.mapped("logos"), [1, 1, 1])
        self.Movement._rebuild("2026-02-01")
        self.Movement._rebuild("2026-03-01")
        self.assertEqual(self.Movement.search([]).sorted("company_amount"), rows)

    def test_the_scheduler_records(self):
        """TB-059: by the database clock, and once."""
        with self.enter_registry_test_mode():
            cron = self.env.ref("tenant_billing.cron_mrr")
            self.assertIs(cron.method_direct_trigger(), True)
            self.assertIs(cron.method_direct_trigger(), True)
        today = self.env["billing.run"]._clock().date()
        self.assertEqual(self.running.mrr_recorded_until, today)
        found = self.Movement.search_count([])
        self.assertEqual(found, 3 if str(today) >= "2026-01-10" else 0)

    def test_a_change_learnt_late_keeps_its_day(self):
        """B-03, TB-059: the month that was reported stays, the day known gets the difference."""
        self.Movement._rebuild("2026-03-01")
        self.running.action_change("base", 2, "2026-02-01")
        self.Movement._rebuild("2026-03-15")
        self.assertEqual(
            self.rows(),
            [
                ("01-10", "01-10", "new", "contract", 180),
                ("03-15", "02-01", "expansion", "quantity", 120),
            ],
        )

    def test_an_earlier_day_takes_nothing_back(self):
        """TB-059: recording as of a day gone by adds nothing and takes nothing back."""
        self.running.action_change("base", 2, "2026-02-10")
        self.Movement._rebuild("2026-03-01")
        before = self.rows()
        self.Movement._rebuild("2026-01-20")
        self.assertEqual(self.rows(), before)
        self.assertEqual(str(self.running.mrr_recorded_until), "2026-03-01")
        self.running.action_change("base", 3, "2026-02-20")
        self.Movement._rebuild("2026-03-02")
        self.assertEqual(self.rows()[-1][:2], ("03-02", "02-20"))

    def test_a_change_known_in_time(self):
        """TB-059: however late the scheduler comes, what was known in time counts on its day."""
        self.Movement._rebuild("2026-02-01")
        self.running.action_change("base", 2, "2026-02-10")
        self.Movement._rebuild("2026-04-01")
        self.assertEqual(self.rows()[1:], [("02-10", "02-10", "expansion", "quantity", 120)])

    def test_a_subscription_learnt_late(self):
        """TB-059: a contract of January that is made in March is news of March."""
        self.Movement._rebuild("2026-03-01")
        second = self.subscription(company="Küstenbau", start="2026-01-20")
        self.Movement._rebuild("2026-03-15")
        self.assertEqual(
            self.rows(second.leg_ids[-1]), [("03-15", "01-20", "new", "contract", 180)]
        )

    def test_pause_end_and_back(self):
        """TB-059, TB-015: a pause is no churn, an end is, and an end taken back is corrected."""
        self.running.action_pause("2026-02-01", "2026-03-01")
        self.running.action_end("2026-05-01")
        self.Movement._rebuild("2026-06-01")
        self.assertEqual(
            [row[1:] for row in self.rows()],
            [
                ("01-10", "new", "contract", 180),
                ("02-01", "contraction", "pause", -180),
                ("03-01", "expansion", "pause", 180),
                ("05-01", "churn", "contract", -180),
            ],
        )
        self.running.write({"state": "active"})
        self.running.action_withdraw_end()
        self.Movement._rebuild("2026-06-02")
        self.assertEqual(self.rows()[-1], ("06-02", "05-01", "churn", "contract", 180))
        self.assertEqual(sum(self.Movement.search([]).mapped("logos")), 3)

    def test_a_new_price_is_a_price_change(self):
        """TB-059, TB-071: price apart from quantity."""
        book = self.running.leg_ids[-1].price_book_id
        book.price_ids.filtered(lambda price: price.code == "base").copy(
            {"book_id": book.id, "valid_from": "2026-03-01", "amount": 130}
        )
        self.Movement._rebuild("2026-04-01")
        self.assertEqual(self.rows()[1:], [("03-01", "03-01", "expansion", "price", 10)])

    def test_a_trial_counts_when_it_is_over(self):
        """TB-059: on the leg of the seller who gives it."""
        self.book_retail.trial_days = 14
        trial = self.subscription(company="Küstenbau")
        self.Movement._rebuild("2026-04-01")
        self.assertEqual([row[1:3] for row in self.rows(trial.leg_ids[-1])], [("01-24", "new")])
        self.assertEqual([row[1:3] for row in self.rows(trial.leg_ids[0])], [("01-10", "new")])

    def test_a_currency_of_its_own(self):
        """R-38: at the rate of the first day, for as long as the contract runs."""
        other = self.env.ref("base.USD")
        if other == self.sub.company_id.currency_id:
            other = self.env.ref("base.EUR")
        other.active = True
        Rate = self.env["res.currency.rate"]
        for day, rate in (("2025-12-01", 2), ("2026-02-01", 4)):
            Rate.create({"currency_id": other.id, "name": day, "rate": rate, "company_id": False})
        rates = {"base": 120, "storage": 0.2, "support": 60, "setup": 0}
        self.make_book(self.sub, rates, currency_id=other.id)
        foreign = self.subscription(company="Küstenbau")
        foreign.action_change("base", 2, "2026-03-01")
        self.Movement._rebuild("2026-04-01")
        rows = self.Movement.search([("leg_id", "=", foreign.leg_ids[-1].id)], order="day")
        self.assertEqual(rows.mapped("amount"), [180, 120])
        self.assertEqual(rows.mapped("company_amount"), [90, 60])
        self.assertEqual(rows.currency_id, other)
        self.assertEqual(rows.company_currency_id, self.sub.company_id.currency_id)

    def test_a_price_with_tax_inside(self):
        """B-07: tax is nobody's revenue."""
        self.keep_books(self.sub)
        tax = self.sub.company_id.account_sale_tax_id
        tax.write({"price_include_override": "tax_included", "amount": 25})
        self.book_retail.tax_included = True
        gross = self.subscription(company="Brutto")
        self.Movement._rebuild("2026-02-01")
        self.assertEqual([row[-1] for row in self.rows(gross.leg_ids[-1])], [144])

    def test_what_cannot_be_priced_stays_as_it_was(self):
        """B-12: parked by the run; one subscription holds up no other."""
        self.Movement._rebuild("2026-02-01")
        second = self.subscription(company="Küstenbau")
        book = self.running.leg_ids[-1].price_book_id
        self.env.cr.execute(
            "UPDATE billing_price SET code = 'x' || code WHERE book_id = %s", (book.id,)
        )
        self.env.cr.execute(
            "UPDATE billing_price_book SET parent_id = NULL WHERE id = %s", (book.id,)
        )
        self.env.invalidate_all()
        self.Movement._rebuild("2026-02-02")
        self.assertEqual(len(self.rows()), 1)
        self.assertEqual(len(self.rows(second.leg_ids[-1])), 1)

    @mute_logger("odoo.addons.tenant_billing.models.billing_mrr_movement")
    def test_one_that_fails_holds_up_no_other(self):
        """R-09: whatever it is that fails."""
        second = self.subscription(company="Küstenbau")
        bad = self.running
        original = type(self.Movement)._add

        def add(model, subscriptions, day):
            if bad in subscriptions:
                raise ValueError("broken")
            return original(model, subscriptions, day)

        self.patch(type(self.Movement), "_add", add)
        self.Movement._rebuild("2026-02-01")
        self.assertEqual(self.rows(), [])
        self.assertEqual(len(self.rows(second.leg_ids[-1])), 1)

    def test_the_number_of_queries_does_not_grow(self):
        """DESIGN 7: reading and recording are by batch."""

        def count(subscriptions):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Movement._add(subscriptions, self.running.start_date)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = self.subscription(company="Erste") | self.subscription(company="Zweite")
        many = self.env["billing.subscription"].union(
            *(self.subscription(company=f"Kunde {number}") for number in range(8))
        )
        count(self.running)
        self.assertLessEqual(count(many), count(few) + 1)

    def test_each_reads_its_own(self):
        """X-05, TB-018: the seller alone, never its buyer or anybody above."""
        self.Movement._rebuild("2026-02-01")
        own = {self.root: 80, self.master: 115, self.sub: 180, self.sub2: None}
        for node, amount in own.items():
            users = (
                [self.staff()]
                if node == self.root
                else [self.user(node, "finance"), self.user(node, "manager")]
            )
            for user in users:
                rows = self.Movement.with_user(user).search([])
                self.assertEqual(rows.mapped("company_amount"), [amount] if amount else [])
        for role in ("sales", "delivery"):
            with self.assertRaises(AccessError):
                self.as_user(self.sub, role, "billing.mrr.movement").search([])
        with self.assertRaises(AccessError):
            self.as_user(self.sub, "manager", "billing.mrr.movement").search([]).write(
                {"amount": 1}
            )

    def test_a_movement_is_never_deleted(self):
        """TB-059: what was reported stays."""
        self.Movement._rebuild("2026-02-01")
        with self.assertRaises(UserError):
            self.Movement.search([]).unlink()

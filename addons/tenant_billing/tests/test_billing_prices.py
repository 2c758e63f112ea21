from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import MASTER, SUB
from .test_billing_lifecycle import LifecycleCase


class TestBillingPrices(LifecycleCase):
    """Which price holds on which day, and what comes off it."""

    def price(self, book, code):
        return book.price_ids.filtered(lambda price: price.code == code)

    def test_the_most_specific_price_wins(self):
        """TB-001: agreed with the customer, then the own list, then the book behind it."""
        general = self.make_book(self.sub, {"setup": 300, "extra": 9})
        self.book_retail.parent_id = general
        agreed = self.leg.price_book_id
        self.assertEqual(agreed.parent_id, self.book_retail)
        day = self.today
        self.price(self.book_retail, "base").amount = 500
        self.assertEqual(agreed._price_of("base", day).amount, 120)
        self.assertEqual(agreed._price_of("setup", day).amount, 450)
        self.assertEqual(agreed._price_of("extra", day).amount, 9)
        self.assertEqual(agreed._missing(["base", "extra", "nothing"]), ["nothing"])
        with self.assertRaisesRegex(ValidationError, "so it stays"):
            self.price(self.book_retail, "setup").unlink()

    def test_the_ledger_charges_by_the_book_behind(self):
        """TB-001, TB-015: what was not quoted is charged by the own list; an override from a day
        leaves the days before to the list."""
        self.one.action_change("setup", 1, "2026-01-20")
        extra = self.env["billing.price"].create(
            {
                "book_id": self.book_retail.id,
                "code": "storage",
                "amount": 1,
                "valid_from": "2026-02-01",
            }
        )
        self.assertTrue(extra)
        self.run_billing("2026-02-28")
        self.assertEqual(self.ledger()["setup", "charge", "2026-01-20"], Decimal("450.00"))
        # Agreed without a first day: the list's new price does not reach the contract.
        self.usage(self.one.tenant_id, 150, "2026-02-01T00:00:00Z")
        self.run_billing("2026-03-01")
        self.assertEqual(self.ledger()["storage", "charge", "2026-02-01"], Decimal("20.00"))
        self.agree("2026-03-01")

    def test_a_book_behind_is_of_the_same_seller_and_currency(self):
        """TB-001, TB-019"""
        with self.assertRaisesRegex(ValidationError, "cannot stand behind"):
            self.book_retail.parent_id = self.book_sub
        with self.assertRaisesRegex(ValidationError, "behind itself"):
            self.book_retail.parent_id = self.book_retail
        usd = self.env.ref("base.USD")
        other = usd if self.book_retail.currency_id != usd else self.env.ref("base.EUR")
        foreign = self.make_book(self.sub, {}, currency_id=other.id)
        with self.assertRaisesRegex(ValidationError, "currency"):
            self.book_retail.parent_id = foreign

    def test_a_discount_with_an_end(self):
        """TB-001, B-03: off the price from a day until a day, said on the invoice."""
        self.run_billing("2026-01-15")
        discount = self.env["billing.discount"].with_user(self.manager)
        discount = discount.create(
            {
                "leg_id": self.leg.id,
                "percent": 10,
                "date_from": "2026-02-01",
                "date_until": "2026-03-01",
                "codes": "base",
            }
        )
        self.run_billing("2026-03-05")
        found = self.ledger()
        self.assertEqual(found["base", "charge", "2026-02-01"], Decimal("108.00"))
        self.assertEqual(found["support", "charge", "2026-02-01"], Decimal("60.00"))
        self.assertEqual(found["base", "charge", "2026-03-01"], Decimal("120.00"))
        self.agree("2026-03-05")
        row = self.leg.charge_ids.filtered(
            lambda row: row.component_code == "base" and str(row.period_start) == "2026-02-01"
        )
        self.assertIn("10 % off", row.display_name)
        event = self.env["governance.event"].search([("kind", "=", "billing.discount")], limit=1)
        self.assertIn("10%", event.new_value)
        with self.assertRaisesRegex(ValidationError, "charged with this discount"):
            discount.percent = 20
        with self.assertRaisesRegex(ValidationError, "charged with this discount"):
            discount.unlink()
        discount = discount.sudo()
        discount.percent = 20
        self.run_billing("2026-03-05")
        self.assertEqual(self.ledger()["base", "charge", "2026-02-01"], Decimal("96.00"))

    def test_only_the_seller_gives_a_discount(self):
        """TB-019, X-09: neither the buyer nor somebody above; sales sees none."""
        above = self.one.leg_ids.sorted("sequence")[1]
        values = {"percent": 50, "leg_id": above.id}
        with self.assertRaises(AccessError):
            self.env["billing.discount"].with_user(self.manager).create(values)
        master = self.env["billing.discount"].with_user(self.user(self.master, "manager"))
        with self.assertRaises(AccessError):
            master.create({"percent": 50, "leg_id": self.leg.id})
        given = master.create(values)
        with self.assertRaises(AccessError):
            given.with_user(self.manager).percent = 60
        self.assertEqual(given.with_user(self.manager).percent, 50)
        with self.assertRaises(AccessError):
            given.with_user(self.user(self.sub, "sales")).read(["percent"])

    def test_an_offer_with_an_introductory_discount(self):
        """TB-001, TB-070: quoted with it, kept on the contract, gone after its months."""
        offer = self.offer(
            self.sub,
            company="Neukunde",
            start="2026-01-01",
            discount_percent=25,
            discount_months=2,
        )
        self.assertEqual((offer.recurring_total, offer.discounted_total), (184.00, 138.00))
        self.one = self.win(offer)
        self.leg = self.one.leg_ids.filtered("customer_id")
        self.run_billing("2026-03-01")
        found = self.ledger()
        self.assertEqual(found["base", "charge", "2026-02-01"], Decimal("90.00"))
        self.assertEqual(found["base", "charge", "2026-03-01"], Decimal("120.00"))
        self.assertFalse(self.one.leg_ids[:2].discount_ids)
        self.agree("2026-03-01")

    def test_a_book_made_from_cost(self):
        """TB-019, TRADE 6: wholesale × (1 + markup), rounded; typed lines stay, and so does
        everything when cost moves, unless the seller follows it."""
        book = self.make_book(self.sub, {"base": 999}).with_user(self.manager)
        book.write({"markup_percent": 55, "rounding": 5})
        book.action_fill_from_cost()
        amounts = {price.code: price.amount for price in book.price_ids}
        self.assertEqual(amounts, {"base": 999, "storage": 0.186, "support": 55, "setup": 155})
        self.assertEqual(self.price(book, "storage").included, 50)
        self.price(self.book_sub, "support").amount = 60
        self.assertEqual(self.price(book, "support").amount, 55)
        book.follow_cost = True
        self.env["billing.price"].create(
            {
                "book_id": self.book_sub.id,
                "code": "support",
                "amount": 100,
                "valid_from": "2026-05-01",
            }
        )
        self.env.invalidate_all()
        self.assertEqual(
            [(str(price.valid_from), price.amount) for price in self.price(book, "support")],
            [("2026-05-01", 155), ("False", 95)],
        )
        self.price(book, "setup").amount = 1
        self.price(self.book_sub, "setup").amount = 200
        self.assertEqual(self.price(book, "setup").amount, 1)

    def test_who_changes_a_cost_is_told_nothing_of_who_follows_it(self):
        """X-05, X-09: a follower's own floor stops neither the price above nor says its figure
        there; the follower reads why its list stayed."""
        book = self.make_book(self.sub, {}).with_user(self.manager)
        book.write({"markup_percent": 50, "follow_cost": True})
        book.action_fill_from_cost()
        before = self.price(book, "support").amount
        self.price(book, "support").floor = before
        cost = self.price(self.book_sub, "support")
        cost.with_user(self.user(self.master, "manager")).amount = 1
        self.env.invalidate_all()
        self.assertEqual(cost.amount, 1)
        self.assertEqual(self.price(book, "support").amount, before)
        self.assertIn("below your own floor", book.follow_problem)

    def test_the_book_behind_a_contract_stays(self):
        """B-03, TB-001: another book behind would price the past anew."""
        book = self.leg.price_book_id
        other = self.make_book(self.sub, {"base": 1})
        for used in (book, book.parent_id):
            with self.assertRaisesRegex(ValidationError, "the book behind it stays"):
                used.with_user(self.manager).parent_id = other

    def test_the_platform_has_no_cost_to_mark_up(self):
        """TB-019"""
        with self.assertRaisesRegex(UserError, "no cost"):
            self.make_book(self.root, {}).action_fill_from_cost()

    def test_a_markup_never_tells_a_buyer_what_its_seller_pays(self):
        """TB-019, X-09: a wholesale book is read by its buyer, so it has none."""
        for values in ({"markup_percent": 30}, {"follow_cost": True}):
            with self.assertRaisesRegex(ValidationError, "what you pay"):
                self.book_sub.write(values)
        with self.assertRaisesRegex(UserError, "no cost"):
            self.book_sub.action_fill_from_cost()


class TestTaxIncluded(LifecycleCase):
    """B-07: the price is gross, Odoo splits it, a credit reverses exactly that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_books(cls.sub)
        company = cls.sub.company_id
        tax = company.account_sale_tax_id
        tax.write({"amount": 21, "price_include_override": "tax_excluded"})
        cls.inside = tax.copy({"name": "21 % in", "price_include_override": "tax_included"})
        cls.book_retail.tax_included = True
        cls.book_retail.price_ids.filtered(lambda price: price.code == "base").amount = 100
        cls.book_retail.price_ids.filtered(lambda price: price.code == "support").amount = 0
        cls.one = cls.subscription(company="Brutto GmbH", start="2026-01-22")
        cls.leg = cls.one.leg_ids.filtered("customer_id")

    def moves(self):
        found = self.env["billing.statement"].search(
            [("customer_id", "=", self.leg.customer_id.id)]
        )
        return found.move_ids.sorted("id")

    def test_the_measured_reference(self):
        """B-07: 100 incl. 21 % × 10/31 = 32.26 gross, 26.66 net."""
        self.run_billing("2026-01-22")
        move = self.moves()
        self.assertEqual(move.invoice_line_ids.tax_ids, self.inside)
        self.assertEqual(
            (move.state, move.amount_total, move.amount_untaxed), ("posted", 32.26, 26.66)
        )
        statement = move.billing_statement_id
        self.assertEqual((statement.amount_untaxed, statement.amount_total), (26.66, 32.26))
        self.assertEqual(statement.company_amount, 26.66)
        statement.action_credit()
        credit = self.moves().filtered(lambda one: one.move_type == "out_refund")
        self.assertEqual((credit.amount_total, credit.amount_untaxed), (32.26, 26.66))
        self.assertEqual(credit.invoice_line_ids.tax_ids, self.inside)

    def test_margins_are_net(self):
        """B-07, TB-074, TB-070: revenue and margin are without the tax inside the price."""
        leg = self.leg.with_user(self.user(self.sub, "finance"))
        # 100 gross are 82.64 net; the sub buys for 80 + 35.
        self.assertEqual((leg.monthly_revenue, leg.monthly_margin), (82.64, -32.36))
        offer = self.offer(self.sub, company="Netto GmbH").with_user(self.user(self.sub, "manager"))
        # 100 and 20 GB at 0.20 gross, 117.40 of cost.
        self.assertEqual(offer.recurring_total, 104.00)
        self.assertAlmostEqual(offer.margin, 85.95 - 117.40, 2)

    def test_own_books_split_no_tax(self):
        """B-07, TB-030: where the taxes are not known here, the statement says so."""
        self.book_retail.tax_included = False
        own = self.make_book(self.sub2, SUB, tax_included=True)
        self.make_book(self.master, MASTER, buyer=self.sub2)
        one = self.subscription(self.sub2, company="Berg AG", start="2026-01-01")
        self.assertEqual(one.leg_ids.filtered("customer_id").price_book_id.parent_id, own)
        self.run_billing("2026-01-01")
        statement = self.env["billing.statement"].search([("seller_id", "=", self.sub2.id)])
        self.assertTrue(statement.tax_inside)
        self.assertIsNone(statement._export()["net"])
        self.assertEqual(statement._export()["total"], "180.00")

    def test_an_end_credits_at_the_tax_of_the_charge(self):
        """B-07, B-09: ended on the first day, nothing stays; gross and net alike."""
        self.run_billing("2026-01-22")
        self.clock("2026-01-23")
        self.one.action_end("2026-01-22")
        self.run_billing("2026-01-23")
        sign = {"out_invoice": 1, "out_refund": -1}
        for name in ("amount_total", "amount_untaxed"):
            total = sum(sign[move.move_type] * move[name] for move in self.moves())
            self.assertAlmostEqual(total, 0, places=2)

    def test_a_tax_that_is_missing_parks_the_subscription(self):
        """B-07: with the sentence that says what to do."""
        self.inside.active = False
        self.run_billing("2026-01-22")
        failure = self.env["billing.run.failure"].search([("subscription_id", "=", self.one.id)])
        self.assertIn("no tax like", failure.reason)
        self.assertIn("Parked", self.one.problem)
        self.inside.active = True
        self.run_billing("2026-01-22")
        self.assertFalse(self.one.problem)

    def test_partners_buy_without_tax(self):
        """B-07"""
        with self.assertRaisesRegex(ValidationError, "Partners buy without tax"):
            self.book_sub.tax_included = True

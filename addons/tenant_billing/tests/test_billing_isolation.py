from odoo.exceptions import AccessError

from .common import BillingCase

MONEY = (
    "billing.price.book",
    "billing.price",
    "billing.offer",
    "billing.offer.line",
    "billing.leg",
    "billing.charge",
    "billing.statement",
)


class TestBillingIsolation(BillingCase):
    """DESIGN 4.1: money is read by its two parties and by nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.subscription()
        cls.run_billing("2026-02-01")
        cls.legs = cls.running.leg_ids.sorted("sequence")

    def seen(self, node, role, model):
        return self.as_user(node, role, model).search([]).sudo()

    def test_each_party_reads_its_own_legs(self):
        """X-05: the master never the sub's retail leg, the sub never the platform's."""
        platform, wholesale, retail = self.legs
        expected = {
            self.master: platform | wholesale,
            self.sub: wholesale | retail,
            self.sub2: self.env["billing.leg"],
            self.stranger: self.env["billing.leg"],
        }
        for node, legs in expected.items():
            for role in ("finance", "manager"):
                with self.subTest(node=node.name, role=role):
                    self.assertEqual(self.seen(node, role, "billing.leg"), legs)
                    charges = self.seen(node, role, "billing.charge")
                    self.assertEqual(charges.leg_id, legs)
                    statements = self.seen(node, role, "billing.statement")
                    self.assertEqual(statements.charge_ids.leg_id, legs)

    def test_the_platform_reads_money_as_a_party_only(self):
        """DESIGN 4.1: platform staff read commercial records as the root node."""
        staff = self.staff()
        legs = self.env["billing.leg"].with_user(staff).search([])
        self.assertEqual(legs.sudo(), self.legs[0])

    def test_the_master_reads_neither_offer_nor_retail_book(self):
        """TRADE 1: a retail price is seen by its seller and its buyer."""
        self.assertFalse(self.seen(self.master, "manager", "billing.offer"))
        books = self.seen(self.master, "manager", "billing.price.book")
        self.assertEqual(books, self.book_master | self.book_sub)
        retail = self.as_user(self.master, "manager", "billing.price.book").browse(
            self.book_retail.id
        )
        with self.assertRaises(AccessError):
            retail.read(["name"])

    def test_delivery_reads_no_money(self):
        """TRADE 7: delivery no money, in its own company too."""
        for model in MONEY:
            with self.subTest(model), self.assertRaises(AccessError):
                self.as_user(self.sub, "delivery", model).search([])
        self.assertTrue(self.as_user(self.sub, "delivery", "billing.subscription").search([]))

    def test_sales_reads_retail_and_no_cost(self):
        """TRADE 7: wholesale cost is for manager and finance."""
        books = self.seen(self.sub, "sales", "billing.price.book")
        self.assertEqual(set(books.mapped("audience")), {"retail", "agreed"})
        prices = self.seen(self.sub, "sales", "billing.price")
        self.assertEqual(prices.book_id, books)
        for model in ("billing.leg", "billing.charge", "billing.statement"):
            with self.assertRaises(AccessError):
                self.as_user(self.sub, "sales", model).search([])
        manager = self.seen(self.sub, "manager", "billing.price.book")
        self.assertIn(self.book_sub, manager)

    def test_the_branch_reads_subscriptions_without_money(self):
        """DESIGN 4.1: the master sees what runs below it; its form opens."""
        form = self.as_user(self.master, "manager", "billing.subscription").search([])
        self.assertEqual(form.sudo(), self.running)
        spec = {"item_ids": {"fields": {"quantity": {}}}, "leg_ids": {"fields": {"seller_id": {}}}}
        row = form.web_read(spec)[0]
        self.assertEqual(len(row["item_ids"]), 3)
        self.assertEqual(len(row["leg_ids"]), 2)

    def test_only_the_own_node_changes_what_is_billed(self):
        """X-05: the branch reads; it does not change a sub-partner's quantities or prices."""
        running = self.running.with_user(self.user(self.master, "manager"))
        for change in (
            lambda: running.action_change("base", 9, "2026-02-01"),
            lambda: running.write({"end_date": "2026-03-01"}),
            lambda: running.action_end("2026-03-01"),
        ):
            with self.assertRaises(AccessError):
                change()
        bought = self.book_sub.with_user(self.user(self.sub, "manager"))
        with self.assertRaises(AccessError):
            bought.price_ids[0].amount = 0
        with self.assertRaises(AccessError):
            bought.write({"name": "Cheaper"})

    def test_a_manager_makes_a_wholesale_book_for_its_sub(self):
        """TB-073: without rights of the platform, for a partner right below."""
        Book = self.as_user(self.master, "manager", "billing.price.book")
        values = {"name": "Alpenland", "audience": "wholesale", "for_node_id": self.sub2.id}
        book = Book.create({**values, "price_ids": [(0, 0, {"code": "base", "amount": 70})]})
        self.assertEqual(book.sudo().buyer_id, self.sub2)
        self.assertEqual(book.sudo().seller_id, self.master)
        self.assertIn(book.sudo(), self.seen(self.sub2, "manager", "billing.price.book"))
        self.assertNotIn(book.sudo(), self.seen(self.sub, "manager", "billing.price.book"))
        with self.assertRaises(AccessError):
            Book.create({**values, "for_node_id": self.stranger.id})

    def test_sales_sells_without_any_right_above(self):
        """Issue 2: offer, acceptance and won deal by the sub's own sales person."""
        offer = self.offer(self.sub, company="Küstenbau")
        self.assertEqual(offer.program_node_id, self.sub)
        self.assertEqual(offer.env.user, self.user(self.sub, "sales"))
        subscription = self.win(offer)
        self.assertEqual(subscription.state, "active")

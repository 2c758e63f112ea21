from datetime import date
from decimal import Decimal

from odoo.exceptions import ValidationError

from .common import MASTER
from .test_billing_lifecycle import LifecycleCase

CHEAPER = {**MASTER, "base": 70.00}


class TestTierBook(LifecycleCase):
    """TRADE 7, PG-001: a tier gives a wholesale book."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env.ref("partnership.res_partner_grade_data_gold")
        # The master sells to all partners below it by one list, and by a cheaper one to gold.
        cls.general = cls.make_book(cls.master, MASTER)
        cls.cheaper = cls.make_book(cls.master, CHEAPER)
        cls.general.write({"audience": "wholesale"})
        cls.cheaper.write({"audience": "wholesale", "grade_id": cls.gold.id})
        cls.book_sub.active = False
        cls.two = cls.subscription(company="Zweite GmbH", start="2026-01-01")

    def purchase(self, one=None):
        legs = (one or self.two).leg_ids.filtered(lambda leg: leg.buyer_id == self.sub)
        return legs.sorted("date_from")

    def hold(self, grade):
        """A tier that was signed, from today on."""
        assignment = self.env["program.tier.assignment"].create(
            {
                "program_node_id": self.sub.id,
                "grade_id": grade.id,
                "previous_id": self.sub.grade_id.id,
                "basis": "taken_over",
                "date_from": self.today,
                "state": "planned",
                "reason": "Test",
            }
        )
        assignment._start()
        self.assertEqual(self.sub.grade_id, grade)

    def bound(self, company="Gebunden GmbH"):
        self.general.term_months = 12
        return self.subscription(company=company, start="2026-01-01")

    def test_new_business_has_it_at_once(self):
        """PG-001: the book of the tier, not of another; a book of its own goes before."""
        Book = self.env["billing.price.book"]
        self.assertEqual(Book._wholesale(self.master, self.sub), self.general)
        self.hold(self.gold)
        self.assertEqual(Book._wholesale(self.master, self.sub), self.cheaper)
        self.assertEqual(Book._wholesale(self.master, self.sub2), self.general)
        three = self.subscription(company="Dritte GmbH", start="2026-02-01")
        self.assertEqual(self.purchase(three).price_book_id, self.cheaper)
        self.book_sub.active = True
        self.assertEqual(Book._wholesale(self.master, self.sub), self.book_sub)

    def test_what_is_bound_follows_at_its_renewal(self):
        """TRADE 7: up and down alike, from the first day of the new term and not before; charges
        of the term before stay as they are."""
        one = self.bound()
        (leg,) = self.purchase(one)
        self.clock("2026-06-15")
        self.hold(self.gold)
        self.run_billing("2026-12-31")
        self.assertEqual(self.purchase(one), leg)
        self.clock("2027-01-02")
        self.run_billing("2027-01-02")
        before, after = self.purchase(one)
        self.assertEqual((before, before.date_until), (leg, date(2027, 1, 1)))
        self.assertEqual((after.date_from, after.price_book_id), (date(2027, 1, 1), self.cheaper))
        self.assertEqual((after.term_months, after.term_until), (12, date(2028, 1, 1)))
        self.assertEqual(self.ledger(before)["base", "charge", "2026-12-01"], Decimal("80.00"))
        self.assertNotIn(("base", "charge", "2027-01-01"), self.ledger(before))
        self.assertEqual(self.ledger(after)["base", "charge", "2027-01-01"], Decimal("70.00"))
        self.clock("2027-03-01")
        self.hold(self.env.ref("partnership.res_partner_grade_data_silver"))
        self.run_billing("2028-01-02")
        last = self.purchase(one)[-1]
        self.assertEqual((last.date_from, last.price_book_id), (date(2028, 1, 1), self.general))
        self.assertEqual(self.ledger(last)["base", "charge", "2028-01-01"], Decimal("80.00"))
        events = self.env["governance.event"].search(
            [("kind", "=", "billing.leg.rebook"), ("res_ref", "in", one.leg_ids.ids)]
        )
        self.assertEqual(len(events), 2)
        # The customer's price and contract are untouched.
        self.assertEqual(len(one.leg_ids.filtered("customer_id")), 1)

    def test_what_is_bound_by_nothing_follows_with_its_next_period(self):
        """TRADE 7: an open contract is renewed with each period; one that only the customer's
        term binds, with that."""
        self.two.leg_ids.write({"term_months": 0, "term_until": False})
        self.one.leg_ids.filtered("buyer_id").write({"term_months": 0, "term_until": False})
        self.clock("2026-03-10")
        self.hold(self.gold)
        self.run_billing("2026-03-20")
        self.assertEqual(len(self.purchase()), 1)
        self.run_billing("2026-04-02")
        self.assertEqual(self.purchase()[-1].date_from, date(2026, 4, 1))
        self.assertEqual(self.purchase()[-1].price_book_id, self.cheaper)
        customer = self.one.leg_ids.filtered("customer_id")
        customer.write({"term_months": 12, "term_until": "2027-01-01", "renewal": "auto"})
        self.purchase(self.one).price_book_id = self.general
        self.run_billing("2027-01-02")
        self.assertEqual(self.purchase(self.one)[-1].price_book_id, self.cheaper)

    def test_revenue_only_changes_its_price(self):
        """TB-059: no churn where the same two go on."""
        one = self.bound()
        self.hold(self.gold)
        self.run_billing("2027-01-02")
        self.env["billing.mrr.movement"]._rebuild(date(2027, 1, 2))
        rows = self.env["billing.mrr.movement"].search(
            [("subscription_id", "=", one.id), ("seller_id", "=", self.master.id)]
        )
        self.assertNotIn("churn", rows.mapped("kind"))
        self.assertEqual(sum(rows.filtered(lambda row: row.cause == "price").mapped("amount")), -10)

    def test_letter_and_what_if_show_the_yearly_sum(self):
        """TRADE 7: on the partner's own portfolio, up and down; to the two parties in a role that
        reads money, to nobody else."""
        told = self.sub.with_user(self.manager)._tier_gives(self.gold)
        self.assertIn("240.00", told)
        self.assertIn("less a year on your own portfolio", told)
        wizard = self.env["program.tier.what.if"].with_user(self.manager)
        self.assertEqual(
            self.sub.with_user(self.manager)._tier_yearly_sum(self.gold), Decimal("240.00")
        )
        self.assertIn("a year on your own portfolio", wizard._of(self.sub).gives)
        self.purchase().price_book_id = self.cheaper
        silver = self.env.ref("partnership.res_partner_grade_data_silver")
        self.assertIn(
            "120.00", self.sub.with_user(self.user(self.master, "finance"))._tier_gives(silver)
        )
        self.assertIn("more a year", self.sub.with_user(self.manager)._tier_gives(silver))
        for user in (
            self.user(self.sub, "delivery"),
            self.user(self.sub, "sales"),
            self.user(self.stranger, "manager"),
            self.staff(),
        ):
            with self.subTest(user.login):
                self.assertIs(self.sub.with_user(user)._tier_yearly_sum(self.gold), False)

    def test_a_book_of_a_tier_is_wholesale_for_all(self):
        """PG-001"""
        for values in ({"for_node_id": self.sub.id}, {"audience": "retail"}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.cheaper.write(values)

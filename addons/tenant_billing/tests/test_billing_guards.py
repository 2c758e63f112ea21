from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from .common import MASTER, SUB, BillingCase
from .test_billing_lifecycle import LifecycleCase


class TestOwnPrices(BillingCase):
    """TB-018, TB-019: each seller's price and margin are its own."""

    def test_resale_and_platform_price_apart(self):
        """TB-018: one tenant, three prices; the margin of each leg is read by its seller alone,
        and neither party of one leg reads the next one's price."""
        one = self.subscription(start="2026-01-01")
        other = self.subscription(company="Zweiter Kunde", start="2026-01-01")
        legs = one.leg_ids.sorted("sequence")
        month = {
            leg.seller_id: leg.with_user(self.user(leg.seller_id, "finance")) for leg in legs[1:]
        }
        own = month[self.sub]
        self.assertEqual((own.monthly_revenue, own.monthly_margin), (180, 65))
        master = month[self.master]
        self.assertEqual((master.monthly_revenue, master.monthly_margin), (115, 35))
        # The buyer reads what it pays, and nothing of what its seller earns by it.
        bought = legs[1].with_user(self.user(self.sub, "finance"))
        self.assertEqual((bought.monthly_revenue, bought.monthly_margin), (115, 0))
        for node, hidden in ((self.sub, legs[0]), (self.master, legs[2]), (self.sub2, legs[2])):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                hidden.with_user(self.user(node, "finance")).read(["monthly_revenue"])
        # Of each tenant its own: another price for one customer leaves the other one alone.
        self.env["billing.discount"].with_user(self.user(self.sub, "manager")).create(
            {"leg_id": legs[2].id, "percent": 50}
        )
        self.env.invalidate_all()
        sale = other.leg_ids.sorted("sequence")[2].with_user(self.user(self.sub, "finance"))
        self.assertEqual(sale.monthly_margin, 65)
        self.assertEqual(own.monthly_margin, 65 - 90)

    def test_a_buyer_reads_no_name_of_the_book_behind(self):
        """X-05, TB-019: neither by its name on the book, nor by searching for it."""
        behind = self.make_book(self.master, MASTER, buyer=None, audience="wholesale")
        behind.name = "Secret list for everybody else"
        self.book_sub.parent_id = behind
        buyer = self.user(self.sub, "manager")
        book = self.book_sub.with_user(buyer)
        self.env.invalidate_all()
        read = book.web_read({"name": {}, "parent_id": {"fields": {"display_name": {}}}})
        self.assertNotIn("Secret", str(read))
        self.assertNotIn("Secret", str(book.read(["parent_id"])))
        self.assertFalse(book.search([("parent_id.name", "like", "Secret")]))
        seller = self.book_sub.with_user(self.user(self.master, "manager"))
        self.env.invalidate_all()
        self.assertIn("Secret", str(seller.read(["parent_id"])))

    def test_a_further_price_does_not_price_the_past(self):
        """B-03, X-09: of a component that contracts are charged by, it begins today or later;
        a component that nobody has yet is free, and so is a list that nobody is charged by."""
        one = self.subscription(start="2026-01-01")
        book = one.leg_ids[-1].price_book_id
        manager = self.user(self.sub, "manager")
        Price = self.env["billing.price"].with_user(manager)
        values = {"book_id": book.id, "code": "base", "amount": 99}
        today = self.env["billing.run"]._clock().date()
        with self.assertRaisesRegex(ValidationError, "Give the new price its first day"):
            Price.create({**values, "valid_from": today - timedelta(days=1)})
        Price.create({**values, "valid_from": today})
        Price.create({"book_id": book.id, "code": "edi", "amount": 5})
        # The list behind the prices agreed: what these say themselves is not touched by it.
        Price.create({**values, "book_id": self.book_retail.id, "valid_from": "2026-01-05"})
        spare = self.make_book(self.sub, SUB)
        Price.create({**values, "book_id": spare.id, "valid_from": "2026-01-05"})
        # In an agreed book a price of its own would stand before the list's.
        self.env["billing.price"].search(
            [("book_id", "=", book.id), ("code", "=", "support")]
        ).sudo()._write_multi([{"code": "gone"}])
        with self.assertRaisesRegex(ValidationError, "Give the new price its first day"):
            Price.create({"book_id": book.id, "code": "support", "amount": 1})

    def test_the_desk_dates_back(self):
        """B-03: the platform's own people put a wrong price right from its first day."""
        self.subscription(start="2026-01-01")
        staff = self.staff("desk")
        price = self.env["billing.price"].with_user(staff).create(
            {"book_id": self.book_master.id, "code": "base", "amount": 59,
             "valid_from": "2026-01-15"}
        )  # fmt: skip
        self.assertTrue(price)


class TestFloorOfDiscounts(LifecycleCase):
    """X-09: the seller's own floor holds for discounts on running contracts too."""

    def give(self, percent, role="manager", **values):
        return (
            self.env["billing.discount"]
            .with_user(self.user(self.sub, role))
            .create({"leg_id": self.leg.id, "percent": percent, **values})
        )

    def floor(self, code, amount):
        self.book_retail.price_ids.filtered(lambda one: one.code == code).floor = amount

    def test_below_the_own_floor(self):
        """X-09: 120 less 10 % is 108; two discounts on one day multiply; other components and
        days before it are not its business."""
        self.floor("base", 105)
        self.assertIn("Base is charged below your own floor of 105", self.refused(15))
        first = self.give(10, date_from="2026-03-01", date_until="2026-05-01")
        self.refused(10, date_from="2026-04-01")
        self.refused(10, date_from="2026-02-01")
        self.give(10, date_from="2026-05-01")
        self.give(50, codes="support")
        with self.assertRaises(UserError):
            first.percent = 20

    def refused(self, percent, **values):
        with self.assertRaises(UserError) as caught:
            self.give(percent, **values)
        return str(caught.exception)

    def test_nobody_elses_floor_acts(self):
        """X-09: the master's floor is the master's; a partner's price below is its own."""
        self.make_book(self.master, MASTER).price_ids.floor = 0.12
        self.make_book(self.root, MASTER).price_ids.floor = 0.12
        self.assertTrue(self.give(100))


class TestChangesOfTheDay(LifecycleCase):
    """Faults of the change wizard and of renewals."""

    def test_a_change_compares_with_its_own_day(self):
        """B-08: from March there are 5; asking for 5 from April changes nothing, asking for the
        2 of today does; a line that nobody touched stays what it is on that day."""
        self.one.action_change("base", 2, "2026-01-15")
        self.one.action_change("base", 5, "2026-03-01")
        change = self.open("change", day="2026-04-01")
        base = self.line(change, "base")
        self.assertEqual((base.current, base.quantity), (5, 5))
        with self.assertRaisesRegex(UserError, "Nothing changes"):
            change.action_preview()
        base.quantity = 2
        change.action_preview()
        change.action_confirm()
        self.assertEqual(self.one._standing("base", date(2026, 3, 31)).quantity, 5)
        self.assertEqual(self.one._standing("base", date(2026, 4, 1)).quantity, 2)

    def test_the_form_shows_the_day(self):
        """B-08: in the client too, and what was typed stays."""
        self.one.action_change("base", 5, "2026-03-01")
        change = self.open("change", day="2026-01-15")
        with Form(change) as form:
            form.day = "2026-04-01"
            with form.line_ids.edit(0) as line:
                self.assertEqual((line.current, line.quantity), (5, 5))
                line.quantity = 1
        base = self.line(change, "base")
        self.assertEqual((base.current, base.quantity), (5, 1))

    def test_a_renewal_stops_at_the_stated_end(self):
        """TB-074: neither by hand nor by the run past the day that was stated."""
        self.leg.sudo().term_until = "2026-03-01"
        self.one.sudo().end_date = "2026-03-01"
        own = self.leg.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "as stated from the beginning"):
            own.action_renew()
        self.one.sudo().end_date = "2026-06-15"
        own.action_renew()
        self.assertEqual(str(self.leg.term_until), "2026-06-15")
        with self.assertRaisesRegex(UserError, "bound until|as stated"):
            own.action_renew()


class TestReferral(LifecycleCase):
    """TRADE 1: the customers of a referral partner are its upline's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referral = cls.node("Tippgeber", "referral", upline=cls.master)
        cls.make_book(cls.master, SUB)
        cls.one = cls.subscription(cls.referral, company="Vermittelt GmbH", start="2026-01-01")
        cls.leg = cls.one.leg_ids.filtered("customer_id")
        cls.leg.sudo().term_until = "2026-04-01"
        cls.manager = cls.user(cls.master, "manager")

    def test_its_seller_offers_a_change(self):
        """TB-074: from the list of renewals, and it takes effect."""
        self.assertEqual(self.leg.seller_id, self.master)
        action = self.leg.with_user(self.manager).action_offer_change()
        change = self.env["billing.subscription.change"].with_user(self.manager)
        change = change.browse(action["res_id"])
        change.write({"when": "day", "day": "2026-02-01"})
        self.line(change, "base").quantity = 3
        change.action_preview()
        change.action_confirm()
        self.assertEqual(self.one._standing("base", date(2026, 2, 1)).quantity, 3)

    def test_its_seller_lets_it_end(self):
        """TB-074: with its term, on the referral's subscription; nobody else does."""
        for user in (
            self.user(self.referral, "manager"), self.user(self.sub, "manager"), self.staff(),
        ):  # fmt: skip
            with self.assertRaises(AccessError):
                self.leg.with_user(user).action_let_end()
        self.leg.with_user(self.manager).action_let_end()
        self.assertEqual(str(self.one.ended_on), "2026-04-01")

    def test_its_sellers_people_are_bound_as_its_own(self):
        """R-19: what was served stays charged, whoever dates it back; an upline that sells to its
        sub-partner changes nothing of that one's customers."""
        self.env["ir.config_parameter"].sudo().set_param("tenant_billing.backdate_days", "0")
        own = self.one.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "stays charged"):
            own.action_change("base", 0.5, "2026-01-02")
        sold = self.subscription(self.sub, company="Eigener Kunde", start="2026-01-01")
        with self.assertRaises(AccessError):
            sold.with_user(self.manager).action_change("base", 2, "2026-02-01")
        with self.assertRaises(AccessError):
            own.write({"upgraded_on": "2026-02-01"})

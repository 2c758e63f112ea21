from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import BillingCase, checked_sender


class TestBillingCampaign(BillingCase):
    """New prices with notice: who is told what, and from which day they are charged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["billing.run"]._clock().date()
        cls.start = cls.today.replace(day=1)
        # A first day of a month at least two months ahead.
        cls.first = cls.start + relativedelta(months=3)
        cls.env["program.brand"].create(
            [
                {
                    "name": brand,
                    "program_node_id": node.id,
                    **checked_sender(f"care@{brand.lower()}.example"),
                }
                for node, brand in ((cls.master, "Meridian"), (cls.sub, "HanseFlow"))
            ]
        )
        cls.user(cls.sub, "finance").email = "finance@hanse.example"
        cls.user(cls.sub2, "finance").email = "finance@alpen.example"

    def campaign(self, seller=None, book=None, lines=None, **values):
        seller, book = seller or self.master, book or self.book_sub
        return self.as_user(seller, "manager", "billing.price.campaign").create(
            {
                "name": "Prices 2027",
                "book_id": book.id,
                "first_day": self.first,
                "notice_days": 30,
                "line_ids": [
                    Command.create({"code": code, "amount": amount})
                    for code, amount in (lines or {"base": 100}).items()
                ],
                **values,
            }
        )

    def announced(self, **values):
        campaign = self.campaign(**values)
        campaign.action_preview()
        campaign.action_announce()
        return campaign

    def running(self, node=None, **values):
        return self.subscription(node or self.sub, start=f"{self.start}", **values)

    def base(self, subscription, seller, months):
        """What a leg is charged for the base in each of the next months, from the start."""
        self.run_billing(f"{self.start + relativedelta(months=months - 1)}")
        leg = subscription.leg_ids.filtered(lambda one: one.seller_id == seller)
        rows = leg.charge_ids.filtered(lambda row: row.component_code == "base")
        return rows.sorted("period_start").mapped("amount")

    def send(self):
        """Carry out what the outbox holds; the mails made."""
        before = self.env["mail.mail"].search([])
        for row in self.env["program.outbox"].search([("state", "=", "waiting")]):
            row._send()
        return self.env["mail.mail"].search([]) - before

    def test_after_notice_from_the_first_day(self):
        """TB-071: a contract without a term, after notice; the retail price stays, and the buyer
        reads its own margin."""
        one = self.running()
        campaign = self.announced(message="Energy costs more.")
        self.assertEqual(campaign.notice_line_ids.day, self.first)
        self.assertEqual((campaign.old_total, campaign.new_total), (80, 100))
        self.assertEqual(self.base(one, self.master, 4), [80, 80, 80, 100])
        self.assertEqual(self.base(one, self.sub, 4), [120, 120, 120, 120])
        self.assertEqual(self.base(one, self.root, 4), [60, 60, 60, 60])
        self.assertEqual(self.run_billing(f"{self.first}").charge_count, 0)
        notice = self.as_user(self.sub, "finance", "billing.price.notice").search([])
        line = notice.line_ids
        self.assertEqual((line.old_amount, line.new_amount), (80, 100))
        self.assertEqual((line.own_price, line.margin_before, line.margin_after), (120, 40, 20))
        as_seller = line.with_user(self.user(self.master, "finance"))
        self.assertEqual((as_seller.own_price, as_seller.margin_after), (0, 0))
        # the price that it brought is read, what its seller calls it is not.
        price = self.book_sub.price_ids.filtered("campaign_id")
        for node, name in ((self.master, campaign.name), (self.sub, "Price change")):
            read = price.with_user(self.user(node, "finance")).read(["campaign_id"])[0]
            self.assertEqual(read["campaign_id"][1], name)

    def test_at_renewal(self):
        """TB-071: inside a term nothing moves; a new contract has the new price at once."""
        self.book_sub.write({"term_months": 6})
        bound = self.running()
        self.book_sub.write({"price_change": "notice"})
        allowed = self.running(company="Südwind")
        campaign = self.announced()
        days = {line.leg_id.subscription_id: line.day for line in campaign.notice_line_ids}
        renewal = self.start + relativedelta(months=6)
        self.assertEqual(days, {bound: renewal, allowed: self.first})
        self.assertEqual(self.base(bound, self.master, 7), [80] * 6 + [100])
        self.assertEqual(self.base(allowed, self.master, 7), [80] * 3 + [100] * 4)
        later = self.subscription(start=f"{self.first}", company="Westwind")
        self.run_billing(f"{renewal}")
        leg = later.leg_ids.filtered(lambda one: one.seller_id == self.master)
        rows = leg.charge_ids.filtered(lambda row: row.component_code == "base")
        self.assertEqual(set(rows.mapped("amount")), {100})

    def test_the_newest_decision_counts(self):
        """TB-071: a second change does not come before, and then lose to, the first one."""
        self.book_sub.write({"term_months": 6})
        one = self.running()
        self.announced()
        second = self.announced(
            lines={"base": 90}, first_day=self.first + relativedelta(months=1), name="Less"
        )
        self.assertEqual(second.notice_line_ids.day, self.start + relativedelta(months=6))
        self.assertEqual(self.base(one, self.master, 7), [80] * 6 + [90])

    def test_notices_leave_once_under_the_sellers_brand(self):
        """TB-071, R-27: one mail a buyer, with its own contracts alone; nothing below it."""
        self.book_sub.for_node_id = False
        one = self.running()
        self.make_book(self.sub2, {"base": 9, "storage": 1, "support": 1})
        other = self.running(self.sub2, company="Bergwind")
        campaign = self.announced()
        mails = self.send()
        self.assertEqual(len(campaign.notice_ids), 2)
        self.assertEqual(len(mails), 2)
        mail = mails.filtered(lambda each: "finance@alpen.example" in each.email_to)
        self.assertNotIn("hanse", mail.email_to)
        self.assertEqual(mail.email_from, '"Meridian" <care@meridian.example>')
        self.assertIn("Bergwind", mail.body_html)
        self.assertNotIn("Nordwind", mail.body_html)
        self.assertEqual((one.state, other.state), ("active", "active"))
        self.assertFalse(self.send())
        with self.assertRaisesRegex(UserError, "announced already"):
            campaign.action_announce()

    def test_no_brand_no_mail(self):
        """TRADE 7: without a sender of the brand nothing leaves, visibly."""
        self.running()
        self.env["program.brand"].search([("name", "=", "Meridian")]).sender_email = False
        notice = self.announced().notice_ids
        self.assertFalse(self.send())
        self.assertEqual(notice.send_state, "failed")
        self.assertIn("has no sender", notice.sudo().send_error)
        # Its buyer reads the notice, and neither where to it leaves nor why not.
        seller, buyer = (
            notice.with_user(self.user(node, "finance")) for node in (self.master, self.sub)
        )
        self.assertIn("has no sender", seller.send_problem)
        self.assertTrue(buyer.has_access("read"))
        self.assertFalse(buyer.send_problem or buyer.sent_address)
        for name in ("send_error", "sent_to"):
            with self.assertRaises(AccessError):
                buyer.read([name])

    def test_before_the_announcement_nobody_knows(self):
        """X-05: a preview is its seller's; afterwards each buyer reads its own lines."""
        self.running()
        campaign = self.campaign()
        campaign.action_preview()
        model = "billing.price.notice.line"
        self.assertFalse(self.as_user(self.sub, "finance", model).search([]))
        self.assertFalse(self.as_user(self.sub, "finance", "billing.price.campaign").search([]))
        campaign.action_announce()
        lines = self.as_user(self.sub, "finance", model).search([])
        self.assertEqual(lines.leg_id.buyer_id, self.sub)
        for node in (self.sub2, self.stranger, self.root):
            self.assertFalse(
                self.as_user(node, "finance", model).search([])
                if node != self.root
                else self.env[model].with_user(self.staff()).search([])
            )
        with self.assertRaises(AccessError):
            self.as_user(self.sub, "manager", model).search([]).write({"day": self.first})
        with self.assertRaises(UserError):
            campaign.with_user(self.user(self.sub, "manager")).action_withdraw()

    def test_a_stale_preview_is_refused(self):
        """DESIGN 3: what is announced is what was looked at."""
        self.running()
        campaign = self.campaign()
        with self.assertRaisesRegex(UserError, "Look at the preview first"):
            campaign.action_announce()
        campaign.action_preview()
        self.running(company="Südwind")
        with self.assertRaisesRegex(UserError, "has changed since"):
            campaign.action_announce()
        campaign.action_preview()
        campaign.action_announce()
        self.assertEqual(campaign.contract_count, 2)

    def test_withdrawn_before_the_first_day(self):
        """TB-071: prices, days, and what followed cost, go; buyers are told."""
        self.book_retail.write({"follow_cost": True, "markup_percent": 50})
        self.book_retail.price_ids.filtered(lambda price: price.code == "base").unlink()
        self.book_retail.action_fill_from_cost()
        one = self.running()
        campaign = self.announced()
        followed = self.book_retail.price_ids.filtered(
            lambda price: price.code == "base" and price.valid_from == self.first
        )
        self.assertEqual(followed.amount, 150)
        self.send()
        campaign.action_withdraw()
        self.assertFalse(followed.exists())
        self.assertEqual(self.base(one, self.master, 5), [80] * 5)
        mails = self.send()
        self.assertEqual(mails.mapped("subject"), ["Withdrawn: Prices 2027"])
        with self.assertRaisesRegex(UserError, "is not announced"):
            campaign.action_withdraw()

    def test_two_campaigns_of_one_day(self):
        """TB-071, TRADE 6: what followed the cost of one partner stays where the change for
        another one is taken back."""
        cost = self.make_book(self.master, {"base": 50, "storage": 1, "support": 1}, self.sub2)
        follows = {"follow_cost": True, "markup_percent": 50}
        books = self.book_retail, self.make_book(self.sub2, {})
        self.book_retail.price_ids.unlink()
        for book in books:
            book.write(follows)
            book.action_fill_from_cost()
        first = self.announced()
        second = self.announced(book=cost, lines={"base": 60}, name="Prices for others")

        def followed():
            return [
                book.price_ids.filtered(lambda price: price.valid_from == self.first).mapped(
                    "amount"
                )
                for book in books
            ]

        self.assertEqual(followed(), [[150], [90]])
        second.action_withdraw()
        self.assertEqual(followed(), [[150], []])
        first.action_withdraw()
        self.assertEqual(followed(), [[], []])

    def test_withdrawn_before_anybody_was_told(self):
        """TB-071: then nobody is told of either."""
        self.running()
        self.announced().action_withdraw()
        self.assertFalse(self.send())

    def test_follow_cost_is_the_owners_choice(self):
        """TB-071: who does not follow keeps its retail price to the cent."""
        before = {price.id: price.amount for price in self.book_retail.price_ids}
        self.running()
        self.announced(lines={"base": 500, "support": 500})
        self.assertEqual({price.id: price.amount for price in self.book_retail.price_ids}, before)

    def test_agreed_prices_stay(self):
        """TB-071: a change of the own list reaches no customer with agreed prices."""
        self.running()
        campaign = self.campaign(seller=self.sub, book=self.book_retail)
        campaign.action_preview()
        self.assertFalse(campaign.notice_line_ids)

    def test_what_cannot_be_announced(self):
        """TB-071: the past, another's book, a price that is there, nothing at all."""
        self.running()
        with self.assertRaises(UserError):
            self.campaign(seller=self.sub, book=self.book_sub)
        for values, text in (
            ({"first_day": self.today}, "first day ahead"),
            ({"line_ids": False}, "add a line"),
        ):
            with self.subTest(text), self.assertRaisesRegex(UserError, text):
                self.campaign(**values).action_preview()
        self.env["billing.price"].create(
            {
                "book_id": self.book_sub.id,
                "code": "base",
                "amount": 85,
                "valid_from": self.first + timedelta(days=40),
            }
        )
        with self.assertRaisesRegex(UserError, "already"):
            self.campaign().action_preview()

    def test_an_offer_without_an_own_list(self):
        """TB-071: its contract gets new prices at renewal, as the default says."""
        offer = self.offer(self.sub)
        offer.price_book_id = False
        leg = self.win(offer).leg_ids.filtered("customer_id")
        self.assertEqual(leg.price_change, "renewal")

    def test_fill_by_percent(self):
        """TB-071: today's prices changed by a percent, tiers and all."""
        storage = self.book_sub.price_ids.filtered(lambda price: price.code == "storage")
        storage.write(
            {
                "price_model": "graduated",
                "tiers": [
                    {"up_to": "100", "unit": "0.20", "flat": "5"},
                    {"up_to": None, "unit": "0.10", "flat": "0"},
                ],
            }
        )
        campaign = self.campaign(percent=10)
        campaign.action_fill()
        lines = {line.code: line for line in campaign.line_ids}
        self.assertEqual(lines["base"].amount, 88)
        self.assertEqual(lines["storage"].tiers[0], {"up_to": "100", "unit": "0.22", "flat": "5.5"})

    def test_fill_keeps_small_rates(self):
        """TB-071: a rate of less than a cent is raised by the percent, not rounded to the cent."""
        storage = self.book_sub.price_ids.filtered(lambda price: price.code == "storage")
        storage.write({"amount": 0.014, "minimum": 0.99})
        campaign = self.campaign(percent=5)
        campaign.action_fill()
        line = campaign.line_ids.filtered(lambda one: one.code == "storage")
        self.assertAlmostEqual(line.amount, 0.0147, 8)
        self.assertAlmostEqual(line.minimum, 1.0395, 8)

    def test_the_margin_is_net(self):
        """TB-071, B-07: tax inside the own price is nobody's margin."""
        self.keep_books(self.sub)
        tax = self.sub.company_id.account_sale_tax_id
        tax.write({"price_include_override": "tax_included", "amount": 25})
        self.book_retail.tax_included = True
        self.running()
        self.announced()
        line = self.as_user(self.sub, "finance", "billing.price.notice").search([]).line_ids
        self.assertEqual((line.own_price, line.margin_before, line.margin_after), (96, 16, -4))

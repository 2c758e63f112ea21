import base64
from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError

from ..adapters.facts import read_facts
from ..engine.zones import UTC
from .common import PLATFORM, SUB, BillingCase


class SideLegCase(BillingCase):
    """An OEM vendor sells, a delivery partner outside its branch works on the tenant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = datetime(2026, 1, 1, 12, tzinfo=UTC)
        cls.startClassPatcher(
            patch.object(type(cls.env["billing.run"]), "_clock", lambda _self: now)
        )
        cls.make_book(cls.root, PLATFORM, buyer=cls.oem)
        cls.make_book(cls.oem, SUB)
        cls.running = cls.subscription(cls.oem, start="2026-01-01")
        cls.tenant = cls.running.tenant_id

    def pay(self, **values):
        """An engagement from 11 January on, offered with its pay by the vendor's manager."""
        offered = self.as_user(self.oem, "manager", "program.engagement")._offer(
            self.delivery.code,
            {"role": "delivery", "tenant_id": self.tenant.id, "date_from": "2026-01-11"},
        )
        Terms = self.as_user(self.oem, "manager", "billing.side.terms")
        return Terms.create({"engagement_id": offered.id, **values})

    def accept(self, terms):
        engagement = terms.engagement_id.with_user(self.user(self.delivery, "manager"))
        engagement.action_accept()
        return terms.sudo().leg_ids

    def booked(self, leg):
        return [
            (f"{charge.period_start:%m-%d}", round(charge.amount, 2))
            for charge in leg.charge_ids.sorted("period_start")
        ]


class TestBillingSideLeg(SideLegCase):
    def test_nothing_before_it_is_accepted(self):
        """TB-027: offered and accepted; then it is no part of the chain."""
        terms = self.pay(kind="fixed", amount=310)
        self.assertFalse(terms.leg_ids)
        leg = self.accept(terms)
        self.assertEqual((leg.seller_id, leg.buyer_id), (self.delivery, self.oem))
        self.assertEqual((leg.date_from, leg.date_until), (date(2026, 1, 11), False))
        self.running._check_chain()
        manager = self.user(self.oem, "manager")
        with self.assertRaisesRegex(UserError, "accepted"):
            terms.with_user(manager).amount = 1

    def test_fixed_a_period(self):
        """TB-027: 310.00 a month; 21 of 31 days of January; on the payer's own invoice day."""
        leg = self.accept(self.pay(kind="fixed", amount=310))
        self.run_billing("2026-02-01")
        self.run_billing("2026-03-01")
        self.assertEqual(self.booked(leg), [("01-11", 210), ("02-01", 310)])
        statements = leg.charge_ids.statement_id.sorted("billing_day")
        self.assertEqual(statements.mapped("amount_total"), [210, 310])
        self.assertEqual(statements.seller_id, self.delivery)
        self.assertEqual(set(leg.charge_ids.mapped("stream")), {"operations"})

    def test_a_share_of_support(self):
        """TB-027: 25 % of support, 60.00 a month in advance, from the first charge whose days
        begin within the engagement; a change upstream moves it too."""
        leg = self.accept(self.pay(kind="share", percent=25, share_stream="support"))
        self.run_billing("2026-02-01")
        self.assertEqual(self.booked(leg), [("02-01", 15)])
        self.running.action_change("support", 2, "2026-02-15")
        self.run_billing("2026-02-15")
        # Half of February at 60.00 comes back, and is charged at 120.00.
        self.assertEqual(self.booked(leg)[1:], [("02-15", -7.5), ("02-15", 15)])

    def test_a_share_of_prices_with_tax_inside(self):
        """TB-027, B-07: of what the payer keeps; the tax is no part of it, now nor ahead."""
        self.keep_books(self.oem)
        sale = self.running.leg_ids.filtered("customer_id")
        tax = self.oem.company_id.account_sale_tax_id
        tax.copy({"name": "Inside", "price_include_override": "tax_included"})
        (sale.price_book_id | sale.price_book_id.parent_id).write({"tax_included": True})
        leg = self.accept(self.pay(kind="share", percent=25, share_stream="support"))
        self.run_billing("2026-02-01")
        net = round(60 / (1 + tax.amount / 100), 2)
        self.assertLess(net, 60)
        share = round(net / 4, 2)
        self.assertEqual(self.booked(leg), [("02-01", share)])
        facts = read_facts(self.running, datetime(2026, 2, 1))
        monthly = leg.side_terms_id._monthly(sale, facts, date(2026, 2, 1))
        self.assertAlmostEqual(monthly, share, 2)

    def foreign(self, *rates):
        """Another currency than the payer's, with ``rates`` ((day, rate))."""
        other = self.env.ref("base.CHF")
        other.active = True
        other.rate_ids.unlink()
        for day, rate in rates:
            self.rate(other, day, rate)
        return other

    def rate(self, currency, day, rate):
        values = {"currency_id": currency.id, "company_id": False, "name": day, "rate": rate}
        self.env["res.currency.rate"].create(values)

    def test_a_share_in_another_currency(self):
        """TB-027, DESIGN 4.3: at the payer's rate of the day on which it is due; what is booked
        keeps its rate, and a correction has it too."""
        other = self.foreign(("2025-01-01", 2), ("2026-02-10", 4))
        values = {"percent": 25, "share_stream": "support", "currency_id": other.id}
        leg = self.accept(self.pay(kind="share", **values))
        self.run_billing("2026-02-01")
        self.assertEqual((leg.currency_id, self.booked(leg)), (other, [("02-01", 30)]))
        self.rate(other, "2026-01-30", 3)
        self.run_billing("2026-02-02")
        self.assertEqual(self.booked(leg), [("02-01", 30)], "a rate entered late changes nothing")
        self.run_billing("2026-03-01")
        self.assertEqual(self.booked(leg)[1:], [("03-01", 60)])
        self.running.action_change("support", 2, "2026-02-01")
        self.run_billing("2026-03-02")
        self.assertEqual(
            self.booked(leg), [("02-01", 30), ("02-01", 30), ("03-01", 60), ("03-01", 60)]
        )
        # The share is known in the currency of the sale, and is not converted twice.
        sale = self.running.leg_ids.filtered("customer_id")
        facts = read_facts(self.running, datetime(2026, 3, 2))
        self.assertEqual(sale._side_cost(facts, date(2026, 3, 2)), 30)

    def test_a_share_without_a_rate(self):
        """TB-027, R-38: parked for the payer, whose rates they are; never nothing in silence."""
        other = self.foreign()
        values = {"percent": 25, "share_stream": "support", "currency_id": other.id}
        leg = self.accept(self.pay(kind="share", **values))
        failure = self.run_billing("2026-02-01").failure_ids
        self.assertFalse(leg.charge_ids)
        self.assertEqual(failure.seller_id, self.oem)
        self.assertIn("No rate of CHF", failure.reason)
        self.rate(other, "2026-01-01", 2)
        self.run_billing("2026-02-02")
        self.assertEqual(failure.state, "solved")
        self.assertEqual(self.booked(leg), [("02-01", 30)])

    def test_by_the_hour(self):
        """TB-027: what the payer has accepted; what comes late is a difference."""
        terms = self.pay(kind="hours", amount=90)
        leg = self.accept(terms)
        Hours = self.as_user(self.delivery, "finance", "billing.side.hours")
        worked = Hours.create(
            [
                {"terms_id": terms.id, "day": "2026-01-12", "hours": 2.5, "note": "Interfaces"},
                {"terms_id": terms.id, "day": "2026-01-20", "hours": 8, "note": "Training"},
            ]
        )
        self.run_billing("2026-02-01")
        self.assertFalse(leg.charge_ids)
        with self.assertRaises(AccessError):
            worked.action_accept()
        mine = worked.with_user(self.user(self.oem, "manager"))
        mine[0].action_accept()
        mine[1].action_refuse()
        self.run_billing("2026-02-02")
        self.assertEqual(self.booked(leg), [("01-11", 225)])
        with self.assertRaisesRegex(UserError, "answered already"):
            worked[0].hours = 100
        with self.assertRaises(AccessError):
            Hours.with_user(self.user(self.oem, "manager")).create(
                {"terms_id": terms.id, "hours": 1, "note": "Not mine"}
            )

    def test_hours_that_can_never_be_paid(self):
        """TB-027: none outside the engagement's days, nor where no subscription runs."""
        terms = self.pay(kind="hours", amount=90)
        self.accept(terms)
        terms.engagement_id.sudo().date_until = "2026-03-01"
        Hours = self.as_user(self.delivery, "finance", "billing.side.hours")
        row = {"terms_id": terms.id, "hours": 1, "note": "Training"}
        for day in ("2026-01-10", "2026-03-01"):
            with self.subTest(day), self.assertRaisesRegex(ValidationError, "within the days"):
                Hours.create({**row, "day": day})
        fixed = self.pay(kind="fixed", amount=310)
        with self.assertRaisesRegex(ValidationError, "not paid by the hour"):
            Hours.create({**row, "terms_id": fixed.id, "day": "2026-01-12"})
        worked = Hours.create([{**row, "day": "2026-02-14"}, {**row, "day": "2026-02-15"}])
        self.running.write({"ended_on": "2026-02-15", "state": "ended"})
        mine = worked.with_user(self.user(self.oem, "manager"))
        mine[0].action_accept()
        with self.assertRaisesRegex(UserError, "cannot be paid"):
            mine[1].action_accept()
        mine[1].action_refuse()

    def test_it_ends_with_the_engagement(self):
        """TB-027, PG-152: at once, by either side; its days up to today are paid."""
        terms = self.pay(kind="fixed", amount=310)
        leg = self.accept(terms)
        self.run_billing("2026-02-01")
        ended = datetime(2026, 2, 15, 8, tzinfo=UTC)
        self.patch(type(self.env["billing.run"]), "_clock", lambda _self: ended)
        terms.engagement_id.with_user(self.user(self.delivery, "manager")).action_end()
        self.assertEqual(leg.date_until, date(2026, 2, 15))
        self.run_billing("2026-03-01")
        # 14 of 28 days.
        self.assertEqual(self.booked(leg), [("01-11", 210), ("02-01", 155)])

    def test_an_end_that_is_agreed_later(self):
        """TB-027: the day of the engagement is the day of its leg."""
        terms = self.pay(kind="fixed", amount=310)
        leg = self.accept(terms)
        terms.engagement_id.sudo().date_until = "2026-02-15"
        self.assertEqual(leg.date_until, date(2026, 2, 15))

    def second(self):
        """Another subscription of the tenant, from March on."""
        second = self.running.copy({"program_node_id": self.oem.id})
        second.write({"tenant_id": self.tenant.id, "start_date": "2026-03-01"})
        second.item_ids = [
            (0, 0, {"component_id": item.component_id.id, "valid_from": "2026-03-01"})
            for item in self.running.item_ids
            if item.kind != "metered"
        ]
        second._activate(self.env["billing.price.book"]._retail(self.oem), date(2026, 3, 1))
        self.assertFalse(second.problem)
        return second

    def sides(self, subscription):
        self.env.invalidate_all()
        return subscription.leg_ids.filtered("side_terms_id")

    def test_a_subscription_that_begins_later(self):
        """TB-027: beside the first one it pays the agreed amount no second time; where the first
        one has ended, and not where it only was given notice, it takes over."""
        leg = self.accept(self.pay(kind="fixed", amount=310))
        second = self.second()
        self.assertFalse(self.sides(second))
        self.running.action_end("2026-03-15")
        self.assertFalse(self.sides(second))
        self.run_billing("2026-04-01")
        side = self.sides(second)
        self.assertEqual((side.date_from, side.seller_id), (date(2026, 3, 15), self.delivery))
        self.run_billing("2026-04-02")
        # 14 and 17 of 31 days.
        self.assertEqual(self.booked(leg), [("01-11", 210), ("02-01", 310), ("03-01", 140)])
        self.assertEqual(self.booked(side), [("03-15", 170)])

    def test_a_subscription_that_begins_after_the_end(self):
        """TB-027: work agreed on a tenant whose next subscription starts after a gap."""
        self.accept(self.pay(kind="fixed", amount=310))
        self.running.write({"ended_on": "2026-02-15", "state": "ended"})
        side = self.sides(self.second())
        self.assertEqual((side.date_from, side.seller_id), (date(2026, 3, 1), self.delivery))

    def test_two_running_subscriptions(self):
        """TB-027: hours are paid on one of them, a share of each; the older one comes first."""
        second = self.second()
        hours = self.accept(self.pay(kind="hours", amount=90))
        self.assertEqual(hours.subscription_id, self.running)
        shares = self.accept(self.pay(kind="share", percent=25))
        self.assertEqual(shares.subscription_id, self.running | second)

    def test_the_sellers_margin_bears_it(self):
        """TB-027, TB-059: 180.00 from the customer, 80.00 to the platform, 30.00 and a quarter
        of support to the delivery partner."""
        leg = self.running.leg_ids.filtered("customer_id")
        mine = leg.with_user(self.user(self.oem, "finance"))
        self.assertAlmostEqual(mine.monthly_margin, 100)
        self.accept(self.pay(kind="fixed", amount=30))
        second = self.node("Werkstatt IT", "resale")
        terms = self.env["billing.side.terms"].create(
            {
                "engagement_id": self.env["program.engagement"]
                .create(
                    {
                        "owner_id": self.oem.id,
                        "partner_id": second.id,
                        "tenant_id": self.tenant.id,
                        "date_from": "2026-01-01",
                    }
                )
                .id,
                "kind": "share",
                "percent": 25,
                "share_stream": "support",
            }
        )
        terms.engagement_id.with_user(self.user(second, "manager")).action_accept()
        later = datetime(2026, 1, 20, 12, tzinfo=UTC)
        self.patch(type(self.env["billing.run"]), "_clock", lambda _self: later)
        mine.invalidate_recordset(["monthly_margin"])
        self.assertAlmostEqual(mine.monthly_margin, 100 - 30 - 15)

    def test_the_partner_sees_its_own_pay_alone(self):
        """TB-027, PG-152: of money only its own side leg; the OEM's uplines see none of it."""
        terms = self.pay(kind="fixed", amount=310)
        leg = self.accept(terms)
        self.run_billing("2026-02-01")
        for role in ("finance", "manager"):
            legs = self.as_user(self.delivery, role, "billing.leg").search([])
            self.assertEqual(legs.sudo(), leg)
            charges = self.as_user(self.delivery, role, "billing.charge").search([])
            self.assertEqual(charges.sudo(), leg.charge_ids)
            self.assertIn("Services", charges.mapped("display_name")[0])
        staff = self.staff()
        self.assertNotIn(leg, self.env["billing.leg"].with_user(staff).search([]).sudo())
        for node in (self.stranger, self.master):
            self.assertFalse(self.as_user(node, "finance", "billing.side.terms").search([]))
        manager = self.user(self.delivery, "manager")
        with self.assertRaises(AccessError):
            terms.with_user(manager).amount = 999
        offered = self.as_user(self.oem, "manager", "program.engagement")._offer(
            self.delivery.code, {"role": "delivery", "tenant_id": self.tenant.id}
        )
        with self.assertRaises(AccessError):
            self.env["billing.side.terms"].with_user(manager).create(
                {"engagement_id": offered.id, "kind": "fixed", "amount": 999}
            )

    def test_the_vendors_draft_bill(self):
        """TB-027: where both keep their books here, issuing makes the payer's draft bill."""
        self.keep_books(self.delivery, self.oem)
        leg = self.accept(self.pay(kind="fixed", amount=310))
        self.run_billing("2026-02-01")
        statement = leg.charge_ids.statement_id
        invoice = statement._invoice()
        bill = statement.move_ids - invoice
        self.assertEqual(
            (invoice.company_id, invoice.partner_id),
            (self.delivery.company_id, self.oem.partner_id),
        )
        self.assertEqual((bill.company_id, bill.move_type), (self.oem.company_id, "in_invoice"))
        self.assertEqual((invoice.amount_untaxed, bill.amount_untaxed), (210, 210))

    def test_what_cannot_be(self):
        """TB-027: bad input names what is missing."""
        with self.assertRaisesRegex(ValidationError, "how much"):
            self.pay(kind="share", amount=5)
        leg = self.accept(self.pay(kind="fixed", amount=310))
        with self.assertRaisesRegex(ValidationError, "paid as agreed"):
            self.env["billing.discount"].create({"leg_id": leg.id, "percent": 10, "reason": "x"})

    def test_other_things_leave_it_alone(self):
        """TB-027: a change, a preview and the next invoices of a subscription with a side leg."""
        self.accept(self.pay(kind="fixed", amount=310))
        mine = self.running.with_user(self.user(self.oem, "manager"))
        preview = self.env["billing.preview"].browse(mine.action_preview()["res_id"])
        parties = set(preview.line_ids.mapped("party"))
        self.assertIn("Nordlicht Delivery → TradeFlow Commerce", parties)
        mine.action_change("base", 2, "2026-02-01")
        self.running._check_prices({"base"})
        self.assertFalse(self.run_billing("2026-02-01").failure_ids)


class TestBillingSideLegShadow(SideLegCase):
    """TB-027, TB-067: side legs where the engaged partner or the payer moves in."""

    def clock(self, day):
        noon = datetime.fromisoformat(f"{day} 12:00:00").replace(tzinfo=UTC)
        self.patch(type(self.env["billing.run"]), "_clock", lambda _self: noon)

    def go_live(self, node):
        """In shadow from the beginning, billed from 10 February on."""
        node.action_start_shadow()
        self.run_billing("2026-02-02")
        self.clock("2026-02-09")
        node.action_go_live("2026-02-10")
        self.clock("2026-02-12")

    def test_the_engaged_partner_goes_live(self):
        """TB-067: nothing before its day; 19 of 28 days of February."""
        leg = self.accept(self.pay(kind="fixed", amount=310))
        self.go_live(self.delivery)
        self.run_billing("2026-02-12")
        self.assertEqual(leg.opening_day, date(2026, 2, 10))
        self.run_billing("2026-03-01")
        self.assertEqual(self.booked(leg), [("02-10", 210.36)])

    def test_a_month_of_the_engaged_partner(self):
        """TB-067: the pay due in February stands beside the earlier system's invoice."""
        self.accept(self.pay(kind="fixed", amount=310))
        self.delivery.action_start_shadow()
        content = f"buyer;amount;component\n{self.oem.partner_id.name};210.00;services"
        shadow = self.as_user(self.delivery, "finance", "billing.shadow").create(
            {
                "month": "2026-02-01",
                "file": base64.b64encode(content.encode()),
                "file_name": "o.csv",
            }
        )
        shadow.action_compare()
        self.assertFalse(shadow.problem_ids)
        self.assertEqual((shadow.own_total, shadow.difference), (210, 0))

    def test_the_payer_goes_live(self):
        """TB-067: what its partner was paid of earlier sales stays paid."""
        leg = self.accept(self.pay(kind="share", percent=25, share_stream="support"))
        self.go_live(self.oem)
        self.assertEqual(self.booked(leg), [("02-01", 15)])
        self.run_billing("2026-02-12")
        self.assertTrue(self.running.leg_ids.filtered("customer_id").opening_day)
        self.running.action_change("support", 2, "2026-02-15")
        self.run_billing("2026-02-15")
        self.assertEqual(self.booked(leg), [("02-01", 15), ("02-15", -7.5), ("02-15", 15)])

    def test_whose_prices_stop_it(self):
        """TB-067: what is wrong on the first day live is told to that seller."""
        self.go_live(self.oem)
        book = self.running.leg_ids.filtered("customer_id").price_book_id
        self.env.cr.execute(
            "DELETE FROM billing_price WHERE book_id IN %s", [tuple((book | book.parent_id).ids)]
        )
        self.env.invalidate_all()
        failure = self.run_billing("2026-02-12").failure_ids
        self.assertEqual(failure.seller_id, self.oem)

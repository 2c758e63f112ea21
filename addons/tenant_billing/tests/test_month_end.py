import re
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import BillingCase


class MonthEndCase(BillingCase):
    """The platform and the master bill here, the sub keeps its own books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_books(cls.root, cls.master)
        cls.person(cls.root, "finance")
        cls.person(cls.root, "manager")

    def policy(self, seller, **values):
        policy = self.env["billing.close.policy"]._of(seller)[seller]
        policy.write(values)
        return policy

    def statements(self, seller, day=None, **values):
        domain = [("seller_id", "=", seller.id)]
        if day:
            domain.append(("billing_day", "=", day))
        return self.env["billing.statement"].search(
            domain + [(name, "=", value) for name, value in values.items()], order="id"
        )

    def finance(self, node, records):
        return records.with_user(self.user(node, "finance"))

    def break_price(self, subscription, code="gone", book=None):
        """Take the price of support away from a contract's book (of its customer's by default),
        or, with ``code="support"``, give it back."""
        book = book or subscription.leg_ids.filtered("customer_id").price_book_id
        prices = (book | book.parent_id).price_ids.filtered(
            lambda one: one.code in ("support", "gone")
        )
        self.env.cr.execute(
            "UPDATE billing_price SET code = %s WHERE id IN %s", [code, tuple(prices.ids)]
        )
        self.env.invalidate_all()

    def holds(self, statement):
        return [each["code"] for each in statement.hold_codes or ()]


class TestHolds(MonthEndCase):
    """TB-069: held by rule with the reason and last month beside it; one decision each."""

    def hold(self, seller=None, **values):
        return self.policy(seller or self.sub, hold_rules=True, **values)

    def test_rules_are_on_for_a_new_seller(self):
        """TB-069: without the default of the tests, a seller's rules are on."""
        self.env["ir.default"].search([]).unlink()
        self.assertTrue(self.policy(self.stranger).hold_rules)

    def test_a_first_invoice_is_held_and_all_else_posts(self):
        """TB-069: by its seller's rules alone."""
        self.hold()
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        held = self.statements(self.sub)
        self.assertEqual((held.state, held.hold_state), ("draft", "held"))
        self.assertEqual(self.holds(held), ["first_invoice"])
        self.assertIn("first invoice", held.hold_reason)
        self.assertEqual(set(self.statements(self.root).mapped("state")), {"issued"})
        self.run_billing("2026-01-02")
        self.assertEqual(held.state, "draft")

    def test_release_posts_with_the_next_run(self):
        """TB-069: one decision; written to the audit trail with its reason."""
        self.hold()
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        held = self.statements(self.sub)
        self.finance(self.sub, held).action_release()
        self.assertEqual((held.state, held.hold_state), ("draft", "released"))
        event = self.env["governance.event"].search([("kind", "=", "billing.statement.released")])
        self.assertEqual((event.reason, event.res_ref), ("first invoice of this buyer", held.id))
        self.run_billing("2026-01-02")
        self.assertEqual(held.state, "issued")
        # The second one is like the first: it posts by itself.
        self.run_billing("2026-02-01")
        self.assertEqual(self.statements(self.sub, "2026-02-01").state, "issued")

    def test_more_than_a_fifth_off_last_month(self):
        """TB-069: this month 540, last month 180: 360 and 200 % off, both beside the draft."""
        subscription = self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        self.hold()
        subscription.action_change("base", 4, "2026-02-01")
        self.run_billing("2026-02-01")
        held = self.statements(self.sub, "2026-02-01")
        self.assertEqual(self.holds(held), ["off_last_month"])
        self.assertEqual((held.month_amount, held.last_amount), (540.0, 180.0))
        self.assertEqual(held.difference, "+200.0 %")
        self.assertIn("+200.0 %", held.hold_reason)

    def test_thresholds_are_the_sellers(self):
        """TB-069: 360 off is not more than 400."""
        subscription = self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        self.hold(hold_amount=400)
        subscription.action_change("base", 4, "2026-02-01")
        self.run_billing("2026-02-01")
        self.assertEqual(self.statements(self.sub, "2026-02-01").state, "issued")

    def test_a_credit_is_held(self):
        """TB-069"""
        subscription = self.subscription(start="2026-02-01")
        self.run_billing("2026-02-01")
        self.hold(hold_off=False)
        subscription.action_end("2026-02-10")
        self.run_billing("2026-02-10")
        credit = self.statements(self.sub)[-1]
        self.assertEqual(self.holds(credit), ["credit"])

    def test_a_changed_price_is_named(self):
        """TB-069: the component, on the leg whose seller changed it, once."""
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        self.hold(self.root)
        self.hold(self.master)
        self.env["billing.price"].create(
            {
                "book_id": self.book_master.id,
                "code": "base",
                "amount": 62,
                "valid_from": "2026-02-01",
            }
        )
        self.run_billing("2026-02-01")
        held = self.statements(self.root, "2026-02-01")
        self.assertEqual(self.holds(held), ["price_changed"])
        self.assertIn("Base", held.hold_reason)
        self.assertNotIn("Support", held.hold_reason)
        self.assertEqual(self.statements(self.master, "2026-02-01").state, "issued")
        self.finance(self.root, held).action_release()
        self.run_billing("2026-03-01")
        self.assertEqual(self.statements(self.root, "2026-03-01").state, "issued")

    def test_a_price_put_off_is_not_changed_yet(self):
        """TB-069, TB-071: a new price that a contract has at its renewal is named then."""
        start = self.env["billing.run"]._clock().date().replace(day=1)
        months = [start + relativedelta(months=count) for count in range(7)]
        self.book_sub.term_months = 6
        self.subscription(start=f"{start}")
        campaign = self.as_user(self.master, "manager", "billing.price.campaign").create(
            {
                "name": "Base",
                "book_id": self.book_sub.id,
                "first_day": months[3],
                "line_ids": [Command.create({"code": "base", "amount": 90})],
            }
        )
        campaign.action_preview()
        campaign.action_announce()
        self.run_billing(f"{start}")
        self.hold(self.master)
        for day in months[1:]:
            self.run_billing(f"{day}")
        held = {day: self.holds(self.statements(self.master, f"{day}")) for day in months[1:]}
        self.assertEqual(held, {**dict.fromkeys(months[1:], []), months[6]: ["price_changed"]})

    def test_park_and_take_up(self):
        """TB-069: parked, it neither posts nor asks; taken up, it asks again."""
        self.hold()
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        held = self.finance(self.sub, self.statements(self.sub))
        held.action_park()
        self.run_billing("2026-01-05")
        self.assertEqual((held.state, held.hold_state), ("draft", "parked"))
        held.action_take_up()
        self.assertEqual(held.hold_state, "held")

    def test_rules_that_were_switched_off_hold_nothing(self):
        """TB-069: taken up again, it is asked by the rules that hold then."""
        self.hold()
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        held = self.finance(self.sub, self.statements(self.sub))
        self.policy(self.sub, hold_rules=False)
        held.action_take_up()
        self.assertEqual(held.hold_state, "none")
        self.run_billing("2026-01-02")
        self.assertEqual(held.state, "issued")

    def test_correct_leads_to_the_fact_and_stands_on_the_same_document(self):
        """TB-069: the draft is taken back, the fact corrected, and one document of the same day
        says what is right."""
        self.hold(self.master)
        subscription = self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        held = self.statements(self.master)
        self.assertEqual((held.amount_untaxed, len(held.move_ids)), (115.0, 1))
        action = self.finance(self.master, held).action_correct()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("billing.subscription", subscription.id)
        )
        self.assertFalse(held.exists())
        subscription.action_change("base", 2, "2026-01-01")
        self.run_billing("2026-01-04")
        again = self.statements(self.master)
        self.assertEqual(len(again), 1)
        self.assertEqual((again.billing_day, again.amount_untaxed), (date(2026, 1, 1), 195.0))
        self.assertEqual(again.hold_state, "held")
        self.assertFalse(again.supplement_of_id)

    def test_only_finance_of_the_seller_decides(self):
        """TB-069, X-05: neither the buyer, nor a stranger, nor delivery; nor by a write."""
        self.hold(self.master)
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        held = self.statements(self.master)
        for user in (
            self.user(self.sub, "finance"),
            self.user(self.stranger, "manager"),
            self.user(self.master, "delivery"),
        ):
            for decide in ("action_release", "action_park", "action_correct"):
                with self.subTest(user=user.login, decide=decide), self.assertRaises(AccessError):
                    getattr(held.with_user(user), decide)()
        with self.assertRaises(AccessError):
            self.finance(self.master, held).write({"hold_state": "released"})
        self.assertEqual(held.hold_state, "held")

    def test_an_issued_document_is_not_decided_again(self):
        """TB-069"""
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        issued = self.finance(self.master, self.statements(self.master))
        with self.assertRaisesRegex(UserError, "issued already"):
            issued.action_park()

    def test_what_its_seller_thinks_of_it_is_not_the_buyers(self):
        """X-05, TB-069: why a document was held, who decided and why it could not be sent is its
        seller's, issued or not, read, searched or grouped over the API."""
        self.hold(self.master)
        self.subscription(start="2026-02-01")
        self.run_billing("2026-02-01")
        one = self.statements(self.master, buyer_id=self.sub.id)
        as_seller = self.finance(self.master, one)
        self.assertIn("first invoice", as_seller.hold_reason)
        as_seller.action_release()
        self.run_billing("2026-02-02")
        as_seller.action_send()
        self.assertEqual((one.state, one.send_state), ("issued", "failed"))
        self.assertIn("no e-mail address", as_seller.send_problem)
        self.assertEqual(as_seller.decided_by, self.user(self.master, "finance").name)
        self.assertIn("first invoice", as_seller.hold_reason)
        mine = self.finance(self.sub, one)
        shown = ["hold_reason", "decided_by", "send_problem", "sent_address"]
        self.assertFalse(any(mine.read(shown)[0][name] for name in shown))
        for name in ("hold_codes", "decided_by_id", "send_error", "sent_to"):
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    mine.read([name])
                with self.assertRaises(AccessError):
                    mine.search([(name, "!=", False)])
                if name != "hold_codes":
                    with self.assertRaises(AccessError):
                        mine.formatted_read_group([], [name])
        with self.assertRaises(AccessError):
            mine.action_release()

    def test_what_is_taken_back_to_be_corrected_is_not_the_buyers(self):
        """X-05, TB-069: charges on no document are what their seller still thinks of, in the
        ledger and in the buyer's margin alike; issued again, the buyer reads them."""
        self.hold(self.master)
        self.subscription(start="2026-02-01")
        self.run_billing("2026-02-01")
        held = self.statements(self.master, buyer_id=self.sub.id)
        self.finance(self.master, held).action_correct()
        bought = [("buyer_id", "=", self.sub.id), ("due", "=", "2026-02-01")]
        charges = self.env["billing.charge"].search(bought)
        self.assertTrue(charges)
        self.assertFalse(charges.statement_id)
        self.assertFalse(self.finance(self.sub, charges).search(bought))
        self.assertEqual(self.finance(self.master, charges).search(bought), charges)
        Margin = self.as_user(self.sub, "finance", "billing.margin")
        self.assertFalse(Margin.search([("cost", "!=", 0)]))
        self.policy(self.master, hold_rules=False)
        self.run_billing("2026-02-02")
        self.assertEqual(self.finance(self.sub, charges).search(bought), charges)
        self.assertTrue(Margin.search([("cost", "!=", 0)]))

    def test_the_buyer_sees_a_draft_only_where_the_preview_is_open(self):
        """TB-069, X-05: and never a held one."""
        self.policy(self.master, posting_days=5)
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        draft = self.statements(self.master)
        self.assertEqual(draft.state, "draft")
        buyer = self.as_user(self.sub, "finance", "billing.statement")
        self.assertNotIn(draft, buyer.search([]).sudo())
        self.assertFalse(
            self.as_user(self.sub, "finance", "billing.charge").search(
                [("statement_id", "=", draft.id)]
            )
        )
        self.assertIn(draft, self.as_user(self.master, "finance", draft._name).search([]).sudo())
        self.policy(self.master, preview_open=True)
        draft._hold()
        self.assertIn(draft, buyer.search([]).sudo())
        self.run_billing("2026-01-06")
        self.assertEqual(draft.state, "issued")
        self.assertIn(draft, buyer.search([]).sudo())


class TestOrderNumber(MonthEndCase):
    """TB-068: the buyer's order number where demanded; missing, the draft is held for it."""

    def test_held_until_it_is_entered(self):
        """TB-068: though every rule is off; entered, it posts and stands on the invoice."""
        Buyer = self.as_user(self.root, "finance", "billing.buyer")
        details = Buyer.create({"buyer_id": self.master.id, "order_required": True})
        self.assertEqual(details.seller_id.sudo(), self.root)
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        held = self.statements(self.root)
        self.assertEqual(self.holds(held), ["order_number"])
        with self.assertRaisesRegex(UserError, "order number"):
            self.finance(self.root, held).action_release()
        action = self.finance(self.root, held).action_correct()
        self.assertEqual((action["res_model"], action["res_id"]), (details._name, details.id))
        details.order_number = "PO-4711"
        self.assertEqual((held.hold_state, held.state), ("none", "draft"))
        self.run_billing("2026-01-02")
        self.assertEqual((held.state, held.order_number), ("issued", "PO-4711"))
        self.assertEqual(held._invoice().ref, "PO-4711")

    def test_who_says_it(self):
        """TB-068, X-05: its seller all of it, the buyer its number alone, nobody else reads it."""
        details = self.as_user(self.master, "finance", "billing.buyer").create(
            {"buyer_id": self.sub.id, "order_required": True}
        )
        buyers = details.with_user(self.user(self.sub, "finance"))
        buyers.order_number = "H-1"
        self.assertEqual(details.order_number, "H-1")
        with self.assertRaises(AccessError):
            buyers.order_required = False
        with self.assertRaises(AccessError):
            buyers.unlink()
        with self.assertRaises(AccessError):
            details.with_user(self.user(self.stranger, "finance")).read(["order_number"])
        with self.assertRaises(AccessError):
            self.as_user(self.stranger, "finance", "billing.buyer").create(
                {"buyer_id": self.sub.id}
            )
        with self.assertRaises(AccessError):
            self.as_user(self.sub, "finance", "billing.buyer").create(
                {"seller_id": self.master.id, "buyer_id": self.sub2.id}
            )


class TestMonths(MonthEndCase):
    """R-13, TB-069: the list of months."""

    LIST = (
        "display_name",
        "ready_count",
        "held_count",
        "parked_count",
        "posted_count",
        "sent_count",
        "total_amount",
        "difference",
        "is_own",
        "state",
        "waiting_amount",
    )

    def queries(self, months):
        spec = {name: {} for name in self.LIST}
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows = months.web_read(spec)
        self.assertEqual(len(rows), len(months))
        return self.env.cr.sql_log_count - before

    def test_as_many_queries_for_many_months_as_for_one(self):
        """TB-069: whatever the number of months and of sellers."""
        self.policy(self.sub, hold_rules=True)
        self.subscription(start="2026-01-01")
        days = [date(2026, 1, 1) + relativedelta(months=count) for count in range(12)]
        for day in days[:3]:
            self.run_billing(f"{day}")
        Close = self.env["billing.close"]
        sellers = (self.root, self.master, self.sub, self.stranger)
        known = {seller: Close.union(*(Close._of(seller, day) for day in days))
                 for seller in sellers}  # fmt: skip
        mine = self.finance(self.sub, known[self.sub])
        self.queries(mine)
        self.assertEqual(self.queries(mine), self.queries(mine[:1]))
        everybody = Close.union(*known.values())
        self.queries(everybody)
        self.assertEqual(self.queries(everybody), self.queries(known[self.sub][:1]))

    def test_each_month_shows_its_own(self):
        """TB-069: exceptions stand in the month of their billing day, charges that are not
        drafted too."""
        self.policy(self.sub, hold_rules=True, hold_off=False, cutoff_days=10)
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-20")
        self.run_billing("2026-02-01")
        Close = self.env["billing.close"]
        days = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
        months = self.finance(self.sub, Close.union(*(Close._of(self.sub, day) for day in days)))
        january, february, march = (months.filtered(lambda one, day=day: one.month == day)
                                    for day in days)  # fmt: skip
        self.assertEqual(january.held_ids, self.statements(self.sub, "2026-01-01"))
        self.assertEqual((january.waiting_count, january.state), (0, "decide"))
        self.assertFalse(february.held_ids)
        self.assertEqual((february.waiting_count, february.waiting_amount), (2, 180.0))
        self.assertEqual((march.waiting_count, march.item_count, march.state), (0, 0, "empty"))


class TestSupplements(MonthEndCase):
    """TB-068: a parked subscription does not hold up its buyer's invoice."""

    def two(self):
        return (
            self.subscription(start="2026-01-01"),
            self.subscription(company="Hafen Logistik", start="2026-01-01"),
        )

    def test_what_was_parked_follows_as_a_supplement(self):
        """TB-068: the others are billed; once put right, it follows, marked, naming the first."""
        good, bad = self.two()
        self.break_price(bad)
        self.run_billing("2026-01-01")
        first = self.statements(self.root)
        self.assertEqual(first.charge_ids.subscription_id, good)
        self.break_price(bad, "support")
        self.run_billing("2026-01-03")
        supplement = self.statements(self.root)[-1]
        self.assertEqual(supplement.supplement_of_id, first)
        self.assertEqual(supplement.billing_day, first.billing_day)
        self.assertEqual(supplement.charge_ids.subscription_id, bad)
        self.assertIn(first._invoice().name, supplement._invoice().invoice_origin)
        self.assertFalse(first.supplement_of_id)
        # Next month there is one document again, and it is nobody's supplement.
        self.run_billing("2026-02-01")
        self.assertFalse(self.statements(self.root, "2026-02-01").supplement_of_id)

    def test_a_held_original_may_be_corrected(self):
        """TB-068, TB-069: its supplement stays, and is the first document then."""
        self.policy(self.root, hold_rules=True)
        good, bad = self.two()
        self.break_price(bad)
        self.run_billing("2026-01-01")
        first = self.statements(self.root)
        self.break_price(bad, "support")
        self.run_billing("2026-01-03")
        supplement = self.statements(self.root)[-1]
        self.assertEqual(supplement.supplement_of_id, first)
        self.finance(self.root, first).action_correct()
        self.assertFalse(supplement.supplement_of_id)
        self.run_billing("2026-01-04")
        again = self.statements(self.root) - supplement
        self.assertEqual(again.supplement_of_id, supplement)
        self.assertEqual(again.charge_ids.subscription_id, good)

    def test_complete_invoices_wait(self):
        """TB-068: a seller that wants them whole waits, the other sellers do not."""
        self.policy(self.root, complete_only=True)
        good, bad = self.two()
        self.break_price(bad)
        self.run_billing("2026-01-01")
        self.assertFalse(self.statements(self.root))
        self.assertEqual(len(self.statements(self.master)), 1)
        self.break_price(bad, "support")
        self.run_billing("2026-01-03")
        whole = self.statements(self.root)
        self.assertEqual(len(whole), 1)
        self.assertEqual(len(whole.charge_ids.subscription_id), 2)
        self.assertFalse(whole.supplement_of_id)

    def test_a_credit_at_a_tax_that_is_archived(self):
        """TB-033: it is named; the credit is not made without it."""
        tax = self.root.company_id.account_sale_tax_id
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        first = self.statements(self.root)
        self.assertIn(tax, first.charge_ids.tax_ids)
        tax.active = False
        with self.assertRaisesRegex(UserError, re.escape(tax.name)):
            first.action_credit()

    def test_billed_again_after_a_credit_is_no_supplement(self):
        """TB-068: the document taken back is no original."""
        self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        first = self.statements(self.root)
        first.action_credit()
        self.run_billing("2026-01-01")
        self.assertFalse(self.statements(self.root).supplement_of_id)


class TestDays(MonthEndCase):
    """TRADE 4: usage cut-off and posting are days of the seller's."""

    def test_usage_until_the_cut_off_is_on_the_document(self):
        """TB-069: reported late, but before the cut-off: one document, one amount."""
        self.policy(self.sub, cutoff_days=3)
        subscription = self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        self.assertFalse(self.statements(self.sub))
        self.run_billing("2026-01-04")
        self.assertEqual(self.statements(self.sub).state, "issued")
        self.run_billing("2026-02-01")
        self.usage(subscription.tenant_id, 150, "2026-01-20T08:00:00Z")
        self.run_billing("2026-02-03")
        self.assertFalse(self.statements(self.sub, "2026-02-01"))
        self.run_billing("2026-02-04")
        statement = self.statements(self.sub, "2026-02-01")
        storage = statement.charge_ids.filtered(lambda one: one.component_code == "storage")
        self.assertEqual(sum(storage.mapped("amount")), 20.0)
        self.assertFalse(self.statements(self.sub, "2026-02-03"))

    def test_posted_after_days(self):
        """TB-069: a draft stands until its day; “bill now” does not wait."""
        self.policy(self.sub, posting_days=4)
        subscription = self.subscription(start="2026-01-01")
        self.run_billing("2026-01-01")
        self.run_billing("2026-01-04")
        draft = self.statements(self.sub)
        self.assertEqual((draft.state, draft.posting_day), ("draft", date(2026, 1, 5)))
        self.run_billing("2026-01-05")
        self.assertEqual(draft.state, "issued")
        other = self.subscription(company="Sofort AG", start="2026-01-01")
        self.env["billing.run"]._bill_now(other, "2026-01-05")
        self.assertEqual(self.statements(self.sub)[-1].state, "issued")
        self.assertNotEqual(subscription, other)

    def test_whoever_bills_now_leaves_the_days_of_others(self):
        """TB-069: the sub's own draft is posted at once, the master's on its day."""
        self.policy(self.master, posting_days=60)
        self.policy(self.sub, posting_days=60)
        today = self.env["billing.run"]._clock().date()
        subscription = self.subscription(start=str(today.replace(day=1)))
        self.run_billing(today)
        self.assertEqual(self.statements(self.sub).state, "draft")
        self.finance(self.sub, subscription).action_bill_now()
        self.assertEqual(self.statements(self.sub).state, "issued")
        self.assertEqual(self.statements(self.master).state, "draft")


class TestParkedReason(MonthEndCase):
    """R-09: the reason goes to the seller of the contract, and to nobody else."""

    def test_the_seller_reads_its_own_reason(self):
        """TB-033, X-05: the sub's price is missing: the sub reads which, the master does not."""
        subscription = self.subscription(start="2026-01-01")
        self.break_price(subscription)
        self.run_billing("2026-01-01")
        own = self.as_user(self.sub, "finance", "billing.parked").search([])
        self.assertIn("has no price for support", own.reason)
        self.assertEqual(own.seller_id.sudo(), self.sub)
        self.assertIn("support", self.finance(self.sub, subscription).parked_reason)
        for node in (self.master, self.root, self.stranger):
            self.assertFalse(self.as_user(node, "manager", "billing.parked").search([]))
            with self.assertRaises(AccessError):
                own.with_user(self.user(node, "manager")).read(["reason"])
        # The master reads the subscription of its branch, and no reason that is not its own.
        theirs = self.finance(self.master, subscription)
        self.assertTrue(theirs.problem)
        self.assertFalse(theirs.parked_reason)
        self.assertFalse(subscription.with_user(self.user(self.sub, "delivery")).parked_reason)

    def test_the_master_reads_what_is_its_own(self):
        """TB-033, X-05: the wholesale price is missing: its seller reads it, the buyer not."""
        subscription = self.subscription(start="2026-01-01")
        self.break_price(subscription, book=self.book_sub)
        self.run_billing("2026-01-01")
        self.assertIn("support", self.finance(self.master, subscription).parked_reason)
        self.assertFalse(self.finance(self.sub, subscription).parked_reason)

    def test_retry_by_the_seller(self):
        """TB-033: put right, one click, billed; not for delivery, not for anybody else."""
        subscription = self.subscription(start="2026-01-01")
        self.break_price(subscription)
        self.run_billing("2026-01-01")
        own = self.as_user(self.sub, "finance", "billing.parked").search([])
        with self.assertRaises(AccessError):
            own.with_user(self.user(self.stranger, "finance")).action_retry()
        with self.assertRaises(AccessError):
            own.with_user(self.user(self.sub, "delivery")).action_retry()
        self.break_price(subscription, "support")
        # What is wrong upstream is not told to the one who tries.
        self.break_price(subscription, book=self.book_sub)
        told = own.action_retry()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertNotIn(self.book_sub.name, told["message"])
        self.assertNotIn("support", told["message"])
        self.break_price(subscription, "support", book=self.book_sub)
        self.run_billing("2026-01-02")
        self.break_price(subscription)
        self.env["billing.run"]._bill_now(subscription, "2026-02-01")
        own = self.as_user(self.sub, "finance", "billing.parked").search([])
        self.break_price(subscription, "support")
        self.assertEqual(own.action_open_fact()["res_id"], subscription.id)
        told = own.action_retry()
        self.assertEqual(told["params"]["type"], "success")
        self.assertTrue(subscription.leg_ids.charge_ids)
        self.assertFalse(self.as_user(self.sub, "finance", "billing.parked").search([]))

from ast import literal_eval
from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError

from .test_billing_lifecycle import LifecycleCase


class TestBillingRenewal(LifecycleCase):
    """Terms, renewals, gaps, upgrades (TRADE 6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book_sub.write({"term_months": 24})
        cls.book_retail.write({"notice_days": 90, "uplift_percent": 5})
        cls.one = cls.subscription(company="Befristet GmbH", start="2026-01-01")
        cls.leg = cls.one.leg_ids.filtered("customer_id")
        cls.purchase = cls.one.leg_ids.sorted("sequence")[1]

    def renewals(self, user):
        action = self.env.ref("tenant_billing.billing_renewal_action")
        domain = [
            *literal_eval(action.domain),
            ("customer_id", "!=", False),
            ("term_until", "<=", "2027-01-31"),
        ]
        return self.env["billing.leg"].with_user(user).search(domain)

    def test_the_term_of_the_offer_is_the_contracts(self):
        """TB-074: twelve months of the offer below, the seller's own above; notice in time."""
        self.assertEqual(
            (self.leg.term_until, self.leg.notice_day), (date(2027, 1, 1), date(2026, 10, 3))
        )
        self.assertEqual(self.purchase.term_until, date(2028, 1, 1))

    def test_the_list_and_its_figures(self):
        """TB-073, TB-074: own revenue and margin, what it would be renewed, the gap in months
        and money, health not connected; nobody else sees the contract."""
        leg = self.renewals(self.manager).filtered(lambda leg: leg.subscription_id == self.one)
        self.assertEqual(leg, self.leg)
        self.assertEqual(leg.health_note, "not connected")
        self.assertEqual((leg.monthly_revenue, leg.monthly_margin), (180.0, 65.0))
        self.assertAlmostEqual(leg.proposed_revenue, 189.0)
        self.assertEqual((leg.gap_months, leg.gap_amount), (12.0, 1380.0))
        master = self.renewals(self.user(self.master, "manager"))
        self.assertNotIn(self.leg, master)
        theirs = self.purchase.with_user(self.manager)
        self.assertEqual((theirs.monthly_margin, theirs.gap_months), (0, 0))

    def test_renew_as_it_is_in_one_click(self):
        """TB-074: the same term again, the uplift from its first day, traced."""
        own = self.leg.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "bound until 2027-01-01 already"):
            own.action_renew()
        self.clock("2026-11-25")
        own.action_renew()
        self.assertEqual(self.leg.term_until, date(2028, 1, 1))
        with self.assertRaisesRegex(UserError, "bound until 2028-01-01 already"):
            own.action_renew()
        self.clock("2027-01-05")
        self.run_billing("2027-01-05")
        found = self.ledger()
        self.assertEqual(found["base", "charge", "2026-12-01"], Decimal("120.00"))
        self.assertEqual(found["base", "charge", "2027-01-01"], Decimal("126.00"))
        self.agree("2027-01-05")
        event = self.env["governance.event"].search([("kind", "=", "billing.leg.renew")], limit=1)
        self.assertIn("2028-01-01", event.new_value)

    def test_it_renews_by_itself_or_ends_or_waits_for_an_offer(self):
        """TB-074: by the run of the day, on each contract's own terms."""
        self.leg.renewal = "auto"
        self.run_billing("2027-01-01")
        self.assertEqual(self.leg.term_until, date(2028, 1, 1))
        self.assertEqual(self.ledger()["base", "charge", "2027-01-01"], Decimal("126.00"))
        self.leg.renewal = "offer"
        self.run_billing("2028-01-02")
        self.assertEqual(self.leg.term_until, date(2028, 1, 1))
        self.assertEqual(self.one.state, "active")
        self.leg.renewal = "end"
        self.run_billing("2028-01-03")
        self.assertEqual((self.one.state, self.one.ended_on), ("ended", date(2028, 1, 1)))
        self.agree("2028-01-03")

    def test_let_it_end(self):
        """TB-074: nothing is charged past the term; what is bound upstream shows until then."""
        self.leg.with_user(self.manager).action_let_end()
        self.assertEqual((self.one.state, self.one.ended_on), ("active", date(2027, 1, 1)))
        self.assertNotIn(self.leg, self.renewals(self.manager))
        self.run_billing("2027-03-01")
        self.assertEqual(self.one.state, "ended")
        self.assertFalse([key for key in self.ledger() if key[2] >= "2027-01-01"])

    def test_a_term_past_ends_today(self):
        """TB-074: what was served since stays charged, by hand and by the run."""
        self.leg.renewal = "offer"
        self.clock("2027-03-15")
        self.run_billing("2027-03-15")
        self.leg.with_user(self.manager).action_let_end()
        self.assertEqual(self.one.ended_on, date(2027, 3, 15))
        self.run_billing("2027-03-15")
        self.assertFalse([k for k in self.ledger() if k[1] == "credit" and k[2] < "2027-03-15"])

    def test_a_stated_end_is_not_renewed_past(self):
        """TB-074"""
        self.one.end_date = "2027-06-01"
        self.run_billing("2027-07-01")
        self.assertEqual(self.leg.term_until, date(2027, 6, 1))
        self.one.end_date = "2026-02-01"
        self.leg.term_until = date(2027, 1, 1)
        self.assertNotIn(self.leg, self.renewals(self.manager))

    def looked_ahead(self, user):
        """{(party, component, first day): amount} of *Preview next invoices*."""
        action = self.one.with_user(user).action_preview()
        preview = self.env["billing.preview"].with_user(user).browse(action["res_id"])
        return {
            (line.party, line.component, str(line.period_start)): line.amount
            for line in preview.line_ids
        }

    def test_the_preview_knows_an_uplift_to_come(self):
        """TB-074: the charges of the new term at the prices they will have, as then billed."""
        self.clock("2026-11-15")
        self.run_billing("2026-11-15")
        found = self.looked_ahead(self.manager)
        party = self.leg.display_name
        self.assertEqual(found[party, "Base", "2026-12-01"], 120)
        self.assertEqual(found[party, "Base", "2027-01-01"], 126)
        self.clock("2027-01-05")
        self.run_billing("2027-01-05")
        self.assertEqual(self.ledger()["base", "charge", "2027-01-01"], Decimal("126.00"))

    def test_the_preview_knows_an_end_to_come(self):
        """TB-074: nothing is charged after a term that ends; who is not party to the customer's
        contract is not told of it."""
        self.leg.renewal = "end"
        self.clock("2026-11-15")
        self.run_billing("2026-11-15")
        found = self.looked_ahead(self.manager)
        days = {party: set() for party, _component, _day in found}
        for party, component, day in found:
            if component == "Base":
                days[party].add(day)
        self.assertEqual(days[self.leg.display_name], {"2026-12-01"})
        self.assertEqual(days[self.purchase.display_name], {"2026-12-01"})
        master = self.looked_ahead(self.user(self.master, "manager"))
        self.assertIn((self.purchase.display_name, "Base", "2027-01-01"), master)

    def test_the_uplift_shows_where_it_comes(self):
        """TB-073: a list shared with others is not raised."""
        self.purchase.uplift_percent = 5
        self.assertEqual(self.purchase.proposed_revenue, self.purchase.monthly_revenue)

    def test_only_its_seller_decides(self):
        """TB-074, X-09"""
        for leg, user in (
            (self.leg, self.user(self.master, "manager")),
            (self.purchase, self.manager),
            (self.leg, self.user(self.sub, "finance")),
        ):
            for action in ("action_renew", "action_let_end", "action_offer_change"):
                with self.subTest(action, user=user.login), self.assertRaises(AccessError):
                    getattr(leg.with_user(user), action)()
        with self.assertRaisesRegex(UserError, "Only a customer's contract"):
            self.purchase.with_user(self.user(self.master, "manager")).action_let_end()

    def test_the_upgrade_policy(self):
        """TB-036: who, when, at what price, and the next date."""
        self.assertFalse(self.one.next_upgrade_date)
        self.plan.write(
            {"upgrade_by": "platform", "upgrade_months": 12, "upgrade_price": "included"}
        )
        own = self.one.with_user(self.manager)
        self.assertEqual(own.next_upgrade_date, date(2027, 1, 1))
        own.upgraded_on = "2026-06-30"
        self.assertEqual(own.next_upgrade_date, date(2027, 6, 30))
        self.assertEqual((own.upgrade_by, own.upgrade_price), ("platform", "included"))


class TestBillingOpening(LifecycleCase):
    """Taken over from an earlier system (TRADE 10)."""

    def test_opening_day_and_opening_charges(self):
        """TB-066: nothing before the day; 120 billed elsewhere until 1 March is credited by the
        change of 15 February, 14 of 28 days, and charged again."""
        opening = {
            "code": "base",
            "date_from": "2026-02-01",
            "date_until": "2026-03-01",
            "amount": 120,
        }
        with self.assertRaisesRegex(ValidationError, "not charged in advance"):
            self.leg._take_over("2026-02-10", [{**opening, "code": "storage"}])
        self.leg._take_over("2026-02-10", [opening])
        self.clock("2026-02-15")
        self.run_billing("2026-02-10")
        # Support had no opening charge: its 19 of 28 days from the opening day.
        self.assertEqual(self.ledger(), {("support", "charge", "2026-02-10"): Decimal("40.71")})
        change = self.open("change", day="2026-02-15")
        self.line(change, "base").quantity = 2
        change.action_preview()
        change.action_confirm()
        self.run_billing("2026-03-01")
        found = self.ledger()
        self.assertEqual(found["base", "credit", "2026-02-15"], Decimal("-60.00"))
        self.assertEqual(found["base", "charge", "2026-02-15"], Decimal("120.00"))
        self.assertEqual(found["base", "charge", "2026-03-01"], Decimal("240.00"))
        self.assertFalse([key for key in found if key[2] < "2026-02-10"])
        with self.assertRaisesRegex(ValidationError, "charged here already"):
            self.leg._take_over("2026-02-11")
        own = self.leg.with_user(self.manager)
        self.assertEqual(own.opening_ids.amount, 120)
        with self.assertRaises(AccessError):
            own.opening_ids.amount = 1
        others = self.env["billing.opening"].with_user(self.user(self.master, "manager"))
        self.assertFalse(others.search([]))

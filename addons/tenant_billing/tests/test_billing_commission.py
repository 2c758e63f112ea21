from datetime import date
from unittest.mock import patch

from lxml import etree
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.partner_governance.tests.common import SIMPLE

from .common import PLATFORM, BillingCase

PRICES = {"base": 120.00, "storage": 0.20, "support": 60.00}


class CommissionCase(BillingCase):
    """A referral partner brings a customer to the platform, which bills here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referrer = cls.node("Boot & Partner", "referral")
        cls.keep_books(cls.root)
        cls.terms = cls.make_terms(cls.root, cls.referrer, percent=10, term_months=12)

    @classmethod
    def make_terms(cls, seller, payee, **values):
        currency = seller.company_id.currency_id
        return cls.env["billing.referral.terms"].create(
            {
                "seller_id": seller.id,
                "for_node_id": payee.id,
                "currency_id": currency.id,
                **values,
            }
        )

    @classmethod
    def referred(cls, node=None, start="2026-01-01", **values):
        """A subscription at the seller's prices, brought by a referral partner."""
        offer = cls.offer(node or cls.referrer, start=start, **values)
        for line in offer.line_ids:
            line.write({"amount": PRICES[line.code], "included": 50})
            if line.code != "storage":
                line.included = 0
        return cls.win(offer)

    def bill(self, *days):
        for day in days:
            run = self.run_billing(day)
            self.assertFalse(run.failure_ids.mapped("reason"))

    def invoices(self, subscription):
        """Statements to the customer, in order of their days."""
        charges = subscription.leg_ids.filtered("customer_id").charge_ids
        return charges.statement_id.sorted("billing_day")

    def pay(self, statement, amount=None):
        move = statement._invoice()
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"payment_date": move.invoice_date})
        )
        if amount:
            wizard.amount = amount
        return wizard._create_payments()

    def book(self, day="2026-03-01"):
        referrals = self.env["billing.referral"].search([])
        return self.env["billing.commission"]._book(referrals, date.fromisoformat(day))


class TestBillingCommission(CommissionCase):
    def test_earned_when_paid_and_not_before(self):
        """TB-030: 10 % of 180.00 net, once, on one draft vendor bill of the platform."""
        subscription = self.referred()
        referral = subscription.referral_ids
        self.assertEqual((referral.seller_id, referral.payee_id), (self.root, self.referrer))
        self.assertEqual(
            (referral.date_from, referral.date_until), (date(2026, 1, 1), date(2027, 1, 1))
        )
        self.bill("2026-01-01", "2026-02-01")
        january, february = self.invoices(subscription)
        self.assertFalse(self.book())
        self.pay(january)
        rows = self.book()
        self.assertEqual([(row.base, row.amount, row.kind) for row in rows], [(180, 18, "earned")])
        bill = rows.move_id
        self.assertEqual((bill.move_type, bill.state), ("in_invoice", "draft"))
        self.assertEqual(bill.company_id, self.root.company_id)
        self.assertEqual(bill.partner_id, self.referrer.partner_id)
        self.assertEqual(bill.amount_untaxed, 18)
        # Again and again: nothing more.
        self.assertFalse(self.book("2026-03-02"))
        self.pay(february)
        self.assertEqual(self.book("2026-03-03").mapped("amount"), [18])
        self.assertEqual(referral.earned, 36)

    def test_its_customers_tenant_is_its_sellers(self):
        """PG-007: a partner whose model has no tenants of its own becomes owner of none; it reads
        the subscription that it brought, and who requests the tenant is told by name."""
        agent = self.node("Tippgeber", "referral", upline=self.master)
        self.make_book(self.master, PRICES | {"setup": 0})
        subscription = self.referred(agent)
        tenant = subscription.tenant_id
        self.assertEqual(
            (tenant.program_node_id, subscription.program_node_id), (self.master, agent)
        )
        self.assertEqual(tenant.user_id, self.user(self.master, "manager"))
        theirs = subscription.with_user(self.user(agent, "manager"))
        self.assertFalse(theirs.env["hosting.tenant"].search([]))
        self.assertIn(tenant.name, theirs.display_name)
        theirs.read(["reference", "tenant_id", "state", "display_name"])
        self.assertTrue(tenant.with_user(self.user(self.master, "delivery")).has_access("write"))
        for node in (agent, self.referrer):
            with self.assertRaisesRegex(ValidationError, "has no tenants of its own"):
                tenant.program_node_id = node
        with self.assertRaisesRegex(ValidationError, "belongs to Meridian"):
            self.env["hosting.tenant"].create({"name": "X", "program_node_id": agent.id})
        deal = subscription.deal_id.with_user(self.user(agent, "manager"))
        with self.assertRaisesRegex(UserError, "Meridian Consulting, which contracts"):
            deal.action_provision()
        # Who contracts requests it, although the deal is its partner's to write.
        tenant.deal_id = False
        asked = deal.with_user(self.user(self.master, "delivery"))
        self.assertFalse(asked.has_access("write"))
        wizard = asked.env["hosting.provision"].browse(asked.action_provision()["res_id"])
        wizard.action_confirm()
        self.assertEqual(deal.sudo().tenant_ids.program_node_id, self.master)
        self.assertTrue(deal.sudo().tenant_ids.running_operation_id)

    def test_an_onboarded_referral_partner_offers_in_its_sellers_name(self):
        """TB-030, PG-154: its model has no stage for offers, its seller's has; before its own
        first stage is closed it offers nothing."""
        agent = self.node("Tippgeber", "referral", upline=self.master)
        self.make_book(self.master, PRICES | {"setup": 0})
        deal = self.deal(agent, company="Vermittelt GmbH", answers=SIMPLE)
        upline = self.user(self.master, "manager")
        agent.with_user(upline)._start_onboarding()
        with self.assertRaisesRegex(UserError, "Tippgeber"), self.env.cr.savepoint():
            deal.action_offer_hosting()
        for item in agent.onboarding_item_ids.filtered(lambda one: one.state == "open"):
            own = item.with_user(self.user(agent, "manager"))
            own.evidence_note = "Agreed"
            own.action_submit()
            item.with_user(upline).action_accept()
        self.assertEqual(agent.onboarding_state, "active")
        self.assertTrue(deal.action_offer_hosting()["res_id"])

    def test_the_model_decides_who_has_tenants(self):
        """PG-007: as data: any model without tenants of its own sells through who it works for;
        an older database's tenants go to who contracts with their customers."""
        self.sub.commercial_model_id.has_tenancy = False
        contract = self.env["billing.subscription"]._contract_seller
        self.assertEqual(contract(self.sub), self.master)
        tenant = self.env["hosting.tenant"].create({"name": "Old", "program_node_id": self.sub2.id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE hosting_tenant SET program_node_id = %s WHERE id = %s",
            [self.sub.id, tenant.id],
        )
        self.env.invalidate_all()
        for _again in range(2):
            self.env["governance.upgrade"]._settle_tenants()
            self.assertEqual(tenant.program_node_id, self.master)
        self.sub.commercial_model_id.has_tenancy = True
        self.assertEqual(contract(self.sub), self.sub)

    def test_a_partner_with_tenants_keeps_its_model(self):
        """PG-007, PG-012: no model without tenants of its own while there are some, by whichever
        way; told what to do first."""
        self.subscription()
        referral = self.env.ref("partner_governance.model_referral")
        said = "has tenants .*Move their customers to Meridian"
        with self.assertRaisesRegex(ValidationError, said), self.env.cr.savepoint():
            self.sub.commercial_model_id = referral
        with self.assertRaisesRegex(ValidationError, said), self.env.cr.savepoint():
            self.sub.commercial_model_id.has_tenancy = False
        self.env.invalidate_all()
        term = self.env["program.model.term"].create(
            {
                "program_node_id": self.sub.id,
                "commercial_model_id": referral.id,
                "date_from": "2026-01-01",
                "sign_state": "approved",
            }
        )
        with self.assertRaisesRegex(UserError, said):
            term._check_obstacle(self.sub)
        term._cron_apply()
        self.assertFalse(term.applied)
        self.assertIn("waits.", self.sub.message_ids[0].body)
        self.sub.commercial_model_id = self.env.ref("partner_governance.model_white_label")

    def test_an_update_is_no_change_of_hands(self):
        """PG-007: a tenant stays with whom its customer has its contract, whatever its model."""
        kept = self.subscription().tenant_id
        ended = self.subscription(company="Ended").tenant_id
        ended.subscription_ids.leg_ids.date_until = "2026-02-01"
        bare = self.env["hosting.tenant"].create({"name": "Old", "program_node_id": self.sub.id})
        model = self.sub.commercial_model_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE program_commercial_model SET has_tenancy = FALSE WHERE id = %s", [model.id]
        )
        self.env.invalidate_all()
        self.assertTrue(self.sub._lacks_tenancy())
        self.env["governance.upgrade"]._settle_tenants()
        self.assertEqual((kept | ended).program_node_id, self.sub)
        self.assertEqual(bare.program_node_id, self.master)
        self.assertEqual(self.misplaced(), kept | ended)

    def misplaced(self):
        """Tenants that the platform's filter of the list finds."""
        arch = {
            user: etree.fromstring(
                self.env["hosting.tenant"].with_user(user).get_view(view_type="search")["arch"]
            ).find(".//filter[@name='misplaced']")
            for user in (self.staff(), self.user(self.sub, "delivery"))
        }
        theirs, nothing = arch.values()
        self.assertIsNone(nothing, "the platform's alone")
        Tenant = self.env["hosting.tenant"].with_user(next(iter(arch)))
        return Tenant.search(safe_eval(theirs.get("domain"))).sudo()

    def test_a_part_paid_earns_nothing_yet(self):
        """TB-030: at full payment."""
        subscription = self.referred()
        self.bill("2026-01-01")
        invoice = self.invoices(subscription)
        self.pay(invoice, 100)
        self.assertEqual(invoice._invoice().payment_state, "partial")
        self.assertFalse(self.book())
        self.pay(invoice)
        self.assertEqual(self.book().mapped("amount"), [18])

    def test_reversed_once_when_the_payment_is_undone(self):
        """TB-030, R-37: a refund by credit note; paid again, it is earned again."""
        subscription = self.referred()
        self.bill("2026-01-01")
        invoice = self.invoices(subscription)
        payment = self.pay(invoice)
        self.book()
        payment.action_draft()
        payment.action_cancel()
        rows = self.book("2026-03-02")
        self.assertEqual([(row.amount, row.kind) for row in rows], [(-18, "reversed")])
        self.assertEqual((rows.move_id.move_type, rows.move_id.amount_untaxed), ("in_refund", 18))
        self.assertFalse(self.book("2026-03-03"))
        self.pay(invoice)
        self.assertEqual(self.book("2026-03-04").mapped("amount"), [18])

    def test_given_back_in_the_books_that_hold_it(self):
        """TRADE 1, TB-030: a vendor bill drafted here is taken back here, though its seller
        keeps its own books by now; what was earned there needs no refund here."""
        subscription = self.referred()
        self.bill("2026-01-01", "2026-02-01")
        january, february = self.invoices(subscription)
        payment = self.pay(january)
        self.book()
        Partner = type(self.root)
        with patch.object(Partner, "_billing_route_on", lambda _self, _day: "own"):
            payment.action_draft()
            payment.action_cancel()
            payment = self.pay(february)
            rows = self.book("2026-03-02")
        given, earned = rows.sorted("amount")
        self.assertEqual((given.amount, given.is_here, given.move_id.move_type),
                         (-18, True, "in_refund"))  # fmt: skip
        self.assertEqual((earned.amount, earned.is_here, bool(earned.move_id)), (18, False, False))
        payment.action_draft()
        payment.action_cancel()
        back = self.book("2026-03-03")
        self.assertEqual((back.amount, back.is_here), (-18, False))

    def test_given_back_where_it_was_earned_again(self):
        """TRADE 1, TB-030: earned and given back here, earned again by books of its own: that
        one is given back there, and no second time here."""
        subscription = self.referred()
        self.bill("2026-01-01")
        invoice = self.invoices(subscription)

        def undo(payment):
            payment.action_draft()
            payment.action_cancel()

        payment = self.pay(invoice)
        self.book()
        undo(payment)
        self.book("2026-03-02")
        with patch.object(type(self.root), "_billing_route_on", lambda _self, _day: "own"):
            payment = self.pay(invoice)
            again = self.book("2026-03-03")
            undo(payment)
            back = self.book("2026-03-04")
        self.assertEqual((again.amount, again.is_here), (18, False))
        self.assertEqual((back.amount, back.is_here, bool(back.move_id)), (-18, False, False))
        rows = subscription.referral_ids.commission_ids
        self.assertEqual(sum(rows.filtered("is_here").mapped("amount")), 0)
        self.assertEqual(rows.sorted("id").mapped("revision"), [1, 2, 3, 4])

    def test_reversed_once_when_the_invoice_is_credited(self):
        """TB-030, R-37: what was taken back as a whole counts for nothing, its credit neither;
        what is billed again is earned when it is paid."""
        subscription = self.referred()
        self.bill("2026-01-01")
        invoice = self.invoices(subscription)
        self.pay(invoice)
        self.book()
        invoice.action_credit()
        self.assertEqual(self.book("2026-03-02").mapped("amount"), [-18])
        self.assertFalse(self.book("2026-03-03"))
        with self.assertRaisesRegex(UserError, "taken back already"):
            invoice.action_credit()
        self.bill("2026-01-02")
        again = self.invoices(subscription) - invoice - invoice.credited_by_ids
        self.assertEqual(again.amount_untaxed, 180)
        self.pay(again)
        self.assertEqual(self.book("2026-03-04").mapped("amount"), [18])
        self.assertEqual(subscription.referral_ids.earned, 18)

    def test_an_invoice_credited_before_it_is_paid_earns_nothing(self):
        """TRADE 3: commission not yet earned lapses."""
        subscription = self.referred()
        self.bill("2026-01-01")
        self.invoices(subscription).action_credit()
        self.assertFalse(self.book())

    def test_cap_streams_and_term(self):
        """TB-030: 10 % of hosting, nothing of support, 12.00 a month up to 30.00, two months."""
        self.terms.write({"stream_percents": "support = 0", "cap": 30, "term_months": 2})
        subscription = self.referred()
        self.bill("2026-01-01", "2026-02-01", "2026-03-01")
        for invoice in self.invoices(subscription):
            self.pay(invoice)
        # March lies past the term.
        self.assertEqual(sorted(self.book().mapped("amount")), [12, 12])
        other = self.referred(company="Hafen Logistik", start="2026-01-01")
        self.terms.cap = 20
        third = self.referred(company="Kap Hoorn", start="2026-01-01")
        self.bill("2026-03-02")
        for one in (other, third):
            for invoice in self.invoices(one):
                self.pay(invoice)
        self.book("2026-03-03")
        # Terms of the day on which it was brought.
        self.assertEqual((other.referral_ids.earned, third.referral_ids.earned), (24, 20))

    def test_tax_inside_the_price_is_nobodys_commission(self):
        """TB-030, B-07: 180.00 with 15 % tax inside are 156.52 net."""
        self.root.company_id.account_sale_tax_id.copy(
            {"name": "15% inside", "price_include_override": "tax_included"}
        )
        subscription = self.referred()
        subscription.leg_ids.price_book_id.write({"parent_id": False, "tax_included": True})
        self.bill("2026-01-01")
        invoice = self.invoices(subscription)
        self.assertEqual(invoice._invoice().amount_total, 180)
        self.pay(invoice)
        self.assertEqual(self.book().mapped("amount"), [15.65])

    def test_a_master_pays_its_own(self):
        """TRADE 1: the seller is the master that the referral partner works for; it keeps its
        own books, so that nothing is posted in its name."""
        below = self.node("Tippgeber", "referral", upline=self.master)
        self.make_terms(self.master, below, percent=5)
        subscription = self.referred(below)
        self.assertEqual(subscription.referral_ids.seller_id, self.master)
        self.bill("2026-01-01")
        invoice = self.invoices(subscription)
        self.assertEqual(invoice.route, "own")
        self.assertFalse(self.book())
        # What its own books report.
        invoice._report("part", 50)
        self.assertFalse(self.book())
        invoice._report("paid")
        rows = self.book()
        self.assertEqual((rows.amount, rows.is_here), (9, False))
        self.assertFalse(rows.move_id)
        self.assertFalse(self.book("2026-03-02"))

    def test_a_deleted_draft_bill_is_made_again(self):
        """TB-030: booked once, whatever happens to the draft."""
        subscription = self.referred()
        self.bill("2026-01-01")
        self.pay(self.invoices(subscription))
        rows = self.book()
        rows.move_id.unlink()
        self.assertFalse(self.book("2026-03-02"))
        self.assertEqual(rows.move_id.amount_untaxed, 18)

    def test_the_database_refuses_a_second_booking(self):
        """TB-030: exactly once, guarded by a unique index."""
        subscription = self.referred()
        self.bill("2026-01-01")
        self.pay(self.invoices(subscription))
        row = self.book()
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            row.copy()
            self.env.flush_all()
        with self.assertRaises(UserError):
            row.unlink()

    def test_the_cron_looks_at_each_once_a_day(self):
        """TB-030: in batches, until none is left."""
        subscription = self.referred()
        self.bill("2026-01-01")
        self.pay(self.invoices(subscription))
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 60.0)
        self.env["billing.commission"]._cron()
        self.assertEqual(subscription.referral_ids.earned, 18)
        self.assertEqual(
            subscription.referral_ids.checked_on, self.env["billing.run"]._clock().date()
        )

    def test_who_reads_it(self):
        """TB-030, X-05: the referral partner its own commissions, and no invoice or contract of
        the seller; nobody else anything."""
        subscription = self.referred()
        self.bill("2026-01-01")
        self.pay(self.invoices(subscription))
        row = self.book()
        mine = self.as_user(self.referrer, "finance", "billing.commission").search([])
        self.assertEqual(mine.sudo(), row)
        (read,) = mine.web_read({"statement_id": {"fields": {"display_name": {}}}, "base": {}})
        self.assertEqual(read["statement_id"]["display_name"], "2026-01-01")
        self.assertEqual(read["base"], 180)
        for model in ("billing.leg", "billing.charge", "billing.statement", "account.move"):
            with self.subTest(model):
                Model = self.as_user(self.referrer, "finance", model)
                self.assertFalse(Model.has_access("read") and Model.search([]))
        for node in (self.stranger, self.master):
            for model in ("billing.commission", "billing.referral", "billing.referral.terms"):
                self.assertFalse(self.as_user(node, "finance", model).search([]))
        for role in ("sales", "delivery"):
            with self.assertRaises(AccessError):
                self.as_user(self.referrer, role, "billing.commission").search([])
        manager = self.user(self.referrer, "manager")
        with self.assertRaises(AccessError):
            self.terms.with_user(manager).percent = 99
        with self.assertRaises(AccessError):
            subscription.referral_ids.with_user(manager).write({"percent": 99})

    def test_bad_terms(self):
        """TB-030: what cannot be is named."""
        for values, text in (
            ({"percent": 120}, "0 to 100 percent"),
            ({"stream_percents": "users=5"}, "users=5"),
        ):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, text):
                self.terms.write(values)
        with self.assertRaisesRegex(ValidationError, "no referral partner that works for"):
            self.make_terms(self.root, self.master)

    def test_a_customer_that_moves_is_somebody_elses_referral(self):
        """TB-061, TB-030: what was charged up to the day is the first one's, paid or not."""
        second = self.node("Empfehlung Nord", "referral")
        self.make_terms(self.root, second, percent=20)
        self.make_book(self.root, PLATFORM)
        subscription = self.referred()
        self.bill("2026-01-01", "2026-02-01")
        self.env["billing.handover"]._plan(
            {
                "kind": "customer",
                "customer_id": subscription.partner_id.id,
                "receiver_id": second.id,
                "day": "2026-02-01",
            }
        )
        self.bill("2026-02-02")
        self.assertEqual(len(subscription.leg_ids), 1)
        for invoice in self.invoices(subscription):
            self.pay(invoice)
        self.book("2026-03-05")
        earned = {one.payee_id: one.earned for one in subscription.referral_ids}
        self.assertEqual(earned, {self.referrer: 18, second: 36})

    def foreign(self, currency, *rates):
        """A currency that is not the seller's, with ``rates`` ((day, rate) per unit of its own)."""
        found = self.env.ref(f"base.{currency}")
        found.active = True
        found.rate_ids.unlink()
        for day, rate in rates:
            found.rate_ids.create({"currency_id": found.id, "name": day, "rate": rate})
        return found

    def test_terms_in_another_currency(self):
        """TB-030, DESIGN 4.3: converted at the rate of the day on which it is earned, which stays
        for what is given back; the cap is in the currency of the terms."""
        other = self.foreign("CHF", ("2025-01-01", 2), ("2026-03-02", 4))
        self.terms.write({"currency_id": other.id, "cap": 100})
        subscription = self.referred()
        self.bill("2026-01-01", "2026-02-01")
        january, february = self.invoices(subscription)
        self.assertNotEqual(january.currency_id, other)
        payment = self.pay(january)
        row = self.book("2026-03-01")
        self.assertEqual((row.currency_id, row.base, row.amount, row.rate), (other, 360, 36, 2))
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self.book("2026-03-02").mapped("amount"), [-36], "at the rate of then")
        self.pay(january)
        self.pay(february)
        # 18.00 at 2 and at 4, 108.00 together: up to the cap.
        self.assertEqual(self.book("2026-03-03").mapped("amount"), [36, 64])
        self.assertEqual(subscription.referral_ids.earned, 100)

    def test_a_rate_that_is_missing(self):
        """TB-030, TB-033, R-38: nothing is earned silently at nothing: it is parked with what to
        put right, for the seller alone, and earned once that is done."""
        for role in ("finance", "delivery"):
            self.person(self.root, role)
        other = self.foreign("CHF")
        self.terms.currency_id = other
        subscription = self.referred()
        self.bill("2026-01-01")
        self.pay(self.invoices(subscription))
        self.assertFalse(self.book("2026-03-01"))
        self.assertFalse(self.book("2026-03-02"))
        Parked = self.as_user(self.root, "finance", "billing.parked")
        parked = Parked.search([("phase", "=", "commission")])
        self.assertEqual(len(parked), 1, "parked again is one item still")
        self.assertRegex(parked.reason, "No commission for Boot & Partner yet.*CHF.*Enter one")
        self.assertEqual(parked.action_open_fact()["res_id"], subscription.referral_ids.id)
        for node in (self.referrer, self.stranger):
            seen = self.as_user(node, "finance", "billing.parked").search([])
            self.assertFalse(seen.filtered(lambda one: one.phase == "commission"))
        other.rate_ids.create({"currency_id": other.id, "name": "2026-01-01", "rate": 2})
        with self.assertRaisesRegex(AccessError, "Finance retries"):
            parked.with_user(self.user(self.root, "delivery")).action_retry()
        parked.action_retry()
        self.assertEqual(subscription.referral_ids.earned, 36)
        self.assertFalse(Parked.search([("phase", "=", "commission")]))

from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError, ValidationError

from .test_billing_route import RouteCase
from .test_month_end_send import SendCase

READ = ("billing.statement", "billing.charge", "billing.close", "billing.parked")


class TestBillingMandate(RouteCase, SendCase):
    """TRADE 1: an upline posts in a downstream seller's books by a dated mandate alone."""

    def setUp(self):
        super().setUp()
        self.policy(self.sub, hold_rules=True)
        self.subscription(start=f"{self.month}")
        self.run_billing(f"{self.month}")
        self.draft = self.statements(self.sub)
        self.draft.customer_id.email = "ap@nordwind.example"
        self.assertEqual((self.draft.state, self.draft.hold_state), ("draft", "held"))

    def mandate(self, accept=True, **values):
        mandate = self.as_user(self.sub, "manager", "billing.mandate").create(
            {"evidence": "Framework contract 2026-14", "date_from": self.month, **values}
        )
        if accept:
            mandate.with_user(self.user(self.master, "manager")).action_accept()
        return mandate.sudo()

    def month_end(self):
        return self.env["billing.close"]._of(self.sub, self.month)

    def assert_nothing(self, node, role="finance"):
        """Nothing of the sub's is read, nothing done."""
        user = self.user(node, role)
        month = self.month_end()
        for model in READ:
            found = self.env[model].with_user(user).search([("seller_id", "=", self.sub.id)])
            self.assertFalse(found, model)
        for name in ("action_release", "action_park", "action_take_up", "action_send"):
            with self.assertRaises(AccessError, msg=name):
                getattr(self.draft.with_user(user), name)()
        with self.assertRaises(AccessError):
            month.with_user(user).action_close()

    def test_without_one_nobody_posts_for_another(self):
        """TRADE 1, X-05: neither upline nor platform, nor by an offer that nobody accepted."""
        self.mandate(accept=False)
        for node in (self.master, self.root, self.stranger, self.sub2):
            self.assert_nothing(node)

    def test_the_holder_releases_posts_and_sends(self):
        """TRADE 1: on the seller's month-end; each step is on record under the holder's name."""
        mandate = self.mandate()
        holder = self.user(self.master, "finance")
        self.assertTrue(self.draft.with_user(holder).may_post)
        action = mandate.with_user(holder).action_month_end()
        month = self.env["billing.close"].with_user(holder).browse(action["res_id"])
        self.assertEqual(month.held_ids, self.draft)
        self.assertEqual(month.held_count, 1)
        self.draft.with_user(holder).action_release()
        month.action_close()
        self.assertEqual(self.draft.state, "issued")
        (message,) = self.outbox()
        self.assertIn("billing@hanseflow.example", message["From"])
        self.assertEqual(self.draft.send_state, "sent")
        self.draft.with_user(holder).action_send()
        used = self.env["governance.event"].search([("kind", "=", "billing.mandate.used")])
        self.assertEqual(set(used.mapped("actor_name")), {holder.name})
        self.assertEqual(set(used.mapped("node_ref")), {self.sub.id})
        self.assertEqual(len(used), 3)

    def test_where_it_bills_here_the_invoice_is_posted(self):
        """TRADE 1: in the seller's own books and numbers."""
        self.keep_books(self.sub)
        self.mandate()
        self.subscription(company="Bergwind", start=f"{self.month}")
        self.run_billing(f"{self.month}")
        draft = self.statements(self.sub, state="draft")[-1]
        holder = self.user(self.master, "finance")
        draft.with_user(holder).action_release()
        self.month_end().with_user(holder).action_close()
        invoice = draft._invoice()
        self.assertEqual((invoice.state, invoice.company_id), ("posted", self.sub.company_id))
        self.assertFalse(self.env["account.move"].with_user(holder).search(
            [("company_id", "=", self.sub.company_id.id)]
        ))  # fmt: skip

    def test_it_sees_what_it_needs(self):
        """X-05: documents and charges of the time of the mandate, read as the client reads them;
        no price, contract, agreement or setting of the seller's."""
        self.mandate()
        holder = self.user(self.master, "finance")
        form = self.draft.with_user(holder)
        specification = {
            name: {"fields": {"display_name": {}}}
            for name in ("seller_id", "buyer_id", "customer_id", "charge_ids")
        }
        (values,) = form.web_read({"reference": {}, "amount_total": {}, **specification})
        self.assertEqual(values["amount_total"], self.draft.amount_total)
        self.assertEqual(len(values["charge_ids"]), len(self.draft.charge_ids))
        self.assertTrue(form.get_view(view_type="form"))
        for name in ("leg", "price.book", "price", "agreement", "close.policy", "mrr.movement"):
            model = f"billing.{name}"
            found = self.env[model].with_user(holder).search([("seller_id", "=", self.sub.id)])
            own = found.filtered(lambda one: "buyer_id" in one and one.buyer_id == self.master)
            self.assertFalse(found - own, model)
        for name in ("action_correct", "action_credit", "action_report_paid"):
            with self.assertRaises(AccessError, msg=name):
                getattr(form, name)()
        # Reading is all that it can do by itself.
        for vals in ({"state": "issued"}, {"amount_total": 1}, {"seller_id": self.master.id}):
            with self.assertRaises(AccessError):
                form.write(vals)
        # Others of the holder's people, and whoever else there is, are outside as before.
        self.assertFalse(self.as_user(self.master, "sales", "billing.mandate").has_access("read"))
        for node in (self.root, self.stranger, self.sub2):
            self.assert_nothing(node)

    def test_nothing_of_before_its_month(self):
        """X-05: documents billed before the month in which it begins stay the seller's."""
        self.mandate(date_from=self.next)
        self.assert_nothing(self.master)
        clock = self.env["billing.run"]._clock()
        later = clock + relativedelta(months=1)
        with patch.object(type(self.env["billing.run"]), "_clock", lambda _self: later):
            self.assert_nothing(self.master)
            month = self.env["billing.close"]._of(self.sub, self.next)
            self.assertTrue(month.with_user(self.user(self.master, "finance")).has_access("read"))

    def test_no_sum_of_before_it(self):
        """X-05, TRADE 4: last month's sums are its seller's alone where they lie before it."""
        mandate = self.mandate()
        month = self.env["billing.close"]._of(self.sub, self.next)
        holder, seller = (
            month.with_user(self.user(node, "finance")) for node in (self.master, self.sub)
        )
        self.assertEqual(seller.last_count, 1)
        self.assertEqual(holder.last_amount, seller.last_amount)
        mandate.date_from = self.next
        self.env.invalidate_all()
        clock = self.env["billing.run"]._clock() + relativedelta(months=1)
        with patch.object(type(self.env["billing.run"]), "_clock", lambda _self: clock):
            self.assertEqual((holder.last_count, holder.last_amount), (0, 0))
            self.assertFalse(holder.difference)
            self.assertEqual(seller.last_count, 1)

    def test_either_ends_it_at_once(self):
        """TRADE 1, X-05: and nothing is seen or done from then on, what it posted neither."""
        for node in (self.sub, self.master):
            with self.subTest(node.name):
                mandate = self.mandate()
                holder = self.user(self.master, "finance")
                Statement = self.env["billing.statement"].with_user(holder)
                domain = [("seller_id", "=", self.sub.id)]
                self.assertTrue(Statement.search(domain))
                mandate.with_user(self.user(node, "manager")).action_end()
                self.assertFalse(Statement.search(domain))
                self.assert_nothing(self.master)
                with self.assertRaises(AccessError):
                    mandate.with_user(holder).action_month_end()
                self.assertEqual(mandate.ended_by_id, self.user(node, "manager"))
        kinds = self.env["governance.event"].search([("res_model", "=", "billing.mandate")])
        self.assertEqual(
            set(kinds.mapped("kind")),
            {f"billing.mandate.{state}" for state in ("offered", "accepted", "ended")},
        )

    def test_it_ends_on_its_day(self):
        """TRADE 1: the first day on which it no longer holds."""
        self.mandate(date_until=self.today + relativedelta(days=1))
        clock = self.env["billing.run"]._clock() + relativedelta(days=1)
        self.assertTrue(self.draft.with_user(self.user(self.master, "finance")).has_access("read"))
        self.env.invalidate_all()
        with patch.object(type(self.env["billing.run"]), "_clock", lambda _self: clock):
            self.assert_nothing(self.master)

    def test_another_upline_ends_it(self):
        """TRADE 1, PG-028: a mandate is its upline's, not whoever comes after it."""
        mandate = self.mandate()
        self.sub.upline_id = self.root
        self.assertEqual(mandate.state, "ended")
        for node in (self.master, self.root):
            self.assert_nothing(node)

    def test_it_is_given_by_the_seller_alone(self):
        """X-05: nobody takes one, gives it to somebody else, or answers for the other side."""
        Mandate = self.as_user(self.master, "manager", "billing.mandate")
        words = {"evidence": "none", "date_from": self.month}
        for vals in (
            {**words, "seller_id": self.sub.id},
            {**words, "seller_id": self.sub.id, "holder_id": self.master.id},
        ):
            with self.assertRaises(AccessError):
                Mandate.create(vals)
        own = self.as_user(self.sub, "manager", "billing.mandate")
        for vals in ({**words, "holder_id": self.stranger.id}, {**words, "state": "accepted"}):
            with self.assertRaises(AccessError):
                own.create(vals)
        with self.assertRaises(AccessError):
            self.as_user(self.sub, "finance", "billing.mandate").create(words)
        with self.assertRaises(ValidationError):
            self.env["billing.mandate"].with_user(self.staff()).create(words)
        # Nor the platform's people, for whom few fields are read only: for a direct downline of
        # theirs they would be the holder, too.
        platform = Mandate.with_user(self.staff())
        for vals in ({}, {"state": "accepted", "accepted_on": self.month}):
            with self.assertRaises(AccessError), self.cr.savepoint():
                platform.create({**words, "seller_id": self.master.id, **vals})
        mandate = self.mandate(accept=False)
        for vals in ({"state": "accepted"}, {"accepted_on": self.month}):
            with self.assertRaisesRegex(AccessError, "by its buttons"):
                mandate.with_user(self.user(self.sub, "manager")).write(vals)
        for node, role in (
            (self.sub, "manager"), (self.master, "finance"), (self.stranger, "manager"),
        ):  # fmt: skip
            with self.assertRaises(AccessError):
                mandate.with_user(self.user(node, role)).action_accept()
        with self.assertRaises(AccessError):
            mandate.with_user(self.user(self.master, "manager")).write({"evidence": "mine"})
        with self.assertRaises(AccessError):
            mandate.with_user(self.user(self.stranger, "manager")).action_end()
        mandate.with_user(self.user(self.master, "manager")).action_accept()
        with self.assertRaises(UserError):
            mandate.with_user(self.user(self.sub, "manager")).write({"evidence": "other"})
        with self.assertRaises(UserError):
            mandate.with_user(self.user(self.master, "manager")).action_accept()

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import BillingCase


class TestBillingAttacks(BillingCase):
    """X-05, TB-019: ways to somebody else's money that were tried, and are shut."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.subscription()

    def refused(self, record, values):
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            record.write(values)
            self.env.flush_all()

    def test_nothing_is_moved_onto_somebody_elses_parent(self):
        """X-05: a price into the seller's book, an item into a running subscription, a
        component into the platform's plan."""
        manager = self.user(self.sub, "manager")
        book = self.env["billing.price.book"].with_user(manager).create(
            {"name": "Own", "audience": "retail", "seller_id": self.sub.id,
             "currency_id": self.sub.company_id.currency_id.id,
             "price_ids": [Command.create({"code": "base", "amount": 0.01})]}
        )  # fmt: skip
        self.refused(book.price_ids, {"book_id": self.book_sub.id})
        plan = (
            self.env["billing.plan"]
            .with_user(manager)
            .create({"name": "Own", "component_ids": [Command.create({"code": "x", "name": "X"})]})
        )
        self.refused(plan.component_ids, {"plan_id": self.plan.id})
        with self.assertRaises(AccessError):
            self.env["billing.plan.component"].with_user(manager).create(
                {"plan_id": self.plan.id, "code": "y", "name": "Y"}
            )

    def test_a_form_asks_for_nobody_else(self):
        """X-05, TB-019: what a form works out as the system is for the own node alone: a master
        does not read what its sub-partner pays by saying that the question is the sub's."""
        component = self.plan.component_ids.filtered(lambda one: one.code == "base")
        line = {
            "component_id": component.id,
            "quantity": 1,
            "price_model": "per_unit",
            "amount": 120,
        }
        values = {
            "program_node_id": self.sub.id,
            "plan_id": self.plan.id,
            "currency_id": self.sub.company_id.currency_id.id,
            "start_date": "2026-03-01",
            "anchor_day": 1,
            "timezone": "UTC",
            "line_ids": [Command.create(line)],
        }
        spec = {"projection": {}, "line_ids": {"fields": dict.fromkeys(line, {})}}
        with self.assertRaises(AccessError):
            self.as_user(self.master, "manager", "billing.offer").onchange(values, [], spec)
        answer = self.as_user(self.master, "manager", "billing.what.if").onchange(values, [], spec)
        self.assertNotIn("Own cost", str(answer))
        del values["program_node_id"]
        own = self.as_user(self.sub, "manager", "billing.what.if").create(values)
        self.assertIn("Own cost", own.projection)
        offer = self.offer(self.sub)
        self.env.invalidate_all()
        desk = offer.sudo().with_user(self.staff()).sudo()
        self.assertEqual((desk.cost_total, desk.margin), (0, 0))
        own = offer.with_user(self.user(self.sub, "manager"))
        self.assertGreater(own.cost_total, 0)

    def test_what_was_sent_stays(self):
        """TB-070: no line is added, and no term or book is changed, after the customer has it."""
        offer = self.offer(self.sub)
        offer.action_send()
        setup = self.plan.component_ids.filtered(lambda one: one.code == "setup")
        sales = self.user(self.sub, "sales")
        line = {"offer_id": offer.id, "component_id": setup.id, "amount": 900}
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.env["billing.offer.line"].with_user(sales).create(line)
        for values in ({"term_months": 60}, {"price_book_id": False}, {"timezone": "Asia/Tokyo"}):
            with self.assertRaises(UserError):
                offer.with_user(sales).write(values)

    def test_the_ledgers_inputs_are_not_typed(self):
        """TB-033: state, end, and how far it is rated are set by actions alone."""
        sales = self.user(self.sub, "sales")
        own = self.running.with_user(sales)
        for values in (
            {"state": "draft"},
            {"ended_on": "2026-01-11"},
            {"rated_until": "2030-01-01"},
            {"tenant_id": False},
        ):
            self.refused(own, values)
        offer = self.env["billing.offer"].search([("subscription_id", "=", self.running.id)])
        for values in ({"state": "draft"}, {"agreed_book_id": False}, {"subscription_id": False}):
            self.refused(offer.with_user(sales), values)

    def test_a_buyer_does_not_pay_by_its_own_invoice(self):
        """TB-032: a document of the buyer is never the seller's."""
        self.run_billing("2026-02-01")
        statement = self.env["billing.statement"].search(
            [("seller_id", "=", self.master.id)], limit=1
        )
        self.keep_books(self.sub)
        with self.assertRaises(AccessError):
            self.env["account.move"].with_user(self.user(self.sub, "manager")).create(
                {"move_type": "out_invoice", "billing_statement_id": statement.id}
            )

    def test_a_tenant_comes_from_a_won_deal(self):
        """TB-047: delivery neither makes one nor sets its state; a master ends none."""
        delivery = self.user(self.sub, "delivery")
        with self.assertRaises(AccessError):
            self.env["hosting.tenant"].with_user(delivery).create({"name": "free"})
        tenant = self.running.tenant_id
        self.refused(tenant.with_user(delivery), {"state": "live"})
        self.refused(tenant.with_user(delivery), {"usage_uuid": "mine"})
        with self.assertRaises(AccessError):
            tenant.with_user(self.user(self.master, "manager")).action_terminate()

    def test_to_see_a_tenant_is_not_to_bill_it(self):
        """R-20: usage is taken from whoever may work on the tenant, not from who sees it."""
        event = {
            "specversion": "1.0", "id": "x", "source": "/x", "type": "usage",
            "time": "2026-01-20T00:00:00Z",
            "data": {"tenant": self.running.tenant_id.usage_uuid, "meter": "storage_gb",
                     "value": 99999},
        }  # fmt: skip
        self.env.invalidate_all()
        for node, expected in ((self.master, "rejected"), (self.sub, "accepted")):
            Event = self.as_user(node, "manager", "billing.usage.event")
            self.assertEqual(Event._ingest([event])[0]["status"], expected)

    def test_a_buyer_deletes_no_book_of_its_seller(self):
        """TB-019: not even an empty one."""
        empty = self.make_book(self.master, {}, buyer=self.sub)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            empty.with_user(self.user(self.sub, "manager")).unlink()

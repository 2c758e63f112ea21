from datetime import date, datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from ..engine.zones import UTC
from .common import BillingCase

WHOLESALE = {"base": 93.00, "storage": 0.31, "support": 31.00, "setup": 0}
RETAIL = {"base": 155.00, "storage": 0.62, "support": 62.00, "setup": 0}


class TestTransferMoney(BillingCase):
    """PG-150, PG-151, TB-061: consent plans the money, one run carries out both, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Days come with the runs of the tests, not with the clock.
        before = datetime(2025, 12, 20, 12, tzinfo=UTC)
        cls.startClassPatcher(
            patch.object(type(cls.env["billing.run"]), "_clock", lambda _self: before)
        )
        cls.make_book(cls.master, WHOLESALE, buyer=cls.sub2)
        cls.make_book(cls.sub2, RETAIL)
        cls.running = cls.subscription(start="2026-01-01")
        cls.tenant = cls.running.tenant_id
        cls.customer = cls.running.partner_id
        cls.desk = cls.staff()

    def transfer(self, kind="customer", **values):
        defaults = {
            "customer": {"customer_id": self.customer.id, "receiver_id": self.sub2.id},
            "end": {"customer_id": self.customer.id},
        }[kind]
        return (
            self.env["program.transfer"]
            .with_user(self.desk)
            .create(
                {
                    "kind": kind,
                    "day": "2026-02-01",
                    "customer_consent": "Letter of 2 January",
                    **defaults,
                    **values,
                }
            )
        )

    @staticmethod
    def of_customer(subscription, customer):
        for record in (subscription.tenant_id, subscription):
            record.partner_id = customer

    def agree(self, one):
        one.action_preview()
        one.action_confirm()
        for approval in one.sudo().approval_ids:
            approval.with_user(self.user(approval.node_id, "manager")).action_approve()

    def test_signatures_plan_the_money_and_one_run_carries_out_both(self):
        """PG-150, TB-061: nothing before the last signature; on the day tenant, contracts and
        ownership together; again is nothing."""
        one = self.transfer()
        one.action_preview()
        self.assertEqual(one.handover_id.state, "draft")
        self.assertTrue(one.handover_leg_ids.filtered(lambda leg: leg.change == "opens"))
        one.action_confirm()
        first, second = one.sudo().approval_ids
        first.with_user(self.user(first.node_id, "manager")).action_approve()
        self.assertEqual((one.state, one.handover_id.state), ("asked", "draft"))
        second.with_user(self.user(second.node_id, "manager")).action_approve()
        self.assertEqual((one.state, one.handover_id.state), ("planned", "planned"))
        self.env["program.transfer"]._cron_transfers()
        self.assertEqual(one.state, "planned", "the billing run does it")
        self.run_billing("2026-01-01")
        self.assertEqual(self.tenant.program_node_id, self.sub)
        self.run_billing("2026-02-01")
        self.assertEqual((one.state, one.handover_id.state), ("done", "done"))
        self.assertEqual(self.tenant.program_node_id, self.sub2)
        owned = self.env["program.ownership"].search([("reason", "=", "transfer")])
        self.assertEqual(owned.program_node_id, self.sub2)
        self.assertEqual(owned.customer_id, self.tenant.partner_id)
        legs = len(self.running.leg_ids)
        self.run_billing("2026-02-01")
        self.env["program.transfer"]._cron_transfers()
        self.assertEqual(len(self.running.leg_ids), legs)
        self.assertEqual(self.env["program.ownership"].search([("reason", "=", "transfer")]), owned)

    def test_each_reads_its_own_money_alone(self):
        """TRADE 2: the giver its last credit, the receiver its first charge, nobody the other's."""
        self.run_billing("2026-01-01")
        one = self.transfer(day="2026-01-16")
        one.action_preview()
        seen = {
            node: one.with_user(self.user(node, "manager")).handover_amount_ids
            for node in (self.sub, self.sub2)
        }
        self.assertTrue(all(seen.values()))
        for node, rows in seen.items():
            for row in rows.sudo():
                self.assertIn(node, row.seller_id | row.buyer_id)

    def test_a_missing_price_is_told_before_anybody_signs(self):
        """TB-061: the preview names who has no price."""
        with self.assertRaisesRegex(UserError, "has no price"):
            self.transfer(receiver_id=self.stranger.id).action_preview()

    def test_its_money_is_nobodys_apart_from_it(self):
        """PG-150, X-05: the desk neither changes, confirms nor withdraws it before or after the
        signatures, and by code it is not carried out without them."""
        one = self.transfer()
        one.action_preview()
        desk = self.desk
        desk.group_ids |= self.env.ref("partner_governance.group_platform_administrator")
        money = one.handover_id.with_user(desk)
        attacks = (
            lambda: money.write({"day": "2026-03-01"}),
            lambda: money.write({"receiver_id": self.master.id}),
            lambda: money.unlink(),
            lambda: money.action_plan(),
            lambda: money.action_withdraw(),
        )
        for state in ("draft", "planned"):
            self.assertEqual(money.state, state)
            for attack in attacks:
                with self.assertRaisesRegex(UserError, "belongs to"), self.cr.savepoint():
                    attack()
            if state == "draft":
                for name in ("_confirm", "_carry_out"):
                    with self.assertRaisesRegex(UserError, "is not signed"), self.cr.savepoint():
                        getattr(money.sudo(), name)()
                one.action_confirm()
                for approval in one.sudo().approval_ids:
                    approval.with_user(self.user(approval.node_id, "manager")).action_approve()
                money = one.handover_id.with_user(desk)
        self.run_billing("2026-02-01")
        self.assertEqual((one.state, one.handover_id.state), ("done", "done"))

    def test_contracts_that_begin_after_the_preview_go_along(self):
        """PG-150, TB-061: before the signature and after it; the cron does not do half of it."""
        billing = self.env["billing.run"]
        self.patch(
            self.registry["program.transfer"], "_today", lambda _one: billing._clock().date()
        )
        self.running.action_end("2026-01-01")
        self.run_billing("2026-01-01")
        one = self.transfer()
        one.action_preview()
        self.assertFalse(one.handover_id)
        early = self.subscription(start="2026-01-05")
        self.of_customer(early, self.customer)
        self.agree(one)
        self.assertEqual(one.handover_id.state, "planned")
        other = self.transfer(kind="end", customer_id=self.env["res.partner"].create(
            {"name": "Bergwind", "program_node_id": self.sub.id}).id)  # fmt: skip
        self.agree(other)
        self.assertEqual((other.state, other.handover_id.state), ("planned", False))
        late = self.subscription(start="2026-01-05")
        self.of_customer(late, other.customer_id)
        with patch.object(fields.Date, "context_today", lambda *_a, **_k: date(2026, 2, 1)):
            self.env["program.transfer"]._cron_transfers()
        self.assertEqual(other.state, "planned", "the billing run does both")
        self.run_billing("2026-02-01")
        self.assertEqual((one.state, other.state), ("done", "done"))
        self.assertEqual(early.program_node_id, self.sub2)
        self.assertEqual(str(late.ended_on), "2026-02-01")

    def test_the_last_signature_does_not_fail_for_another(self):
        """PG-150, TB-061: a price that went missing keeps the contracts, not the signature; the
        desk alone reads which, and the next run tries again."""
        one = self.transfer()
        one.action_preview()
        one.action_confirm()
        prices = self.env["billing.price"].search([("seller_id", "=", self.sub2.id)])
        values = [price.copy_data()[0] for price in prices]
        prices.unlink()
        for approval in one.sudo().approval_ids:
            approval.with_user(self.user(approval.node_id, "manager")).action_approve()
        self.assertEqual((one.state, one.handover_id.state), ("planned", "draft"))
        self.assertIn("has no price", one.money_problem)
        self.assertNotIn("price", one.problem)
        for node in (self.sub, self.sub2):
            with self.assertRaises(AccessError):
                one.with_user(self.user(node, "manager")).read(["money_problem"])
        Handover = type(self.env["billing.handover"])
        for name in ("create", "_preview"):
            with (
                patch.object(Handover, name, side_effect=ZeroDivisionError),
                mute_logger("odoo.addons.tenant_billing.models.program_transfer"),
            ):
                self.assertEqual(self.run_billing("2026-02-01").state, "done")
            self.assertIn("Unexpected error", one.money_problem)
            one.sudo().handover_id.problem = False
        self.run_billing("2026-02-01")
        self.assertEqual((one.state, self.tenant.program_node_id), ("planned", self.sub))
        self.env["billing.price"].create(values)
        self.run_billing("2026-02-02")
        self.assertEqual((one.state, self.tenant.program_node_id), ("done", self.sub2))
        self.assertFalse(one.problem)

    def test_withdrawn_the_money_is_too(self):
        """PG-150: before the day, both are off."""
        one = self.transfer()
        self.agree(one)
        one.action_withdraw()
        self.assertEqual((one.state, one.handover_id.state), ("withdrawn", "withdrawn"))
        self.run_billing("2026-02-01")
        self.assertEqual(self.tenant.program_node_id, self.sub)

    def test_portal_people_follow_the_customer(self):
        """PG-150: they log in as before and belong to their new seller's contact."""
        person = new_test_user(self.env, login="jörn@nordwind.example", groups="base.group_portal")
        person.partner_id.write({"parent_id": self.customer.id})
        self.assertEqual(person.commercial_partner_id, self.customer)
        one = self.transfer()
        self.agree(one)
        self.run_billing("2026-02-01")
        contact = self.tenant.partner_id
        self.assertNotEqual(contact, self.customer)
        self.assertEqual(person.commercial_partner_id, contact)
        self.assertEqual(person.partner_id.program_node_id, self.sub2)

    def test_people_with_open_invoices_stay(self):
        """PG-150: who still has to pay the old seller reads its invoice; the desk reads who."""
        self.keep_books(self.sub)
        person = new_test_user(self.env, login="jörn@nordwind.example", groups="base.group_portal")
        person.partner_id.write({"parent_id": self.customer.id})
        self.run_billing("2026-01-01")
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.customer.id), ("move_type", "=", "out_invoice")]
        )
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "not_paid"))
        one = self.transfer()
        self.agree(one)
        self.run_billing("2026-02-01")
        self.assertEqual(one.state, "done")
        self.assertEqual(person.commercial_partner_id, self.customer)
        self.assertEqual(one.left_people, person.login)
        for node in (self.sub, self.sub2):
            with self.assertRaises(AccessError):
                one.with_user(self.user(node, "manager")).read(["left_people"])

    def test_the_companys_own_login_follows_too(self):
        """PG-150: a log-in that is the company itself gets a person at the new contact."""
        portal = self.env.ref("base.group_portal")
        user = self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": "office@nordwind.example",
                "partner_id": self.customer.id,
                "group_ids": [(6, 0, portal.ids)],
            }
        )  # fmt: skip
        one = self.transfer()
        self.agree(one)
        self.run_billing("2026-02-01")
        self.assertEqual(user.commercial_partner_id, self.tenant.partner_id)
        self.assertNotEqual(user.partner_id, self.customer)

    def test_a_partner_with_contracts_is_not_archived(self):
        """PG-151: neither by hand nor by a change of hands that leaves a contract behind."""
        with self.assertRaisesRegex(UserError, "running subscriptions"):
            self.sub.active = False

    def test_a_customer_leaves(self):
        """PG-151: its contracts end on the day, the checklist begins."""
        one = self.transfer("end", reason="notice")
        self.agree(one)
        self.run_billing("2026-02-01")
        self.assertEqual(one.state, "done")
        self.assertEqual(len(one.step_ids), 4)
        self.assertEqual(str(self.running.ended_on), "2026-02-01")

    def test_the_default_day_is_the_next_period(self):
        """PG-150, TB-061: of the customer's own tenants."""
        form = Form(self.env["program.transfer"].with_user(self.desk))
        form.kind = "customer"
        form.customer_id = self.customer
        self.assertEqual(str(form.day)[-2:], "01")

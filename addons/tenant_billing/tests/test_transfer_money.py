from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

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

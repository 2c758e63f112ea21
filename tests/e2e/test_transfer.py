"""PG-150, TRADE 2, 11: a customer moves to another partner, in a real browser."""

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.tenant_billing.tests.common import BillingMixin

WHOLESALE = {"base": 93.00, "storage": 0.31, "support": 31.00, "setup": 0}
RETAIL = {"base": 155.00, "storage": 0.62, "support": 62.00, "setup": 0}


@tagged("standard", "-at_install", "post_install")
class TestTransfer(BillingMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()
        cls.make_book(cls.master, WHOLESALE, buyer=cls.sub2)
        cls.make_book(cls.sub2, RETAIL)
        cls.today = fields.Date.today()
        cls.running = cls.subscription(start=str(cls.today.replace(day=1)))
        cls.run_billing(cls.today)

    def test_a_customer_moves_with_consent(self):
        """PG-150, TB-061, TRADE 11: four fields, one preview, one confirm by the desk; giver and
        receiver sign in the browser; on the day the receiver has the tenant, the giver does not,
        and both read what was agreed."""
        giver, receiver = self.user(self.sub, "manager"), self.user(self.sub2, "manager")
        self.start_tour(
            "/odoo/programme-transfers", "transfer_of_a_customer", login=self.staff().login
        )
        one = self.env["program.transfer"].search([])
        self.assertEqual((one.state, one.program_node_id), ("asked", self.sub))
        self.assertGreater(one.day, self.today, "the next period of the tenant")
        self.start_tour("/odoo/programme-signatures", "programme_sign", login=giver.login)
        self.start_tour(
            "/odoo/programme-signatures", "transfer_receiver_signs", login=receiver.login
        )
        self.env.invalidate_all()
        self.assertEqual((one.state, one.handover_id.state), ("planned", "planned"))
        self.run_billing(one.day)
        self.assertEqual((one.state, self.running.program_node_id), ("done", self.sub2))
        self.start_tour(
            f"/odoo/programme-transfers/{one.id}", "transfer_giver_after", login=giver.login
        )
        self.start_tour("/odoo/programme-tenants", "transfer_receiver_after", login=receiver.login)

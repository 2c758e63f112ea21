"""X-05, TB-070: offers, statements and tenants in a real browser, by who works with them."""

from odoo.tests import HttpCase, tagged

from odoo.addons.partner_governance.tests.common import SIMPLE
from odoo.addons.tenant_billing.tests.common import BillingMixin


@tagged("standard", "-at_install", "post_install")
class TestHosting(BillingMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()

    def login_of(self, node, role):
        return self.user(node, role).login

    def test_offer_hosting(self):
        """TB-070, TRADE 11: one button, three edits, one send; signed in the portal by the
        customer, logged out; won: the subscription has the prices that were quoted."""
        deal = self.deal(self.sub, answers=SIMPLE, contact_name="Wiebke Harms")
        login = self.login_of(self.sub, "sales")
        self.start_tour(f"/odoo/programme-deals/{deal.id}", "hosting_offer", login=login)
        offer = self.env["billing.offer"].search([("deal_id", "=", deal.id)])
        self.assertEqual((offer.state, offer.email), ("sent", "buyer@nordwind.example"))
        self.start_tour(offer.get_portal_url(), "hosting_offer_sign")
        self.env.invalidate_all()
        self.assertEqual((offer.state, offer.signed_by), ("accepted", "Jörn Matthiesen"))
        self.start_tour(f"/odoo/hosting-offers/{offer.id}", "hosting_offer_won", login=login)
        self.env.invalidate_all()
        one = offer.subscription_id
        self.assertEqual((deal.state, one.state, one.problem), ("won", "active", False))
        leg = one.leg_ids.filtered("customer_id")
        self.assertEqual(
            {price.code: price.amount for price in leg.price_book_id.price_ids},
            {"base": 125, "storage": 0.2, "support": 60},
        )

    def test_own_statements_and_tenants(self):
        """TB-032, TB-047: finance reads its statement, delivery its tenant, engaged or own."""
        subscription = self.subscription()
        subscription.tenant_id.message_post(body="Ready for you", subtype_xmlid="mail.mt_note")
        self.run_billing("2026-02-01")
        action = self.env["ir.actions.act_window"].search(
            [("res_model", "=", "billing.statement")], limit=1
        )
        self.start_tour(
            f"/odoo/action-{action.id}",
            "hosting_statement",
            login=self.login_of(self.sub, "finance"),
        )
        self.start_tour(
            "/odoo/programme-tenants",
            "hosting_tenant",
            login=self.login_of(self.sub, "delivery"),
        )
        self.engage(self.sub, self.delivery, tenant_id=subscription.tenant_id.id)
        self.start_tour(
            "/odoo/programme-tenants",
            "hosting_tenant",
            login=self.login_of(self.delivery, "delivery"),
        )

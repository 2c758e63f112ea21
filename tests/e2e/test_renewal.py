"""TB-074: renewals in a real browser, by the manager whose contracts they are."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.tenant_billing.tests.common import BillingMixin


@tagged("standard", "-at_install", "post_install")
class TestRenewal(BillingMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()

    def test_renew_as_it_is(self):
        """TB-074, TRADE 11: one click in the list, no dialog; bound for the same term again."""
        start = fields.Date.today() - timedelta(days=300)
        one = self.subscription(company="Befristet GmbH", start=str(start))
        leg = one.leg_ids.filtered("customer_id")
        before = leg.term_until
        self.start_tour(
            "/odoo/renewals", "billing_renewal", login=self.user(self.sub, "manager").login
        )
        self.assertIn((leg.term_until - before).days, (365, 366))

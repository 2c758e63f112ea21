"""TB-069, TRADE 11: the month-end in a real browser, by finance, its clicks counted."""

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.tenant_billing.tests.common import BillingMixin, checked_sender


@tagged("standard", "-at_install", "post_install")
class TestMonthEnd(BillingMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()
        cls.env["program.brand"].create(
            {
                "name": "HanseFlow",
                "program_node_id": cls.sub.id,
                **checked_sender("billing@hanseflow.example"),
            }
        )
        first = fields.Date.today().replace(day=1)
        for company in ("Nordwind Industriebedarf", "Hafen Logistik"):
            one = cls.subscription(company=company, start=str(first))
            one.partner_id.email = "ap@customer.example"

    def bill(self, **policy):
        self.env["billing.close.policy"]._of(self.sub)[self.sub].write(
            {"hold_rules": True, "posting_days": 60, **policy}
        )
        self.run_billing(fields.Date.today())
        return self.env["billing.statement"].search([("seller_id", "=", self.sub.id)])

    def tour(self, name):
        self.start_tour("/odoo/month-end", name, login=self.user(self.sub, "finance").login)

    def test_at_most_two_clicks_without_exceptions(self):
        """TB-069, TRADE 11: ready documents are posted and on their way."""
        statements = self.bill(hold_first=False)
        self.assertEqual(set(statements.mapped("state")), {"draft"})
        self.tour("billing_month_end")
        self.assertEqual(set(statements.mapped("state")), {"issued"})
        self.assertEqual(set(statements.mapped("send_state")), {"queued"})

    def test_one_decision_an_exception(self):
        """TB-069, TRADE 11: released, it is posted with the month; parked, it stays."""
        statements = self.bill()
        self.assertEqual(set(statements.mapped("hold_state")), {"held"})
        self.tour("billing_month_end_held")
        released = statements.filtered(lambda one: one.hold_state == "released")
        self.assertEqual((released.state, released.send_state), ("issued", "queued"))
        self.assertEqual((statements - released).state, "draft")

    def test_the_list_behind_a_tile(self):
        """TB-069"""
        self.bill(hold_first=False)
        self.tour("billing_month_end_tile")

from ..models.billing_plan_component import STREAMS
from .common import BillingCase


class TestPartnerStreams(BillingCase):
    """What the programme and billing agree on about partners and their people."""

    def test_one_word_for_a_stream(self):
        """PG-011: the programme's list of streams has the words of the components of plans."""
        codes = self.env["program.revenue.stream"].search([]).mapped("code")
        self.assertEqual(sorted(codes), sorted(code for code, _label in STREAMS))

    def test_tenants_go_to_the_colleague(self):
        """TRADE 7: who leaves hands over its tenants too."""
        tenant = self.subscription().tenant_id
        leaver, colleague = self.user(self.sub, "delivery"), self.user(self.sub, "sales")
        tenant.user_id = leaver
        leaver.with_user(self.user(self.sub, "manager"))._program_end(colleague)
        self.assertEqual(tenant.user_id, colleague)

    def test_tenants_are_shown_without_money(self):
        """DESIGN 4.1: "View as partner" names tenants and no amount."""
        tenant = self.subscription().tenant_id
        desk = self.staff()
        view = self.env["program.view"].with_user(desk)._look(self.sub)
        self.assertIn(tenant.display_name, view.line_ids.mapped("name"))
        self.assertFalse(
            [name for name, field in view.line_ids._fields.items() if field.type == "monetary"]
        )

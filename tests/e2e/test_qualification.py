"""TRADE 11: register, qualify and win within the budgets, in a real browser."""

from odoo.tests import HttpCase, tagged

from odoo.addons.partner_governance.tests.common import ProgramMixin


@tagged("standard", "-at_install", "post_install")
class TestQualificationBudget(ProgramMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()
        cls.seller = cls.user(cls.sub, "sales")

    def tour(self, deal, name):
        self.start_tour(f"/odoo/programme-deals/{deal.id}", name, login=self.seller.login)

    def test_tier_one(self):
        """PG-080, PG-097: one screen, nine choices, no approval, won."""
        deal = self.deal(self.sub)
        self.tour(deal, "qualify_tier_one")
        self.assertEqual((deal.tier_level, deal.state), (1, "won"))
        self.assertFalse(deal.sudo().review_ids.approval_ids)

    def test_tier_two(self):
        """PG-098, PG-100: nine choices and one click to ask; signed, it is won."""
        deal = self.deal(self.sub)
        self.tour(deal, "qualify_tier_two")
        self.assertEqual((deal.tier_level, deal.gate_state), (2, "waiting"))
        self.sign_all(deal)
        deal.lead_ids.action_set_won()
        self.assertEqual(deal.state, "won")

    def test_merchant(self):
        """TRADE 11: six choices."""
        deal = self.deal(self.sub, kind="merchant")
        self.tour(deal, "qualify_merchant")
        self.assertEqual(deal.gate_state, "passed")

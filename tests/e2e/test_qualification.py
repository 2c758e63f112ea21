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

    def registered(self, tour):
        """The deal that the tour registers from the list."""
        self.start_tour("/odoo/programme-deals", tour, login=self.seller.login)
        return self.env["program.deal"].search([("program_node_id", "=", self.sub.id)])

    def test_tier_one(self):
        """PG-025, PG-080, PG-097: five fields and a save, one screen, nine choices, no approval,
        won; in one go."""
        deal = self.registered("qualify_tier_one")
        self.assertEqual((deal.tier_level, deal.state), (1, "won"))
        self.assertFalse(deal.sudo().review_ids.approval_ids)

    def test_tier_two(self):
        """PG-098, PG-100, PG-113: the same and one click to ask; each who owes a signature gives
        it by one click from the list; then it is won."""
        deal = self.registered("qualify_tier_two")
        self.assertEqual((deal.tier_level, deal.gate_state), (2, "waiting"))
        signed = []
        while asked := deal.sudo().review_ids.approval_ids.filtered(
            lambda each: each.state == "waiting"
        ):
            signer = self.signer_of(asked.sorted("sequence")[0])
            self.start_tour("/odoo/programme-signatures", "programme_sign", login=signer.login)
            self.env.invalidate_all()
            signed.append(signer.program_partner_id)
        self.assertEqual(signed, [self.sub, self.master, self.sub, self.root])
        self.start_tour(
            f"/odoo/crm/{deal.sudo().lead_ids.id}", "programme_won", login=self.seller.login
        )
        self.assertEqual(deal.state, "won")

    def test_what_is_missing_opens_from_the_deal_and_from_the_refusal(self):
        """PG-081: a link on the deal, a button in the dialog of a closed gate."""
        deal = self.deal(self.sub)
        self.start_tour(
            f"/odoo/programme-deals/{deal.id}", "open_what_is_missing", login=self.seller.login
        )

    def test_merchant(self):
        """TRADE 11: six choices."""
        deal = self.deal(self.sub, kind="merchant")
        self.start_tour(
            f"/odoo/programme-deals/{deal.id}", "qualify_merchant", login=self.seller.login
        )
        self.assertEqual(deal.gate_state, "passed")

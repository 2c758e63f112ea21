"""X-06, TRADE 11: a master's day in a real browser: invite, fill in, end a person."""

from odoo.tests import HttpCase, tagged

from odoo.addons.partner_governance.tests.common import ProgramMixin


@tagged("standard", "-at_install", "post_install")
class TestPartnerInvitation(ProgramMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()

    def test_a_master_invites_within_budget(self):
        """X-06, TRADE 11: a referral agent and a white-label sub-partner, each by six fields and
        one send; the invited manager does the rest on one page."""
        login = self.user(self.master, "manager").login
        self.start_tour("/odoo/my-sub-partners", "programme_invite_partners", login=login)
        nodes = self.env["program.partner"].search([("state", "=", "invited")])
        self.assertEqual(nodes.upline_id, self.master)
        self.assertEqual(set(nodes.mapped("model_code")), {"referral", "white_label"})
        invited = nodes.filtered(lambda node: node.model_code == "white_label")
        invited.user_ids.password = invited.user_ids.login
        self.start_tour("/odoo/about-us", "programme_about_us", login=invited.user_ids.login)
        self.env.invalidate_all()
        self.assertEqual((invited.state, invited.brand_ids.name), ("onboarding", "WeserCloud"))

    def test_a_manager_ends_a_person(self):
        """TRADE 7: from the list of the own team; open work goes to a colleague."""
        deal = self.deal(self.sub)
        self.start_tour(
            "/odoo/my-team", "programme_end_person", login=self.user(self.sub, "manager").login
        )
        self.env.invalidate_all()
        self.assertEqual(deal.user_id, self.user(self.sub, "delivery"))

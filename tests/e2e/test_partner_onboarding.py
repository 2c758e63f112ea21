"""X-06, TRADE 7, 11: a master brings partners in, in a real browser: invites, accepts, ends."""

from odoo.tests import HttpCase, tagged

from odoo.addons.partner_governance.tests.common import ProgramMixin


@tagged("standard", "-at_install", "post_install")
class TestPartnerOnboarding(ProgramMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()
        cls.upline = cls.user(cls.master, "manager").login

    def invite(self, tour):
        """The node that the tour invites, and the log-in of its manager with a password."""
        before = self.env["program.partner"].search([])
        self.start_tour("/odoo/my-sub-partners", tour, login=self.upline)
        node = self.env["program.partner"].search([]) - before
        self.assertEqual((node.upline_id, node.state), (self.master, "invited"))
        node.user_ids.password = node.user_ids.login
        return node, node.user_ids.login

    def accept_evidence(self, node):
        """One click an item, from the list of what was handed in."""
        self.start_tour("/odoo/onboarding-evidence", "programme_accept_evidence", login=self.upline)
        self.env.invalidate_all()
        self.assertNotIn("submitted", node.onboarding_item_ids.mapped("state"))

    def test_a_referral_agent_is_through_in_a_day(self):
        """X-06, PG-154, TRADE 11: six fields and one send; the agent's one page, its four items;
        the master's four clicks; then the agent registers a deal."""
        node, login = self.invite("programme_invite_agent")
        self.assertEqual((node.model_code, node.onboarding_needed), ("referral", 4))
        self.start_tour("/odoo/about-us", "programme_agent_hands_in", login=login)
        self.env.invalidate_all()
        self.assertEqual((node.state, node.partner_id.city), ("onboarding", "Wismar"))
        self.accept_evidence(node)
        self.assertEqual((node.state, node.onboarding_state), ("active", "active"))
        self.start_tour("/odoo/programme-deals", "programme_agent_registers", login=login)
        deal = self.env["program.deal"].search([("program_node_id", "=", node.id)])
        self.assertEqual((deal.state, deal.protection_state), ("registered", "protected"))

    def test_a_white_label_partner_takes_over_its_uplines_standards(self):
        """X-06, PG-021, PG-154, TRADE 11: invited by six fields and one send; one act confirms
        what the upline has settled, and the four items that stay are handed in and accepted, all
        in the browser. The certified person and the records of the model, which take days, come
        by the models' own actions."""
        node, login = self.invite("programme_invite_white_label")
        self.assertEqual((node.model_code, node.onboarding_needed), ("white_label", 16))
        self.start_tour("/odoo/about-us", "programme_white_label_hands_in", login=login)
        self.env.invalidate_all()
        self.assertEqual(node.with_context(active_test=False).brand_ids.name, "WeserCloud")
        inherited = node.onboarding_item_ids.filtered("inherited_from_id")
        self.assertEqual((len(inherited), inherited.inherited_from_id), (12, self.master))
        self.accept_evidence(node)
        self.assertEqual(set(node.onboarding_item_ids.mapped("state")), {"accepted"})
        self.assertEqual(node.onboarding_state, "onboarding", "nobody is certified yet")
        self.certify(node, node.user_ids, "delivery")
        manager = self.user(self.master, "manager")
        for demand in node._missing_demands()[node.id]:
            record = (
                self.env["program.model.record"]
                .with_user(node.user_ids)
                .create({"requirement_id": demand.id, "summary": "Agreed on paper 7"})
            )
            record.action_submit()
            record.with_user(manager).action_accept()
        node.with_user(node.user_ids).action_advance_onboarding()
        self.assertEqual((node.state, node.onboarding_state), ("active", "active"))

    def test_a_manager_ends_a_person(self):
        """TRADE 7: from the list of the own team; open work goes to a colleague."""
        deal = self.deal(self.sub)
        self.start_tour(
            "/odoo/my-team", "programme_end_person", login=self.user(self.sub, "manager").login
        )
        self.env.invalidate_all()
        self.assertEqual(deal.user_id, self.user(self.sub, "delivery"))

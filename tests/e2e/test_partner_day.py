"""X-05: a partner's people in a real browser, from log-in to the Won button."""

from odoo.tests import HttpCase, tagged

from odoo.addons.partner_governance.tests.common import DISTRIBUTOR, SIMPLE, ProgramMixin


@tagged("standard", "-at_install", "post_install")
class TestPartnerDay(ProgramMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()

    def login_of(self, node, role):
        return self.user(node, role).login

    def open_lead(self, deal):
        return f"/odoo/crm/{deal.sudo().lead_ids.id}"

    def test_register_a_deal(self):
        """X-05, PG-025: register a deal, post a note, schedule an activity for a colleague."""
        self.start_tour(
            "/odoo/programme-deals",
            "programme_register_deal",
            login=self.login_of(self.sub, "sales"),
        )
        deal = self.env["program.deal"].search([("company_name", "=", "Ostsee Werkzeug GmbH")])
        self.assertEqual(deal.program_node_id, self.sub)
        self.assertEqual(deal.activity_ids.user_id, self.user(self.sub, "delivery"))

    def test_won_is_refused_and_says_why(self):
        """PG-081: the Won button at a closed gate names what is missing."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        self.start_tour(
            self.open_lead(deal), "programme_won_refused", login=self.login_of(self.sub, "sales")
        )
        self.assertEqual(deal.state, "registered")

    def test_won_and_lost(self):
        """X-05: Won at an open gate, with the leader's picture; lost with a reason."""
        won = self.deal(self.sub, answers=SIMPLE)
        lost = self.deal(self.sub, company="Verlorene Muehe GmbH")
        login = self.login_of(self.sub, "sales")
        self.start_tour(self.open_lead(won), "programme_won", login=login)
        self.assertEqual(won.state, "won")
        self.start_tour(self.open_lead(lost), "programme_lost", login=login)
        self.assertEqual(lost.state, "lost")

    def test_a_lead_is_converted(self):
        """X-05, X-07: core's convert dialog; the opportunity is registered as a deal."""
        lead = self.as_user(self.sub, "sales", "crm.lead").create(
            {"name": "Trade fair contact", "type": "lead", "email_from": "x@y.example"}
        )
        self.start_tour(
            f"/odoo/crm/{lead.id}", "programme_convert", login=self.login_of(self.sub, "sales")
        )
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.program_deal_id.program_node_id, self.sub)

    def test_ten_leads_are_imported(self):
        """X-05: the import of the client, from file to list; each belongs to the importer's
        partner."""
        self.start_tour("/odoo/crm", "programme_import", login=self.login_of(self.sub, "sales"))
        leads = self.env["crm.lead"].search([("name", "like", "Fair visitor")])
        self.assertEqual(len(leads), 10)
        self.assertEqual(leads.program_node_id, self.sub)

    def test_the_tree_of_partners(self):
        """PG-015: a master sees its own branch as a tree."""
        self.start_tour(
            "/odoo/programme-partners",
            "programme_tree",
            login=self.login_of(self.master, "manager"),
        )

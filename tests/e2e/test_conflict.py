"""PG-025, TRADE 7: two partners register one company; the desk decides with one click."""

from odoo.tests import HttpCase, tagged

from odoo.addons.partner_governance.tests.common import ProgramMixin


@tagged("standard", "-at_install", "post_install")
class TestConflict(ProgramMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()

    def test_second_reads_one_sentence_and_the_desk_decides(self):
        """PG-025, TRADE 11: registered within the budget; the sentence and nothing else; both
        side by side at the desk, decided by one click; both are told, neither of the other."""
        seller, second = self.user(self.sub, "sales"), self.user(self.stranger, "sales")
        first = self.deal(
            self.sub,
            company="Nordwind Industriebedarf GmbH",
            identity="DE811907980",
            contact_name="Jörn Matthiesen",
            country_id=self.env.ref("base.de").id,
        )
        self.start_tour("/odoo/programme-deals", "programme_register_second", login=second.login)
        late = self.env["program.deal"].search([("program_node_id", "=", self.stranger.id)])
        self.assertEqual(late.state, "conflict")
        self.start_tour(
            "/odoo/programme-conflicts", "programme_decide_conflict", login=self.staff().login
        )
        self.env.invalidate_all()
        self.assertEqual((first.state, late.state), ("registered", "declined"))
        for deal, person, tour in (
            (first, seller, "programme_conflict_kept"),
            (late, second, "programme_conflict_declined"),
        ):
            self.start_tour(f"/odoo/programme-deals/{deal.id}", tour, login=person.login)
            told = deal.sudo().message_ids.filtered(
                lambda message: "programme desk has decided" in (message.body or "")
            )
            self.assertIn(person.partner_id, told.partner_ids, "told by mail as well")

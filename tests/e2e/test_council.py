"""PG-144…146, TRADE 9, 11: a council from its proposal to the next one, in a real browser."""

from odoo import fields
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.partner_governance.tests.common import SIMPLE, ProgramMixin


@tagged("standard", "-at_install", "post_install")
class TestCouncil(ProgramMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()
        cls.desk = cls.staff()
        cls.deal(cls.sub, answers=SIMPLE).lead_ids.action_set_won()
        gold = cls.env.ref("partnership.res_partner_grade_data_gold")
        gold.council_place = True
        taken = cls.env["program.tier.assignment"]._take_over(cls.oem, gold, "Elected")
        taken.sudo().approval_ids.with_user(cls.desk).action_approve()

    def councils(self):
        return self.env["governance.council"].search([("kind", "=", "council")])

    def test_from_proposal_to_the_next_one(self):
        """PG-144, PG-145, PG-146, TRADE 11: proposed by the cron; started with the frozen pack;
        an action, a decision, notes; closed; the next quarter's carries what is open, the pack is
        one click from Insight, and an attendee reads its own copy."""
        self.env.ref("partner_governance.cron_council").method_direct_trigger()
        council = self.councils()
        self.assertEqual(council.state, "proposed")
        self.start_tour("/odoo/council", "programme_council", login=self.desk.login)
        self.env.invalidate_all()
        self.assertEqual((council.state, council.action_count), ("closed", 1))
        with freeze_time(fields.Date.add(council.quarter, months=3, days=4)):
            self.env["governance.council"]._propose_batch()
        self.assertEqual(len(self.councils()), 2)
        self.start_tour("/odoo/council", "programme_council_next", login=self.desk.login)
        self.start_tour(
            "/odoo/five-layers",
            "programme_council_seat",
            login=self.user(self.oem, "manager").login,
        )

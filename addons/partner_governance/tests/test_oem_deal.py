from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import SIMPLE, ProgramCase


class TestOemDeal(ProgramCase):
    """PG-037, PG-038, PG-152: vendor, implementing partner and platform in one deal."""

    def oem_deal(self, **values):
        return self.deal(self.oem, answers=SIMPLE, no_delivery_reason=False, **values)

    def test_a_delivery_partner_or_a_reason(self):
        """PG-038: the gate names what is missing, at the button and at a plain write."""
        deal = self.oem_deal()
        self.assertNotEqual(deal.gate_state, "passed")
        lead = deal.lead_ids
        with self.assertRaisesRegex(UserError, "a delivery partner engaged"):
            lead.action_set_won()
        with self.assertRaisesRegex(UserError, "a delivery partner engaged"):
            stage = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
            lead.write({"stage_id": stage.id})
            self.env.flush_all()
        deal.no_delivery_reason = "The vendor's own consultants, agreed in March"
        self.assertEqual(deal.gate_state, "passed")
        self.assertIn("agreed in March", deal.parties)
        lead.action_set_won()
        self.assertEqual(deal.state, "won")

    def test_all_three_are_shown(self):
        """PG-037: on deal and opportunity, with duties; engaged, the deal may be won."""
        deal = self.oem_deal()
        self.assertIn("Delivery partner, missing", deal.parties)
        engagement = self.engage(self.oem, self.delivery, deal_id=deal.id)
        for text in (deal.parties, deal.lead_ids.program_parties):
            for name in (self.oem.name, self.delivery.name, self.root.name):
                self.assertIn(name, text)
        self.assertEqual(deal.gate_state, "passed")
        engaged = deal.with_user(self.user(self.delivery, "delivery"))
        self.assertIn(self.oem.name, engaged.parties)
        engagement.action_end()
        self.env.invalidate_all()
        self.assertIn("Delivery partner, missing", deal.parties)
        with self.assertRaisesRegex(UserError, "a delivery partner engaged"):
            deal.lead_ids.action_set_won()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_sight_ends_with_the_engagement(self):
        """PG-152: the delivery partner loses the deal at once."""
        deal = self.oem_deal()
        engagement = self.engage(self.oem, self.delivery, deal_id=deal.id)
        Deal = self.as_user(self.delivery, "delivery", "program.deal")
        self.assertIn(deal, Deal.search([]))
        engagement.with_user(self.user(self.oem, "manager")).action_end()
        self.assertNotIn(deal, Deal.search([]))

    def test_others_are_not_asked(self):
        """PG-038: a resale partner's deal, or an OEM renewal, needs no delivery partner."""
        deal = self.deal(self.stranger, answers=SIMPLE)
        self.assertEqual((deal.gate_state, deal.parties), ("passed", False))
        renewal = self.oem_deal(kind="renewal")
        renewal.qualification_id.renewal_change = "none"
        self.assertEqual(renewal.gate_state, "passed")

from odoo.exceptions import UserError

from .common import DISTRIBUTOR, SIMPLE, Command, ProgramCase


class TestGates(ProgramCase):
    """PG-081, PG-096: nobody wins a deal of the programme past its gate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)

    def lead_of(self, deal):
        return deal.sudo().lead_ids.with_user(self.user(self.sub, "sales"))

    def test_the_distributor_is_tier_two_with_named_triggers(self):
        """PG-096: 45,000 SKUs, three warehouses, field sales, customer-specific pricing."""
        answers = self.deal(self.sub, answers=DISTRIBUTOR).qualification_id
        self.assertEqual(answers.tier_level, 2)
        self.assertEqual(answers.classification, "Structured distribution deployment")
        self.assertEqual(answers.architecture_template, "Multi-warehouse distribution")
        self.assertEqual(answers.lead_role, "Senior solution lead")
        self.assertIn("recurring", answers.infrastructure_advice)
        for trigger in ("Several warehouses", "20,000 articles", "Customer-specific pricing"):
            self.assertIn(trigger, answers.trigger_names)

    def test_every_door_is_closed_with_the_same_sentence(self):
        """PG-081: card, button, RPC write, probability, stage flip, creation, quotation."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        lead = self.lead_of(deal)
        order = (
            self.env["sale.order"]
            .with_user(self.user(self.sub, "sales"))
            .create({"partner_id": self.customer().id, "opportunity_id": lead.id})
        )
        stage = self.env["crm.stage"].create({"name": "Almost", "is_won": False})
        lead.stage_id = stage
        doors = {
            "card": lambda: lead.write({"stage_id": self.won.id}),
            "button": lambda: lead.action_set_won(),
            "rainbow button": lambda: lead.action_set_won_rainbowman(),
            "as superuser": lambda: lead.sudo().write({"stage_id": self.won.id}),
            "stage that becomes won": lambda: stage.sudo().write({"is_won": True}),
            "quotation": lambda: order.action_confirm(),
            "state of the quotation": lambda: order.sudo().write({"state": "sale"}),
        }
        said = {}
        for door, go in doors.items():
            with self.subTest(door), self.assertRaises(UserError) as refused:
                with self.env.cr.savepoint():
                    go()
                    self.env.flush_all()
            said[door] = str(refused.exception)
            self.env.invalidate_all()
        for door, sentence in said.items():
            self.assertIn("Commercial qualification", sentence, door)
            self.assertIn("the review of tier 2", sentence, door)

    def test_a_gate_set_that_names_none_opens_nothing(self):
        """PG-081: emptied, or gone, the kind meets every gate of its door."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        lead = self.lead_of(deal)
        asked = self.env["governance.question.set"].search([("kind", "=", deal.kind)])
        for blank in (lambda: asked.write({"gate_ids": [Command.clear()]}), asked.unlink):
            blank()
            with self.assertRaisesRegex(UserError, "Commercial qualification"):
                lead.action_set_won()
            with self.assertRaisesRegex(UserError, "Architecture before signature"):
                lead.action_set_won()
        self.env.cr.execute("UPDATE program_deal SET state = 'won' WHERE id = %s", (deal.id,))
        self.env.invalidate_all()
        self.assertIn(deal, self.env["program.deal"]._won_without_passage())

    def customer(self):
        return (
            self.env["res.partner"]
            .with_user(self.user(self.sub, "sales"))
            .create({"name": "Nordwind Industriebedarf", "is_company": True})
        )

    def test_creation_in_a_won_stage_is_refused(self):
        """PG-081: a lead created straight in a won stage, by form or import."""
        Lead = self.as_user(self.sub, "sales", "crm.lead")
        with (
            self.assertRaisesRegex(UserError, "waits at the gate"),
            self.env.cr.savepoint(),
        ):
            Lead.create({"name": "Short cut", "type": "opportunity", "stage_id": self.won.id})
        with self.env.cr.savepoint() as savepoint:
            result = Lead.load(
                ["name", "type", "stage_id/.id"], [["Import", "Opportunity", str(self.won.id)]]
            )
            self.assertFalse(result["ids"])
            self.assertIn("waits at the gate", result["messages"][0]["message"])
            savepoint.rollback()

    def test_a_simple_deal_passes_by_rule_and_the_trail_says_so(self):
        """PG-097: tier 1 without a flag needs no signature."""
        deal = self.deal(self.sub, answers=SIMPLE)
        self.assertEqual(deal.gate_state, "passed")
        self.lead_of(deal).action_set_won()
        self.assertEqual(deal.state, "won")
        event = self.env["governance.event"].search(
            [("kind", "=", "gate_passed"), ("node_ref", "=", self.sub.id)], limit=1
        )
        self.assertIn("decided by rule", event.reason)

    def test_an_unknown_answer_is_a_flag_not_a_gap(self):
        """PG-091: unknown is allowed, flagged, and keeps tier 1 from passing itself."""
        deal = self.deal(self.sub, answers={**SIMPLE, "warehouse_count": "unknown"})
        answers = deal.qualification_id
        self.assertTrue(answers.is_complete)
        self.assertTrue(answers.is_flagged)
        self.assertIn("Warehouses is unknown", answers.flag_names)
        self.assertEqual(deal.gate_state, "ready")

    def test_the_requester_cannot_sign(self):
        """PG-100: four eyes; each signature is of its party and role."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        manager = self.user(self.sub, "manager")
        deal.with_user(manager).action_request_review()
        approvals = deal.sudo().review_ids.approval_ids
        with self.assertRaisesRegex(UserError, "You asked for this review"):
            approvals[0].with_user(manager).action_approve()
        with self.assertRaisesRegex(UserError, "is owed by Meridian"):
            approvals[1].with_user(self.user(self.sub, "delivery")).action_approve()
        with self.assertRaisesRegex(UserError, "needs the role"):
            approvals[0].with_user(self.user(self.sub, "sales")).action_approve()

    def test_signatures_open_the_gate(self):
        """PG-081: with items and approvals there, the deal is won; the trail names all."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        deal.action_request_review()
        self.assertEqual(deal.gate_state, "waiting")
        review = self.sign_all(deal)
        self.assertEqual(review.state, "passed")
        self.lead_of(deal).action_set_won()
        self.assertEqual(deal.state, "won")

    def test_a_changed_answer_reopens_and_shows_the_difference(self):
        """PG-106: what was signed for other answers is signed no more."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        deal.action_request_review()
        review = self.sign_all(deal)
        deal.qualification_id.country_count = 2
        self.assertEqual(review.state, "reopened")
        self.assertIn("Countries with an entity: 1 → 2", review.difference)
        self.assertEqual(deal.qualification_id.tier_level, 3)
        with self.assertRaisesRegex(UserError, "the review of tier 3"):
            self.lead_of(deal).action_set_won()

    def test_a_refusal_needs_a_reason_and_closes_the_review(self):
        """PG-100: refused with a reason, which the deal shows."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        deal.action_request_review()
        approval = deal.sudo().review_ids.approval_ids[0]
        signer = approval.with_user(self.user(self.sub, "delivery"))
        with self.assertRaisesRegex(UserError, "Say why"):
            signer.action_refuse()
        signer.action_refuse("No pricing document")
        self.assertEqual(deal.gate_state, "refused")
        self.assertIn("No pricing document", deal.missing)

    def test_the_second_registration_reads_one_sentence(self):
        """PG-025: protected or under review, and nothing of the other partner."""
        self.deal(self.sub, identity="https://www.nordwind.example/shop")
        second = self.deal(self.stranger, identity="nordwind.example")
        self.assertEqual(second.state, "conflict")
        body = second.sudo().message_ids.mapped("body")
        self.assertTrue(any("protected or under review" in text for text in body))
        self.assertFalse(any("Hanse" in text for text in body))

from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.partner_governance.exceptions import GateClosed
from odoo.addons.partner_governance.tests.common import SIMPLE

from .common import BlueprintCase


class TestBlueprintScorecard(BlueprintCase):
    """The readiness scorecard of a project and the gate before its go-live."""

    def setUp(self):
        super().setUp()
        deal = self.deal(self.sub, answers=SIMPLE)
        deal.sudo().lead_ids.action_set_won()
        deal.with_user(self.user(self.sub, "sales")).action_start_project()
        self.project = deal.sudo().project_ids
        self.milestone = self.project.milestone_ids.filtered("is_go_live")
        self.gate = self.env.ref("partner_governance.gate_readiness")
        self.person = self.user(self.sub, "delivery")
        self.manager = self.user(self.sub, "manager")

    def card(self):
        action = self.project.with_user(self.person).action_readiness()
        return self.env["blueprint.scorecard"].with_user(self.person).browse(action["res_id"])

    def fill(self, card, **values):
        card.line_ids.write({"answer": "ready", "note": "seen", **values})

    def line(self, card, name):
        criterion = self.env.ref(f"distribution_blueprints.criterion_{name}")
        return card.line_ids.filtered(lambda line: line.name == criterion.name)

    def reach(self):
        self.milestone.is_reached = True
        self.env.flush_all()

    def test_the_gate_stays_closed_without_a_card(self):
        """PG-070: the refusal names the card; asking for the go-live opens it, nobody signs yet."""
        with self.assertRaisesRegex(GateClosed, "readiness scorecard"):
            self.reach()
        action = self.project.with_user(self.manager).action_request_go_live()
        self.assertEqual(action["res_model"], "blueprint.scorecard")
        self.assertEqual(action["res_id"], self.project.scorecard_ids.id)
        self.assertFalse(self.project._review_of(self.gate))

    def test_a_hard_stop_keeps_the_gate_closed(self):
        """PG-070: whatever the score; the reason is named, and its button opens the card."""
        card = self.card()
        self.fill(card)
        stop = self.line(card, "cutover")
        stop.answer = "partly"
        self.assertGreaterEqual(card.score, card.threshold)
        self.assertEqual(card.verdict, "no_go")
        with self.assertRaisesRegex(GateClosed, "Cutover runbook rehearsed.*way back"):
            self.reach()
        links = self.project.gate_missing_links
        self.assertIn(("blueprint.scorecard", card.id), [
            (link["res_model"], link["res_id"]) for link in links
        ])  # fmt: skip

    def test_below_the_threshold_the_gate_stays_closed(self):
        """PG-070: the sentence says what is needed and what there is."""
        card = self.card()
        self.fill(card)
        soft = card.line_ids.filtered(lambda line: not line.is_hard_stop)
        soft.answer = "not_ready"
        self.assertLess(card.score, 80)
        with self.assertRaisesRegex(GateClosed, f"80 points .* it has {card.score}"):
            self.reach()

    def test_a_good_card_is_signed_and_kept(self):
        """PG-070: signed as it is handed in: answers and files stay; then the gate opens."""
        card = self.card()
        self.fill(card)
        self.assertEqual((card.score, card.verdict, card.unanswered_count), (100, "go", 0))
        self.project.with_user(self.manager).action_request_go_live()
        self.assertEqual(card.state, "fixed")
        with self.assertRaisesRegex(UserError, "handed in"):
            card.line_ids[0].answer = "not_ready"
        with self.assertRaises(UserError):
            self.env["ir.attachment"].with_user(self.person).create(
                {
                    "name": "late.txt",
                    "raw": b"late",
                    "res_model": "blueprint.scorecard.line",
                    "res_id": card.line_ids[0].id,
                }
            )
        review = self.project._review_of(self.gate)
        for approval in review.approval_ids:
            approval.sudo().state = "approved"
        review._pass("signed")
        self.reach()
        self.assertTrue(self.milestone.is_reached)

    def test_a_refused_review_opens_the_card_again(self):
        """PG-070: what was refused is mended on the same card."""
        card = self.card()
        self.fill(card)
        self.project.with_user(self.manager).action_request_go_live()
        self.project._review_of(self.gate).state = "refused"
        card.line_ids[0].note = "better"
        self.assertEqual(card.state, "open")

    def test_policy_that_changes_leaves_a_card_alone(self):
        """PG-070: criteria and threshold are those of the day on which the card was made."""
        card = self.card()
        self.fill(card)
        criterion = self.env.ref("distribution_blueprints.criterion_uat")
        criterion.write({"name": "Other", "weight": 90, "is_hard_stop": False})
        self.gate.scorecard_threshold = 95
        line = card.line_ids.filtered(lambda each: each.name == "Other")
        self.assertFalse(line)
        self.assertEqual((card.threshold, sum(card.line_ids.mapped("weight"))), (80, 115))

    def test_what_does_not_apply_has_a_reason(self):
        """PG-070: and evidence that is demanded is missing until it is there."""
        card = self.card()
        with self.assertRaisesRegex(ValidationError, "why"):
            card.line_ids[0].write({"answer": "na", "note": False})
        line = self.line(card, "uat")
        self.assertEqual(line.counted, "unanswered")
        line.answer = "ready"
        self.assertEqual((line.counted, line.answered_uid), ("unbacked", self.person))
        line.link = "https://scripts.example"
        self.assertEqual(line.counted, "ready")

    def test_the_system_answers_what_it_sees(self):
        """PG-070: applications and drift of the project's tenant; the rest is not connected."""
        card = self.card()
        run, drift = self.line(card, "blueprint_applied"), self.line(card, "drift")
        case = self.line(card, "severe_cases")
        self.assertEqual({run.live_text, drift.live_text, case.live_text}, {"not connected"})
        self.acme.project_id = self.project
        self.apply()
        self.env.invalidate_all()
        self.assertEqual((run.counted, drift.counted), ("ready", "ready"))
        self.env["blueprint.drift"].create(
            {"connection_id": self.connection.id, "key": "wh_bremen", "field_name": "name"}
        )
        self.env.invalidate_all()
        self.assertEqual((drift.counted, case.counted), ("not_ready", "unanswered"))
        self.assertIn("1 open", drift.live_text)

    def test_a_gate_that_observes_stops_nobody(self):
        """PG-070, DESIGN 4.2: an observing programme asks and passes without the card."""
        self.env["governance.gate"]._of("go_live").mode = "observe"
        self.project.with_user(self.manager).action_request_go_live()
        self.assertTrue(self.project._review_of(self.gate))
        self.reach()
        self.assertTrue(self.milestone.is_reached)

    def test_a_gate_may_do_without_the_card(self):
        """PG-070: a switch of the gate, and the tier from which it holds."""
        for values in ({"needs_scorecard": False}, {"needs_scorecard": True, "scorecard_tier": 2}):
            self.gate.write(values)
            self.assertFalse(self.gate._items(self.project))

    def test_a_list_of_cards_costs_as_many_queries_as_one(self):
        """PG-070: the verdicts of ten cards are found together."""
        cards = self.card().sudo()
        for _number in range(9):
            project = self.project.copy({"program_deal_id": self.project.program_deal_id.id})
            cards |= self.env["blueprint.scorecard"]._of(project)

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("verdict")
            some.line_ids.mapped("counted")
            return self.env.cr.sql_log_count - before

        queries(cards)
        self.assertEqual(queries(cards), queries(cards[:1]))

    def test_who_reads_and_who_answers(self):
        """PG-070, X-05: the own node answers, and who is engaged for the project; the upline and
        the platform read; nobody else."""
        card = self.card()
        self.fill(card)
        for node in (self.stranger, self.delivery):
            Card = self.as_user(node, "delivery", "blueprint.scorecard")
            self.assertFalse(Card.search([]))
        self.engage(self.sub, self.delivery, project_id=self.project.id)
        engaged = card.with_user(self.user(self.delivery, "delivery"))
        engaged.line_ids[0].note = "seen on site"
        self.assertEqual(card.line_ids[0].note, "seen on site")
        self.assertEqual(card.with_user(self.staff()).verdict, "go")
        self.env.invalidate_all()
        upline = card.with_user(self.user(self.master, "delivery"))
        self.assertEqual((upline.verdict, upline.score), ("go", 100))
        with self.assertRaises(AccessError):
            upline.line_ids[0].note = "from above"
        with self.assertRaises(AccessError):
            card.line_ids[0].with_user(self.person).weight = 90
        self.assertFalse(self.as_user(self.stranger, "delivery", "blueprint.scorecard").search([]))
        with self.assertRaises(AccessError):
            self.env["blueprint.scorecard.criterion"].with_user(self.person).create(
                {"name": "x", "pillar": "1_data", "go_condition": "x", "no_go_trigger": "x"}
            )

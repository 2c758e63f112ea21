from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .common import DISTRIBUTOR, SIMPLE, ProgramCase


class TestMetrics(ProgramCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tomorrow = fields.Date.today() + timedelta(days=1)

    def metric(self, code):
        return self.env["program.metric"].search([("code", "=", code)])

    def value(self, code, node, day=None):
        return self.metric(code)._values(node, day or self.tomorrow)[node.id]

    def refuse(self, node):
        deal = self.deal(node, company="Refused", answers=DISTRIBUTOR)
        deal.action_request_review()
        review = deal.sudo().review_ids
        approval = review.approval_ids[0]
        approval.with_user(self.user(approval.node_id, "manager")).action_refuse("no fit")
        return review

    def test_a_figure_that_nothing_answers_is_not_connected(self):
        """PG-002: hosting facts have no source here; they are never 0 and never green."""
        metric = self.env["program.metric"].create(
            {"name": "Nobody's", "code": "nobodys_figure", "definition": "None."}
        )
        self.assertIsNone(metric._values(self.sub, self.tomorrow))
        self.assertFalse(metric.is_connected)
        with self.assertRaises(UserError):
            metric._drill(self.sub)

    def test_gate_pass_rate_counts_decided_reviews_with_their_records(self):
        """PG-001: one passed by rule and one refused are 50 % of two; the window ends it."""
        passed = self.deal(self.sub, answers=SIMPLE).sudo().review_ids
        refused = self.refuse(self.sub)
        found = self.value("gate_pass_rate", self.sub)
        self.assertEqual((found.value, found.count), (Decimal("50.0"), 2))
        self.assertEqual(set(found.records[1]), set((passed | refused).ids))
        self.assertEqual(self.value("gate_pass_rate", self.sub2).count, 0)
        in_a_year = fields.Date.add(self.tomorrow, years=1, days=1)
        self.assertEqual(self.value("gate_pass_rate", self.sub, in_a_year).count, 0)

    def test_conditions_are_a_pass_and_waivers_are_not(self):
        """PG-001: of three decided reviews two passed, one with conditions."""
        passed, bound, waived = (
            self.deal(self.sub, company=f"Customer {number}", answers=SIMPLE).sudo().review_ids
            for number in range(3)
        )
        bound._settle("conditional", "gate_passed_conditionally")
        waived._settle("waived", "gate_waived")
        found = self.value("gate_pass_rate", self.sub)
        self.assertEqual((found.value, found.count), (Decimal("66.67"), 3))
        self.assertEqual(set(found.records[1]), set((passed | bound | waived).ids))

    def test_a_reached_go_live_counts_once_in_its_period(self):
        """PG-001: of projects of won deals alone, by the day on which they went live."""
        deal = self.deal(self.sub, answers=SIMPLE)
        deal.sudo().lead_ids.action_set_won()
        deal.action_start_project()
        project = deal.sudo().project_ids
        loose = self.env["project.project"].create(
            {"name": "Not governed", "program_node_id": self.sub.id, "allow_milestones": True}
        )
        Milestone = self.env["project.milestone"]
        Milestone.create(
            {"name": "Live", "is_go_live": True, "is_reached": True, "project_id": loose.id}
        )
        self.assertEqual(self.value("go_lives", self.sub).value, 0)
        # What the gates ask for first is told in their own tests.
        with patch.object(type(Milestone), "_gate_check", lambda milestones: None):
            project.milestone_ids.filtered("is_go_live").is_reached = True
            self.env.flush_all()
        found = self.value("go_lives", self.sub)
        self.assertEqual((found.value, found.records), (1, ("project.project", (project.id,))))
        self.assertEqual(self.value("go_lives", self.sub2).value, 0)
        in_a_year = fields.Date.add(self.tomorrow, years=1, days=1)
        self.assertEqual(self.value("go_lives", self.sub, in_a_year).value, 0)

    def test_won_deals_are_counted_without_an_amount(self):
        """PG-004: sales are a number of deals, and their pillar is sales."""
        deal = self.deal(self.sub, answers=SIMPLE).sudo()
        self.assertEqual(self.value("deals_won", self.sub).value, 0)
        deal.lead_ids.expected_revenue = 10**9
        deal.lead_ids.action_set_won()
        found = self.value("deals_won", self.sub)
        self.assertEqual((found.value, found.records), (1, ("program.deal", tuple(deal.ids))))
        self.assertEqual(self.metric("deals_won").pillar, "sales")

    def test_a_specialisation_counts_from_its_confirmation_until_it_expires(self):
        """PG-003: dated, with evidence, confirmed by somebody above the partner."""
        vertical = self.env.ref("partner_governance.vertical_fmcg")
        own = self.as_user(self.sub, "manager", "program.specialisation").create(
            {"vertical_id": vertical.id, "evidence": "Two rollouts"}
        )
        self.assertEqual(own.program_node_id, self.sub)
        self.assertEqual(self.value("specialisations", self.sub).value, 0)
        for user in (self.user(self.sub, "manager"), self.user(self.master, "sales")):
            with self.subTest(user.login), self.assertRaises(UserError):
                own.with_user(user).action_confirm()
        own.with_user(self.user(self.master, "manager")).action_confirm()
        self.assertEqual(own.date_until, fields.Date.add(fields.Date.today(), months=24))
        self.assertEqual(self.value("specialisations", self.sub).records[1], tuple(own.ids))
        self.assertEqual(self.value("specialisations", self.sub, own.date_until).value, 1)
        after = own.date_until + timedelta(days=1)
        self.assertEqual(self.value("specialisations", self.sub, after).value, 0)
        with self.assertRaises(UserError):
            own.evidence = "Something else"
        with self.assertRaises(AccessError):
            own.state = "proposed"
        event = self.env["governance.event"].search([("kind", "=", "specialisation_confirmed")])
        self.assertEqual((event.old_value, event.new_value), ("proposed", "confirmed"))

    def test_certified_people_count_while_they_work_there(self):
        """PG-001: each person once, from the first day until the certificate ends."""
        kind = self.env["program.certification.kind"].create(
            {"name": "Lead", "code": "test_lead", "months": 12, "is_delivery": True}
        )
        person = self.user(self.sub, "delivery")
        made = self.env["program.certification"].create(
            [
                {
                    "program_node_id": self.sub.id,
                    "person_id": person.partner_id.id,
                    "kind_id": kind.id,
                    "issued_on": day,
                }
                for day in (fields.Date.today(), fields.Date.today() - timedelta(days=9))
            ]
        )
        found = self.value("certified_people", self.sub)
        self.assertEqual((found.value, set(found.records[1])), (1, set(made.ids)))
        self.assertEqual(self.value("certified_people", self.master).value, 0)
        expired = max(made.mapped("expires_on")) + timedelta(days=1)
        self.assertEqual(self.value("certified_people", self.sub, expired).value, 0)
        person.active = False
        self.assertEqual(self.value("certified_people", self.sub).value, 0)

    def test_stalled_onboarding_counts_late_items(self):
        """PG-001: items past their date, of partners that are being taken on."""
        self.sub.with_user(self.user(self.master, "manager"))._start_onboarding()
        items = self.env["program.onboarding.item"].search(
            [("program_node_id", "=", self.sub.id), ("state", "=", "open")]
        )
        self.assertTrue(items)
        items.due_date = self.tomorrow
        found = self.value("stalled_onboarding", self.sub)
        self.assertEqual(found.value, 0)
        self.assertGreaterEqual(found.count, len(items))
        items[0].due_date = fields.Date.today() - timedelta(days=1)
        late = self.value("stalled_onboarding", self.sub)
        self.assertEqual((late.value, late.records[1]), (1, tuple(items[0].ids)))

    def test_no_figure_of_another_partner(self):
        """X-05: values are told of partners in reach alone, and so are the records behind."""
        self.deal(self.stranger, answers=SIMPLE)
        metric = self.metric("gate_pass_rate").with_user(self.user(self.sub, "manager"))
        with self.assertRaises(AccessError):
            metric._values(self.stranger, self.tomorrow)
        with self.assertRaises(UserError):
            metric.action_drill()
        mine = self.deal(self.sub, answers=SIMPLE).sudo().review_ids
        self.assertEqual(metric.action_drill()["domain"], [("id", "in", mine.ids)])

    def test_layers_and_functions_have_owner_and_figures(self):
        """X-01, X-03: five layers with objective and impact, six functions with a KPI each."""
        layers = self.env["governance.layer"].search([])
        self.assertEqual(len(layers), 5)
        for layer in layers:
            self.assertTrue(layer.objective and layer.impact and layer.function_id)
            self.assertTrue(layer.metric_ids, layer.name)
        functions = self.env["governance.function"].search([])
        self.assertEqual(len(functions), 6)
        self.assertEqual(len(functions.metric_id), 6)
        self.assertFalse(functions.user_id, "the platform names its own people")

    def test_partner_staff_change_no_metric(self):
        """PG-001: what is measured is the platform's to say."""
        metric = self.metric("gate_pass_rate").with_user(self.user(self.master, "manager"))
        with self.assertRaises(AccessError):
            metric.window = 1
        with self.assertRaises(AccessError):
            self.as_user(self.master, "manager", "governance.layer").search([]).write(
                {"metric_ids": [Command.clear()]}
            )

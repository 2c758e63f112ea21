from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..adapters import tiers as adapter
from ..engine import tiers as engine
from .common import DISTRIBUTOR, SIMPLE, ProgramCase


class TierCase(ProgramCase):
    """Tiers of two criteria that the tests can meet: specialisations, and the gate pass rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Assessment = cls.env["program.tier.assessment"]
        cls.Assignment = cls.env["program.tier.assignment"]
        cls.platform = cls.staff()
        ref = cls.env.ref
        cls.bronze, cls.silver, cls.gold = (
            ref(f"partnership.res_partner_grade_data_{name}")
            for name in ("bronze", "silver", "gold")
        )
        (cls.bronze | cls.silver | cls.gold).write(
            {"floor_delivery": 0, "floor_cloud": 0, "floor_specialisation": 0}
        )
        cls.env["program.tier.criterion"].search([]).unlink()
        for grade, areas in ((cls.bronze, 1), (cls.silver, 2), (cls.gold, 4)):
            grade.threshold = 100
            grade.criterion_ids = [
                Command.create(
                    {
                        "metric_id": ref("partner_governance.metric_specialisations").id,
                        "target": areas,
                        "program_node_id": cls.root.id,
                    }
                ),
                Command.create(
                    {
                        "metric_id": ref("partner_governance.metric_deals_won").id,
                        "target": 1,
                        "weight": 0,
                        "program_node_id": cls.root.id,
                    }
                ),
            ]
        cls.verticals = cls.env["program.vertical"].search([])
        cls.today = fields.Date.today()

    @classmethod
    def specialise(cls, node, count):
        """Confirmed specialisations of a node until it has ``count``."""
        own = cls.env["program.specialisation"].search([("program_node_id", "=", node.id)])
        for vertical in (cls.verticals - own.vertical_id)[: count - len(own)]:
            cls.env["program.specialisation"].create(
                {
                    "vertical_id": vertical.id,
                    "evidence": "Rollouts",
                    "program_node_id": node.id,
                }
            ).with_user(cls.platform).action_confirm()

    @classmethod
    def assess(cls, node, kind="on_demand", day=None):
        return cls.Assessment._make(node, kind, day or cls.today)

    @classmethod
    def sign(cls, assignment):
        """Every signature that a tier change waits for, by people who may."""
        assignment = assignment.sudo()
        for approval in assignment.approval_ids.sorted("sequence"):
            node = approval.node_id
            user = cls.platform if node == cls.root else cls.user(node, "manager")
            approval.with_user(user).action_approve()

    @classmethod
    def promote(cls, node, areas):
        cls.specialise(node, areas)
        assignment = cls.Assignment._propose_up(cls.assess(node))
        cls.sign(assignment)
        return assignment


class TestTierAssessment(TierCase):
    def test_capability_lifts_and_sales_do_not(self):
        """PG-004: a huge deal moves nobody; what the partner can do does."""
        deal = self.deal(self.sub, answers=SIMPLE).sudo()
        deal.lead_ids.expected_revenue = 10**9
        deal.lead_ids.action_set_won()
        before = self.assess(self.sub)
        self.assertEqual((before.outcome, before.score), ("holds", 0))
        self.assertFalse(before.reached_id)
        self.specialise(self.sub, 2)
        after = self.assess(self.sub)
        self.assertEqual((after.outcome, after.reached_id), ("up", self.silver))

    def test_each_criterion_says_met_or_missing_with_owner_and_date(self):
        """PG-001, PG-006: target, measured, n; what is missing has an owner and a day."""
        self.specialise(self.sub, 1)
        self.Assignment._propose_up(self.assess(self.sub))
        made = self.assess(self.sub)
        line = made.line_ids.filtered(lambda each: each.metric_id.code == "specialisations")
        self.assertEqual((line.state, line.value, line.cases, line.target), ("met", 1, 1, 1))
        sales = made.line_ids - line
        self.assertEqual((sales.state, sales.weight), ("missing", 0))
        self.assertEqual(sales.user_id, self.user(self.sub, "manager"))
        self.assertGreaterEqual(sales.due_date, self.today)
        behind = line.action_drill()
        own = self.env["program.specialisation"].search([("program_node_id", "=", self.sub.id)])
        self.assertEqual(behind["domain"], [("id", "in", own.ids)])

    def test_the_inputs_are_frozen(self):
        """PG-001: what was assessed can be worked out again when the live figures have moved."""
        self.specialise(self.sub, 2)
        made = self.assess(self.sub)
        frozen = made.frozen
        self.env["program.specialisation"].search([]).action_withdraw()
        tiers = adapter.read_tiers(self.sub)[self.sub.id]
        again = engine.best(tiers, adapter.thaw(frozen))
        self.assertEqual(again.tier.key, made.reached_id.id)
        self.assertFalse(self.assess(self.sub).reached_id)
        with self.assertRaises(AccessError):
            made.with_user(self.user(self.sub, "manager")).write({"score": 7})

    def test_next_step_on_the_path_and_what_one_more_would_do(self):
        """PG-006: the missing items, and the single step that is enough."""
        self.specialise(self.sub, 1)
        made = self.assess(self.sub2)
        self.assertIn("1 more of “Specialisations” alone → Bronze", made.next_step)
        self.assertIn("Specialisations: 0 of 1", made.next_step)
        wizard = self.env["program.tier.what.if"].with_user(self.user(self.sub, "manager"))
        wizard = wizard._of(self.sub.with_user(self.user(self.sub, "manager")))
        self.assertEqual(wizard.reached_id, self.bronze)
        self.assertIn("1 more of “Specialisations” → Silver", wizard.enough)
        line = wizard.line_ids.filtered(lambda each: each.metric_id.code == "specialisations")
        line.value = 4
        self.assertEqual(wizard.reached_id, self.gold)
        self.assertIn("90 days of deal protection", wizard.gives)
        self.assertIn("on your own portfolio", wizard.gives)
        Partner = self.env.registry["program.partner"]
        with patch.object(Partner, "_tier_yearly_sum", lambda node, grade: False):
            self.assertIn("not connected", self.sub._tier_gives(self.gold))

    def test_no_what_if_and_no_assessment_of_another(self):
        """X-05: a partner assesses itself and what stands below it, nobody else."""
        manager = self.user(self.sub, "manager")
        with self.assertRaises(AccessError):
            self.stranger.with_user(manager).action_assess()
        with self.assertRaises(AccessError):
            self.env["program.tier.what.if"].with_user(manager)._of(
                self.stranger.with_user(manager)
            )
        with self.assertRaises(AccessError):
            self.sub.with_user(self.user(self.sub, "sales")).action_assess()
        self.sub.with_user(self.user(self.master, "manager")).action_assess()
        first = self.sub.assessment_id
        self.sub.with_user(manager).action_assess()
        self.assertEqual(len(self.sub.assessment_ids), 1, "once a day")
        self.assertFalse(first.exists())
        self.assertFalse(
            self.as_user(self.stranger, "manager", "program.tier.assessment").search([])
        )

    def test_a_master_asks_more_of_its_branch_never_less(self):
        """PG-017: stricter criteria hold below the master, and looser ones are refused."""
        Criterion = self.as_user(self.master, "manager", "program.tier.criterion")
        areas = self.env.ref("partner_governance.metric_specialisations")
        gates = self.env.ref("partner_governance.metric_gate_pass_rate")
        vals = {"grade_id": self.bronze.id, "metric_id": areas.id}
        with self.assertRaises(ValidationError):
            Criterion.create({**vals, "target": 0})
        with self.assertRaises(ValidationError):
            Criterion.create({"grade_id": self.bronze.id, "metric_id": gates.id, "target": 60})
        self.specialise(self.sub, 1)
        self.specialise(self.master, 1)
        self.assertEqual(self.assess(self.sub).reached_id, self.bronze)
        mine = Criterion.create({**vals, "target": 2})
        self.assertEqual(mine.program_node_id, self.master)
        self.assertFalse(self.assess(self.sub).reached_id)
        self.assertEqual(self.assess(self.master).reached_id, self.bronze, "not of itself")
        reader = self.as_user(self.sub, "manager", "program.tier.criterion")
        self.assertIn(mine, reader.search([]))
        outsider = self.as_user(self.stranger, "manager", "program.tier.criterion")
        self.assertNotIn(mine, outsider.search([]))
        with self.assertRaises(ValidationError):
            self.as_user(self.stranger, "manager", "program.tier.criterion").create(
                {**vals, "target": 9}
            )
        with self.assertRaises(ValidationError):
            mine.target = 0.5
        self.assertTrue(self.env["governance.event"].search([("kind", "=", "tier_criterion")]))

    def test_sales_never_weigh(self):
        """PG-004: not even the platform gives sales a weight."""
        won = self.gold.criterion_ids.filtered(lambda each: each.pillar == "sales")
        with self.assertRaises(ValidationError):
            won.weight = 1

    def test_the_vendors_level_is_apart(self):
        """PG-005: Odoo's own level changes nothing of ours, and is not derived."""
        self.sub.vendor_level = "gold"
        self.assertFalse(self.sub.grade_id)
        self.assertFalse(self.assess(self.sub).reached_id)
        self.promote(self.sub, 1)
        self.assertEqual((self.sub.grade_id, self.sub.vendor_level), (self.bronze, "gold"))

    def test_the_letter_says_what_is_met_and_missing(self):
        """PG-006: the letter of the page, with links to the evidence."""
        self.specialise(self.sub, 1)
        made = self.assess(self.sub)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "partner_governance.report_tier_letter", made.ids
        )
        text = html.decode()
        self.assertIn("Specialisations", text)
        self.assertIn(f"/odoo/program.tier.assessment.line/{made.line_ids[0].id}", text)
        self.assertIn("45 days of deal protection", text)


class TestTierAssignment(TierCase):
    def test_a_tier_is_signed_and_then_written(self):
        """PG-001, PG-128: the upline and the platform sign, and the trail has old and new."""
        self.specialise(self.sub, 2)
        manager = self.user(self.sub, "manager")
        made = self.assess(self.sub).with_user(manager)
        made.action_propose()
        assignment = made.sudo().assignment_ids
        self.assertEqual((assignment.state, assignment.requester_id), ("proposed", manager))
        self.assertFalse(self.sub.grade_id)
        parties = assignment.approval_ids.sorted("sequence").node_id
        self.assertEqual(parties, self.master | self.root)
        with self.assertRaises(UserError):
            made.action_propose()
        self.sign(assignment)
        self.assertEqual((assignment.state, self.sub.grade_id), ("running", self.silver))
        event = self.env["governance.event"].search([("kind", "=", "tier_changed")])
        self.assertEqual((event.old_value, event.new_value), ("", "Silver"))
        self.assertEqual(self.sub._tier_benefit("protection_days"), 60)
        self.assertEqual(self.sub2._tier_benefit("protection_days"), 30)

    def test_a_tier_gives_what_it_says(self):
        """PG-001, PG-025: days of protection and own signature follow the tier held."""
        self.promote(self.sub, 2)
        for node, days in ((self.sub, 60), (self.sub2, 30)):
            deal = self.deal(node, company=f"Customer of {node.name}", answers=DISTRIBUTOR)
            self.assertEqual((deal.protected_until - deal.last_step_on).days, days)
            self.assertEqual("Its upline" in deal.signers, node == self.sub2)
            deal.action_request_review()
            signs = deal.sudo().review_ids.approval_ids.node_id
            self.assertEqual(signs, node if node == self.sub else node | self.master)
        complex_deal = self.deal(
            self.sub, company="Two countries", answers={**DISTRIBUTOR, "country_count": "2"}
        )
        complex_deal.action_request_review()
        self.assertEqual(complex_deal.qualification_id.tier_level, 3)
        self.assertIn(self.master, complex_deal.sudo().review_ids.approval_ids.node_id)

    def test_sandboxes_up_to_the_limit_of_the_tier(self):
        """PG-059: asked for and running count; an ended one makes room."""
        ask = self.as_user(self.sub, "delivery", "program.sandbox").create
        first = ask({"purpose": "Lots"})
        with (
            self.assertRaisesRegex(UserError, "gives: 1. As many"),
            self.env.cr.savepoint(),
        ):
            ask({"purpose": "Routes"})
        first.action_end()
        ask({"purpose": "Routes"})
        self.promote(self.sub, 2)
        ask([{"purpose": "EDI"}, {"purpose": "Portal"}])
        with (
            self.assertRaisesRegex(UserError, "gives: 3. As many"),
            self.env.cr.savepoint(),
        ):
            ask({"purpose": "One more"})

    def test_nobody_writes_a_tier_directly(self):
        """PG-128, PG-004: not platform staff, not the superuser, not a sale that sells one."""
        contact = self.sub.partner_id
        # AccessError is a UserError.
        for user in (self.platform, self.user(self.sub, "manager"), self.env.user):
            with self.subTest(user.login), self.assertRaises(UserError):
                contact.with_user(user).grade_id = self.gold
        with self.assertRaises(UserError):
            contact.sudo().grade_id = self.gold
        with self.assertRaises(UserError):
            contact.with_context(program_tier=True).grade_id = self.gold
        with self.assertRaises(UserError):
            self.env["res.partner"].create({"name": "Bought", "grade_id": self.gold.id})
        self.promote(self.sub, 1)
        with self.assertRaises(UserError):
            contact.sudo().grade_id = False
        self.assertFalse(contact.copy().grade_id)
        product = self.env["product.product"].create(
            {
                "name": "Gold membership",
                "type": "service",
                "service_tracking": "partnership",
                "grade_id": self.gold.id,
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": contact.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.action_confirm()
        self.assertEqual((order.state, contact.grade_id), ("sale", self.bronze))
        self.assertIn("is not sold", "".join(order.message_ids.mapped("body")))

    def test_a_tier_has_dates_and_its_history_stays(self):
        """PG-001: the next tier ends the one before, which is kept."""
        first = self.promote(self.sub, 1)
        second = self.promote(self.sub, 2)
        self.assertEqual((first.state, first.date_until), ("ended", second.date_from))
        self.assertEqual(self.sub.grade_since, second.date_from)
        with self.assertRaises(AccessError):
            first.with_user(self.platform).unlink()

    def test_a_refused_tier_changes_nothing(self):
        """PG-001: the threshold alone gives no tier."""
        self.specialise(self.stranger, 1)
        assignment = self.Assignment._propose_up(self.assess(self.stranger))
        assignment.approval_ids.with_user(self.platform).action_refuse("Evidence is thin")
        self.assertEqual((assignment.state, assignment.reason), ("refused", "Evidence is thin"))
        self.assertFalse(self.stranger.grade_id)

    def test_an_old_assessment_gives_nothing(self):
        """PG-001: a tier follows from figures of today."""
        self.specialise(self.sub, 1)
        made = self.assess(self.sub)
        made.day = self.today - timedelta(days=101)
        with self.assertRaises(UserError):
            self.Assignment._propose_up(made)

    def test_a_tier_of_an_earlier_programme(self):
        """PG-001: taken over with a reason, by two of the platform, and reviewed as any other."""
        with self.assertRaises(AccessError):
            self.Assignment.with_user(self.platform)._take_over(self.oem, self.gold, "Contract")
        made = self.Assignment._take_over(self.oem, self.gold, "Contract of 2024")
        self.sign(made)
        self.assertEqual(self.oem.grade_id, self.gold)
        self.assertEqual(self.assess(self.oem).outcome, "below")


class TestTierReview(TierCase):
    def review(self, node, day):
        made = self.assess(node, "quarterly", day)
        made._conclude()
        return made

    def test_down_only_after_two_reviews_with_a_dated_plan(self):
        """PG-001: the first review below makes a plan, the second proposes the lower tier."""
        self.promote(self.sub, 2)
        self.env["program.specialisation"].search([])[:1].action_withdraw()
        quarter = fields.Date.start_of(self.today, "quarter")
        first = self.review(self.sub, quarter)
        self.assertEqual(first.outcome, "below")
        self.assertFalse(first.assignment_ids)
        actions = self.env["governance.action"].search([("program_node_id", "=", self.sub.id)])
        self.assertEqual(len(actions), 1)
        self.assertEqual(actions.user_id, self.user(self.sub, "manager"))
        self.assertEqual(actions.due_date, self.Assessment._due(quarter))
        # On demand in between counts for nothing.
        self.assess(self.sub, "on_demand", quarter + timedelta(days=5))
        second = self.review(self.sub, fields.Date.add(quarter, months=3))
        down = second.assignment_ids
        self.assertEqual((down.basis, down.grade_id), ("below_twice", self.bronze))
        self.assertEqual(down.date_from, fields.Date.add(quarter, months=6))
        self.assertEqual(self.sub.grade_id, self.silver, "until it is signed and begins")
        self.sign(down)
        self.assertEqual(down.state, "planned")
        down.date_from = self.today
        with self.enter_registry_test_mode():
            self.env.ref("partner_governance.cron_tier_start").method_direct_trigger()
        self.assertEqual(self.sub.grade_id, self.bronze)
        self.assertEqual(
            len(self.env["governance.action"].search([("program_node_id", "=", self.sub.id)])),
            1,
            "what is open already stays one",
        )

    def test_a_good_quarter_in_between_starts_anew(self):
        """PG-001: two reviews in a row, not two in all."""
        self.promote(self.sub, 2)
        quarter = fields.Date.start_of(self.today, "quarter")
        lost = self.env["program.specialisation"].search([])[:1]
        lost.action_withdraw()
        self.review(self.sub, quarter)
        self.specialise(self.sub, 3)
        self.assertEqual(self.review(self.sub, fields.Date.add(quarter, months=3)).outcome, "holds")
        self.env["program.specialisation"].search([]).action_withdraw()
        third = self.review(self.sub, fields.Date.add(quarter, months=6))
        self.assertEqual(third.outcome, "below")
        self.assertFalse(third.assignment_ids)

    def test_an_unconnected_pillar_takes_no_tier_away(self):
        """PG-002: what nothing answers counts neither way, and the letter says so."""
        self.promote(self.sub, 2)
        self.silver.floor_cloud = 50
        held = self.review(self.sub, self.today)
        self.assertEqual((held.outcome, held.unknown), ("holds", "Cloud operations"))
        self.assertFalse(held.assignment_ids)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "partner_governance.report_tier_letter", held.ids
        )[0]
        self.assertIn(b"It counts neither way", html)
        self.env["program.specialisation"].search([]).action_withdraw()
        self.assertEqual(self.review(self.sub, self.today).outcome, "below")

    def test_who_has_stopped_is_not_reviewed(self):
        """PG-001, PG-144: suspended and ended partners have no review and no meeting."""
        self.sub.state = "suspended"
        self.sub2.state = "ended"
        self.Assessment._review_batch()
        reviewed = self.Assessment.search([("kind", "=", "quarterly")]).program_node_id
        self.assertFalse(reviewed & (self.sub | self.sub2))
        self.assertIn(self.master, reviewed)
        self.env["governance.council"]._propose_batch()
        met = self.env["governance.council"].search([("kind", "=", "review")]).reviewed_id
        self.assertFalse(met & (self.sub | self.sub2))
        self.assertIn(self.master, met)

    def test_the_cron_reviews_everybody_once_a_quarter(self):
        """PG-001: quarterly, each partner once; who has reached more is proposed for it."""
        self.specialise(self.oem, 1)
        for _run in range(2):
            with self.enter_registry_test_mode():
                cron = self.env.ref("partner_governance.cron_tier_review")
                self.assertIs(cron.method_direct_trigger(), True)
        made = self.Assessment.search([("program_node_id", "in", self.nodes.ids)])
        self.assertEqual(sorted(made.program_node_id.ids), sorted((self.nodes - self.root).ids))
        self.assertEqual(len(made), len(self.nodes) - 1)
        self.assertEqual(self.oem.tier_assignment_ids.state, "proposed")

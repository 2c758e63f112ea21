from datetime import date, timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import DISTRIBUTOR, SIMPLE, ProgramCase


class TestDecisions(ProgramCase):
    """PG-116: what was decided stays as it was decided."""

    def decision(self, **values):
        return self.as_user(self.sub, "delivery", "governance.decision").create(
            {
                "name": "One warehouse in the first phase",
                "options": "One warehouse\nThree warehouses",
                "reason": "Stock counts are not trusted yet",
                **values,
            }
        )

    def test_closed_is_closed_for_everybody(self):
        """PG-116: over the API, in sudo, and for the superuser; nor is it deleted."""
        decision = self.decision()
        decision.name = "One warehouse first"
        decision.action_close()
        doors = {
            "its author": decision,
            "a manager": decision.with_user(self.user(self.sub, "manager")),
            "platform": decision.with_user(self.staff()),
            "sudo": decision.sudo(),
        }
        for door, record in doors.items():
            for values in ({"reason": "Other"}, {"state": "open"}, {"corrects_id": False}):
                with (
                    self.subTest(door),
                    self.assertRaisesRegex(UserError, "stays as it was"),
                    self.env.cr.savepoint(),
                ):
                    record.write(values)
        with self.assertRaises(UserError):
            decision.sudo().unlink()
        decision.message_post(body="Still discussed")
        self.assertEqual(decision.name, "One warehouse first")

    def test_a_correction_refers_to_what_it_corrects(self):
        """PG-116: corrections are decisions of their own."""
        decision = self.decision()
        decision.action_close()
        context = decision.action_correct()["context"]
        new = (
            self.as_user(self.sub, "delivery", "governance.decision")
            .with_context(**context)
            .create({"options": "Two", "reason": "Counted again"})
        )
        new.action_close()
        self.assertEqual(decision.correction_ids, new)

    def test_it_is_closed_with_its_options_and_reason_only(self):
        """PG-116: options considered and why."""
        with self.assertRaisesRegex(UserError, "which options"), self.env.cr.savepoint():
            self.decision(options=False).action_close()

    def test_it_is_about_a_record_of_its_own_partner(self):
        """PG-116, X-05: linked to the deal; not to another partner's, nor to an engaged one's."""
        deal = self.deal(self.sub, answers=SIMPLE)
        about = self.decision(subject_ref=f"program.deal,{deal.id}")
        self.assertEqual(about.subject_name, deal.display_name)
        self.engage(self.sub, self.delivery, deal_id=deal.id)
        for node in (self.stranger, self.delivery):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.as_user(node, "delivery", "governance.decision").create(
                    {"name": "Spy", "res_model": "program.deal", "res_id": deal.id}
                )
        other = self.deal(self.sub2, company="Alpen Tools", answers=SIMPLE)
        master = self.as_user(self.master, "delivery", "governance.decision").create(
            {"name": "Mine"}
        )
        with (
            self.assertRaisesRegex(ValidationError, "belongs to another partner"),
            self.env.cr.savepoint(),
        ):
            master.write({"res_model": "program.deal", "res_id": other.id})


class TestPatterns(ProgramCase):
    """PG-069, PG-122, PG-143: patterns, extensions, connectors."""

    def extension(self, **values):
        return self.as_user(self.sub, "delivery", "governance.extension").create(
            {"name": "Cold chain label", "module_name": "hanse_cold_chain", **values}
        )

    def test_nothing_is_used_without_pattern_or_exception(self):
        """PG-122: refused, named; with an approved pattern it is used, without it stays so."""
        extension = self.extension()
        with (
            self.assertRaisesRegex(UserError, "names no approved pattern"),
            self.env.cr.savepoint(),
        ):
            extension.action_use()
        with self.assertRaises(AccessError):
            extension.state = "in_use"
        extension.pattern_id = self.env.ref("partner_governance.pattern_report")
        extension.action_use()
        self.assertEqual((extension.state, extension.coverage), ("in_use", "pattern"))
        with (
            self.assertRaisesRegex(UserError, "names no approved pattern"),
            self.env.cr.savepoint(),
        ):
            extension.pattern_id = False
        with self.assertRaisesRegex(UserError, "is no pattern for this"), self.env.cr.savepoint():
            extension.pattern_id = self.env.ref("partner_governance.pattern_api")

    def test_a_running_exception_stands_in_for_a_pattern(self):
        """PG-122, PG-069: while it runs; the day it ends the extension is uncovered."""
        extension = self.extension()
        context = extension.action_ask_exception()["context"]
        exception = (
            self.as_user(self.sub, "delivery", "governance.exception")
            .with_context(**context)
            .create(
                {"reason": "Customer's label law", "expiry": fields.Date.add(date.today(), days=20)}
            )
        )
        exception.action_ask()
        with (
            self.assertRaisesRegex(UserError, "names no approved pattern"),
            self.env.cr.savepoint(),
        ):
            extension.action_use()
        self.sign(exception)
        extension.action_use()
        self.assertEqual(extension.coverage, "exception")
        with freeze_time(date.today() + timedelta(days=20)):
            extension.invalidate_recordset()
            self.assertEqual(extension.coverage, "none")

    def sign(self, exception):
        exception.sudo().approval_ids.with_user(self.user(self.master, "manager")).action_approve()

    def test_an_integration_belongs_to_a_project_of_its_own_partner(self):
        """PG-069, X-05: a project's integration picks a pattern; none on a foreign project."""
        project = self.env["project.project"].create(
            {"name": "Nordwind", "program_node_id": self.sub.id}
        )
        values = {"name": "Shop", "system": "Shopware", "project_id": project.id}
        own = self.as_user(self.sub, "delivery", "governance.integration").create(values)
        self.assertEqual(own.program_node_id, self.sub)
        with self.assertRaises(UserError):
            self.as_user(self.master, "delivery", "governance.integration").create(values)

    @mute_logger("odoo.sql_db")
    def test_connectors_name_risk_data_and_review(self):
        """PG-143: payments are never of low risk, personal data need an agreement, late is seen."""
        Connector = self.as_user(self.sub, "delivery", "governance.connector")
        values = {"name": "PayNow", "vendor": "PayNow AG", "review_date": date.today()}
        for wrong in (
            {"is_payment": True, "risk_class": "low"},
            {"is_personal": True},
        ):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                Connector.create({**values, **wrong})
        connector = Connector.create({**values, "is_payment": True, "risk_class": "high"})
        self.assertFalse(connector.is_overdue)
        connector.review_date = date.today() - timedelta(days=1)
        self.assertTrue(connector.is_overdue)
        self.assertIn(connector, Connector.search([("is_overdue", "=", True)]))
        self.assertFalse(self.as_user(self.stranger, "delivery", "governance.connector").search([]))


class TestContinuity(ProgramCase):
    """PG-127, PG-130, PG-132, PG-133, PG-135."""

    def manager(self, model):
        return self.as_user(self.sub, "manager", model)

    def test_an_access_review_freezes_people_and_roles(self):
        """PG-127: as they were on the day; each is answered before it is done."""
        review = self.manager("governance.access.review").create({})
        self.assertEqual(
            set(review.line_ids.mapped("user_id")), set(self.sub.user_ids), "whoever is there"
        )
        line = review.line_ids.filtered(lambda one: one.login == f"sales.{self.sub.id}")
        self.assertEqual(line.roles, "Partner sales")
        self.user(self.sub, "sales").group_ids = [
            (4, self.env.ref("partner_governance.group_partner_finance").id)
        ]
        self.assertEqual(line.roles, "Partner sales")
        with self.assertRaises(AccessError):
            line.roles = "None"
        with self.assertRaisesRegex(UserError, f"sales.{self.sub.id}"), self.env.cr.savepoint():
            review.action_done()
        with self.assertRaisesRegex(UserError, "say what was corrected"), self.env.cr.savepoint():
            line.answer = "corrected"
        line.write({"answer": "corrected", "note": "Finance taken away"})
        (review.line_ids - line).answer = "confirmed"
        review.action_done()
        with self.assertRaisesRegex(UserError, "is done"), self.env.cr.savepoint():
            line.answer = "confirmed"

    def test_reviews_open_by_themselves_and_are_flagged_when_late(self):
        """PG-127: one for each partner with a manager, not a second one; overdue is found."""
        Review = self.env["governance.access.review"]
        Review._cron_open()
        opened = Review.search([("program_node_id", "in", self.nodes.ids)])
        self.assertFalse(self.nodes - self.root - opened.program_node_id)
        Review._cron_open()
        self.assertEqual(
            Review.search_count([("program_node_id", "in", self.nodes.ids)]), len(opened)
        )
        with freeze_time(date.today() + timedelta(days=15)):
            opened.invalidate_recordset(["is_overdue"])
            self.assertTrue(opened[0].is_overdue)
            self.assertLessEqual(opened, Review.search([("is_overdue", "=", True)]))

    def test_a_notice_is_kept_as_it_was_sent(self):
        """PG-130: never changed or deleted; late against its plan."""
        plan = self.manager("governance.communication.plan").create(
            {"name": "Outage", "audience": "Customers", "minutes": 30}
        )
        notice = self.as_user(self.sub, "delivery", "governance.notice").create(
            {
                "name": "Slow since ten",
                "plan_id": plan.id,
                "incident": "I-7",
                "happened_at": "2026-03-02 10:00:00",
                "sent_at": "2026-03-02 10:31:00",
                "sent_to": "All customers",
                "body": "We are on it.",
            }
        )
        self.assertTrue(notice.is_late)
        for record in (notice, notice.sudo()):
            with self.assertRaisesRegex(UserError, "kept as it was"), self.env.cr.savepoint():
                record.body = "Nothing happened."
        with self.assertRaises(UserError):
            notice.sudo().unlink()

    def test_the_statement_says_what_is_recorded_and_what_is_not(self):
        """PG-135, PG-132, PG-133: own records only, "not recorded" said plainly."""
        said = dict(self.sub._resilience())
        self.assertEqual(set(map(tuple, said.values())), {("not recorded",)})
        plan = self.manager("governance.continuity.plan").create(
            {"name": "Host down", "plan": "Move", "review_date": "2026-09-01"}
        )
        self.manager("governance.continuity.exercise").create(
            [
                {"plan_id": plan.id, "day": "2026-01-10", "result": "worked"},
                {"plan_id": plan.id, "day": "2025-06-10", "result": "failed"},
            ]
        )
        self.assertEqual((plan.last_exercise, plan.last_result), (date(2026, 1, 10), "worked"))
        contractor = self.manager("governance.subcontractor").create(
            {"name": "Edi Works", "service": "EDI", "substitute": "Nordlicht"}
        )
        self.assertFalse(contractor.is_covered)
        contractor.plan = "Files by hand for a week"
        self.assertTrue(contractor.is_covered)
        said = dict(self.sub.with_user(self.user(self.sub, "manager"))._resilience())
        self.assertEqual(said["Continuity plans"], ["Host down: last exercise 2026-01-10, Worked"])
        self.assertEqual(said["Subcontractors"], ["1 of 1 have a substitute and a plan"])
        self.assertEqual(said["Key people"], ["not recorded"])
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("partner_governance.resilience_statement", self.sub.ids)[0]
            .decode()
        )
        self.assertIn("Host down: last exercise 2026-01-10", html)
        self.assertIn("not recorded", html)
        self.assertEqual(dict(self.stranger._resilience())["Subcontractors"], ["not recorded"])


class TestRisks(ProgramCase):
    """PG-138…PG-142: standard risks and their indicators."""

    def test_every_partner_has_the_five_standard_risks_once(self):
        """PG-138…PG-142: owned by its manager, with a day; asked again nothing is doubled."""
        Risk = self.env["governance.risk"]
        Risk._refresh(self.nodes - self.root)
        own = self.as_user(self.sub, "manager", "governance.risk").search([])
        self.assertEqual(
            set(own.mapped("standard_id.code")),
            {
                "over_customisation",
                "support_boundaries",
                "underpriced_hosting",
                "data_ownership",
                "security_controls",
            },
        )
        self.assertEqual(own.owner_id, self.user(self.sub, "manager"))
        self.assertEqual(own.program_node_id, self.sub)
        Risk._refresh(self.nodes - self.root)
        self.assertEqual(
            self.as_user(self.sub, "manager", "governance.risk").search_count([]), len(own)
        )

    def test_over_customisation_follows_what_is_used_without_a_pattern(self):
        """PG-138: deviations count, patterns heal; a rise brings the review forward to today."""
        self.as_user(self.sub, "delivery", "governance.extension").create(
            {
                "name": "Label",
                "module_name": "label",
                "pattern_id": self.env.ref("partner_governance.pattern_report").id,
            }
        ).action_use()
        Risk = self.env["governance.risk"]
        Risk._ensure_standard(self.nodes - self.root)
        Risk._measure(self.nodes)
        risk = Risk.search(
            [("program_node_id", "=", self.sub.id), ("standard_id.code", "=", "over_customisation")]
        )
        self.assertEqual((risk.indicator_level, risk.indicator_text), (1, "0 of 1"))
        other = Risk.search(
            [
                ("program_node_id", "=", self.stranger.id),
                ("standard_id.code", "=", "over_customisation"),
            ]
        )
        self.assertEqual(
            (other.indicator_level, other.indicator_text), (0, "nothing to measure yet")
        )
        deal = self.deal(self.sub, answers=SIMPLE)
        Risk._from_deviation(deal, "Two databases", "Asked by the customer")
        Risk._measure(self.nodes)
        self.assertEqual((risk.indicator_level, risk.indicator_text), (5, "1 of 2"))
        self.assertEqual(risk.review_date, fields.Date.today())

    def test_security_controls_follow_failed_points(self):
        """PG-142: no signed checklist is one of one; then failed points among those answered."""
        Risk = self.env["governance.risk"]
        Risk._refresh(self.sub | self.sub2)
        told = Risk.search(
            [
                ("program_node_id", "in", (self.sub | self.sub2).ids),
                ("standard_id.code", "=", "security_controls"),
            ]
        )
        self.assertEqual(set(told.mapped("indicator_text")), {"1 of 1"})
        artefact = self.env["program.artefact"].create(
            {"name": "Baseline", "kind": "security", "program_node_id": self.root.id}
        )
        version = self.env["program.artefact.version"].create({"artefact_id": artefact.id})
        first, second = self.env["program.checklist"].create(
            [
                {
                    "name": name,
                    "program_node_id": self.sub.id,
                    "version_id": version.id,
                    "line_ids": [
                        Command.create({"name": each, "result": result, "note": "Seen"})
                        for each, result in lines
                    ],
                }
                for name, lines in (
                    ("Signed", [("Two factors", "pass"), ("Backups", "pass"), ("Old", "na")]),
                    ("Open", [("Keys", "fail"), ("Ports", "open")]),
                )
            ]
        )
        first.state = "signed"
        Risk._measure(self.sub | self.sub2)
        mine = told.filtered(lambda risk: risk.program_node_id == self.sub)
        self.assertEqual((mine.indicator_text, mine.indicator_level), ("1 of 3", 4))
        self.assertEqual((told - mine).indicator_text, "1 of 1")
        second.line_ids.filtered(lambda line: line.result == "fail").result = "na"
        Risk._measure(self.sub | self.sub2)
        self.assertEqual((mine.indicator_text, mine.indicator_level), ("0 of 2", 1))

    def test_an_accepted_flag_is_a_risk_of_the_register(self):
        """PG-094: with its reason and whoever accepted it; accepted twice it stays one."""
        deal = self.deal(self.sub, answers={**DISTRIBUTOR, "pricing_documented": False})
        manager = self.user(self.sub, "manager")
        flag = deal.qualification_id.flag_ids[:1].with_user(manager)
        flag.action_accept_risk("The customer writes its rules in spring")
        flag.action_accept_risk("The customer writes its rules in spring")
        risk = self.as_user(self.sub, "manager", "governance.risk").search(
            [("source", "=", "flag")]
        )
        self.assertEqual((risk.name, risk.owner_id), (flag.name, manager))
        self.assertEqual((risk.treatment, risk._subject()), ("accept", deal))
        self.assertIn("in spring", risk.description)

    def test_nothing_is_written_where_nothing_changed(self):
        """PG-142: the nightly run costs reads alone while indicators stay as they are."""
        Risk = self.env["governance.risk"]
        nodes = self.nodes - self.root
        Risk._refresh(nodes)
        self.env.flush_all()
        with patch.object(type(Risk), "write", side_effect=AssertionError("written")):
            Risk._measure(nodes)
        with self.enter_registry_test_mode():
            cron = self.env.ref("partner_governance.cron_risk_indicators")
            self.assertIs(cron.method_direct_trigger(), True)

    def test_scores_trend_and_limits(self):
        """PG-138: residual not above inherent; a row a day; the trend follows the last two."""
        risk = self.as_user(self.sub, "delivery", "governance.risk").create({"name": "One person"})
        self.assertEqual((risk.score, risk.residual_score, risk.band), (9, 9, "high"))
        with self.assertRaisesRegex(ValidationError, "cannot be more"), self.env.cr.savepoint():
            risk.residual_impact = "5"
        with freeze_time(date.today() + timedelta(days=1)):
            risk.residual_probability = "1"
            risk.residual_impact = "2"
        self.assertEqual(risk.history_ids.mapped("residual_score"), [9, 2])
        self.assertEqual((risk.trend, risk.band), ("falling", "low"))
        with self.assertRaises(AccessError):
            risk.indicator_level = 1
        self.assertFalse(self.as_user(self.sub2, "manager", "governance.risk").search([]))

    def test_indicators_of_matrix_and_rights(self):
        """PG-139, PG-141: gaps of the own matrix, and a missing right on data, are told; the
        indicator that nothing feeds says so."""
        Risk = self.env["governance.risk"]
        nodes = self.sub | self.master
        Risk._ensure_standard(nodes)
        Risk._measure(nodes)

        def told(code):
            return Risk.search(
                [("program_node_id", "=", self.sub.id), ("standard_id.code", "=", code)]
            )

        self.assertEqual(told("support_boundaries").indicator_level, 1)
        lines = self.env["governance.responsibility"].search(
            [("program_node_id", "=", self.sub.id)], limit=3
        )
        # Nobody can make a gap; an old database may have one.
        self.env.cr.execute(
            "DELETE FROM governance_responsibility WHERE id IN %s", [tuple(lines.ids)]
        )
        self.env.invalidate_all()
        self.env["program.right"].search(
            [("holder_id", "=", self.sub.id), ("kind", "=", "data")]
        ).sudo().write({"date_from": "2025-01-01", "date_until": date.today()})
        Risk._measure(nodes)
        self.assertGreater(told("support_boundaries").indicator_level, 1)
        self.assertEqual(told("data_ownership").indicator_level, 5)

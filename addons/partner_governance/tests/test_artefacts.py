from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import DISTRIBUTOR, SIMPLE, Command
from .test_onboarding import OnboardingCase


class ArtefactCase(OnboardingCase):
    @classmethod
    def artefact(cls, node, name="Security baseline", kind="security", points=("Two factors",)):
        """An artefact that a node's manager has published to its branch."""
        artefact = cls.as_user(node, "manager", "program.artefact").create(
            {"name": name, "kind": kind, "program_published": True}
        )
        cls.publish(artefact, points)
        return artefact

    @classmethod
    def publish(cls, artefact, points=("Two factors",)):
        version = artefact.env["program.artefact.version"].create(
            {
                "artefact_id": artefact.id,
                "body": "<p>Work like this.</p>",
                "line_ids": [Command.create({"name": point}) for point in points],
            }
        )
        version.action_publish()
        return version


class TestArtefacts(ArtefactCase):
    def test_a_version_is_frozen_once_published(self):
        """PG-055: neither text nor points change, and it is not deleted."""
        version = self.artefact(self.master).version_id
        self.assertEqual((version.number, version.state), (1, "published"))
        for change in (
            lambda: version.write({"body": "<p>Other</p>"}),
            lambda: version.sudo().write({"link": "https://example.com"}),
            lambda: version.line_ids.write({"name": "One factor"}),
            lambda: version.line_ids.unlink(),
            lambda: version.env["program.artefact.line"].create(
                {"version_id": version.id, "name": "More"}
            ),
            version.unlink,
        ):
            with self.assertRaisesRegex(UserError, "Make a new version"):
                change()
        with self.assertRaises(AccessError):
            version.write({"state": "draft"})

    def test_a_process_map_of_each_process_in_versions(self):
        """PG-065: one library item a process, named by it; what is published stays beside the
        next version."""
        Artefact = self.as_user(self.master, "manager", "program.artefact")
        with self.assertRaisesRegex(ValidationError, "which process"):
            Artefact.create({"name": "A map", "kind": "process_map"})
        maps = Artefact.create(
            [
                {"name": name, "kind": "process_map", "process": name, "program_published": True}
                for name in ("Order to cash", "Procure to pay")
            ]
        )
        first = self.publish(maps[0])
        second = self.publish(maps[0])
        self.assertEqual((first.number, second.number, maps[0].version_id), (1, 2, second))
        self.assertFalse(maps[1].version_id)
        below = self.as_user(self.sub, "delivery", "program.artefact")
        found = below.search([("kind", "=", "process_map"), ("process", "=", "Order to cash")])
        self.assertEqual(found, maps[0].sudo(False).with_env(below.env))
        with self.assertRaisesRegex(ValidationError, "which process"):
            maps[0].process = " "

    def test_the_branch_sees_accepts_and_is_asked_again(self):
        """PG-021, PG-055: version and "accepted on"; a new version asks again."""
        artefact = self.artefact(self.master)
        below = artefact.with_user(self.user(self.sub, "manager"))
        self.assertEqual(below.acceptance, "asked")
        with self.assertRaisesRegex(AccessError, "Managers accept"):
            artefact.with_user(self.user(self.sub, "sales")).action_accept()
        below.action_accept()
        self.assertEqual((below.acceptance, below.accepted_number), ("accepted", 1))
        self.assertTrue(below.accepted_on)
        row = self.as_user(self.master, "manager", "program.artefact.acceptance").search(
            [("artefact_id", "=", artefact.id)]
        )
        self.assertEqual(
            (row.program_node_id, row.user_id), (self.sub, self.user(self.sub, "manager"))
        )
        self.publish(artefact, ("Two factors", "Backups"))
        below.invalidate_recordset()
        self.assertEqual((below.acceptance, below.accepted_number, below.number), ("asked", 1, 2))

    def test_drafts_and_other_branches_stay_out_of_sight(self):
        """PG-021: published to the branch alone."""
        artefact = self.artefact(self.master)
        action = artefact.action_new_version()
        draft = artefact.env["program.artefact.version"].browse(action["res_id"])
        self.assertEqual(draft.line_ids.mapped("name"), ["Two factors"])
        seen = self.as_user(self.sub, "manager", "program.artefact.version").search(
            [("artefact_id", "=", artefact.id)]
        )
        self.assertEqual(seen.sudo(), artefact.sudo().version_id)
        foreign = self.as_user(self.stranger, "manager", "program.artefact")
        self.assertFalse(foreign.search([("id", "=", artefact.id)]))

    def test_confirming_the_upline_accepts_its_artefacts_in_the_same_act(self):
        """PG-021, PG-063: one button for items and artefacts."""
        artefact = self.artefact(self.master)
        elsewhere = self.artefact(self.stranger)
        node = self.invited(upline=self.master)
        node.with_user(self.user(node, "manager")).action_confirm_inherited()
        accepted = self.env["program.artefact.acceptance"].search(
            [("program_node_id", "=", node.id)]
        )
        self.assertIn(artefact.sudo(), accepted.artefact_id)
        self.assertNotIn(elsewhere.sudo(), accepted.artefact_id)


class TestChecklists(ArtefactCase):
    def project(self, name):
        """A project of the sub-partner, as its manager reads it."""
        project = self.env["project.project"].create({"name": name, "program_node_id": self.sub.id})
        return project.with_user(self.user(self.sub, "manager"))

    def test_a_security_checklist_is_filled_in_and_signed_off(self):
        """PG-056: pass, fail and evidence per point; a failed one cannot be signed off."""
        artefact = self.artefact(self.master, points=("Two factors", "Backups"))
        mine = artefact.with_user(self.user(self.sub, "manager"))
        action = mine.action_fill_in()
        checklist = mine.env["program.checklist"].browse(action["res_id"])
        self.assertEqual(checklist.program_node_id, self.sub)
        first, second = checklist.line_ids
        with self.assertRaisesRegex(UserError, "needs evidence"):
            first.result = "pass"
        first.write({"result": "pass", "note": "Policy of 1 March"})
        self.assertEqual(first.done_uid, self.user(self.sub, "manager"))
        second.write({"result": "fail", "note": "No restore test"})
        self.assertEqual((checklist.result, checklist.percent), ("failed", 100))
        with self.assertRaisesRegex(UserError, "Not passed: Backups"):
            checklist.action_sign()
        second.write({"result": "pass", "note": "Restored on 3 March"})
        checklist.action_sign()
        self.assertEqual(
            (checklist.state, checklist.signed_uid), ("signed", self.user(self.sub, "manager"))
        )
        with self.assertRaisesRegex(UserError, "stays as it is"):
            first.note = "Something else"
        seen = self.as_user(self.master, "manager", "program.checklist").browse(checklist.id)
        self.assertEqual(seen.state, "signed")
        with self.assertRaises(AccessError):
            seen.line_ids.note = "Changed from above"
        with self.assertRaises(AccessError):
            seen.with_user(self.user(self.stranger, "manager")).check_access("read")

    def test_each_project_starts_with_its_migration_checklist(self):
        """PG-067: the nearest owner's current version, on every project, with sign-off."""
        self.artefact(self.master, "Migration", "migration", ("Trial load",))
        own = self.artefact(self.sub, "Our migration", "migration", ("Our trial load",))
        above = self.env["project.project"].create(
            {"name": "Below the master", "program_node_id": self.sub2.id}
        )
        self.assertEqual(above.checklist_ids.line_ids.mapped("name"), ["Trial load"])
        self.publish(own, ("Second trial load",))
        project = self.project("Own way")
        self.assertEqual(project.checklist_ids.line_ids.mapped("name"), ["Second trial load"])
        self.assertEqual(project.checklist_ids.kind, "migration")
        line = project.checklist_ids.line_ids.with_user(self.user(self.sub, "delivery"))
        line.write({"result": "pass", "note": "All 4,211 customers"})
        with self.assertRaisesRegex(AccessError, "Managers sign"):
            line.checklist_id.action_sign()
        project.checklist_ids.action_sign()
        self.assertEqual(project.checklist_ids.state, "signed")

    def test_warehouse_scripts_are_run_once_each(self):
        """PG-068: one instance per script, with pass, fail and evidence."""
        self.artefact(self.master, "Receive", "warehouse_test", ("Receive a lot",))
        self.artefact(self.master, "Ship", "warehouse_test", ("Ship two parcels",))
        project = self.project("Depot")
        project.action_run_warehouse_scripts()
        project.action_run_warehouse_scripts()
        scripts = project.checklist_ids.filtered(lambda each: each.kind == "warehouse_test")
        self.assertEqual(
            sorted(scripts.line_ids.mapped("name")), ["Receive a lot", "Ship two parcels"]
        )


class TestDealDocuments(ArtefactCase):
    def test_a_tier_brings_its_workshops(self):
        """PG-066: agenda and roles by tier; a lower tier drops what only the higher one had."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        names = deal.workshop_ids.mapped("name")
        self.assertIn("Warehouse design", names)
        self.assertNotIn("Group finance and intercompany", names)
        design = deal.workshop_ids.filtered(lambda each: each.name == "Warehouse design")
        self.assertIn("Warehouse manager", design.role_ids.mapped("name"))
        self.assertIn("Barcode flows", design.agenda)
        count = len(deal.workshop_ids)
        deal.qualification_id.write(SIMPLE | {"field_sales": False, "customer_pricing": False})
        self.assertEqual(deal.tier_level, 1)
        self.assertEqual((design.state, len(deal.workshop_ids)), ("dropped", count))
        deal.qualification_id.write(DISTRIBUTOR)
        self.assertEqual(design.state, "planned")

    def test_the_statement_of_work_is_filled_in(self):
        """PG-057: scope and exclusions from the answers and the template, under the brand."""
        self.env["program.brand"].create({"name": "HanseFlow", "program_node_id": self.sub.id})
        template = self.as_user(self.sub, "manager", "program.artefact").create(
            {"name": "SOW", "kind": "sow"}
        )
        version = template.env["program.artefact.version"].create(
            {
                "artefact_id": template.id,
                "line_ids": [
                    Command.create({"section": "exclusion", "name": "Hardware and cabling"}),
                    Command.create(
                        {"section": "scope", "name": "Go-live support", "expected": "10 days"}
                    ),
                ],
            }
        )
        version.action_publish()
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        self.assertEqual(
            deal.lead_ids.action_print_sow()["report_name"], "partner_governance.program_deal_sow"
        )
        document = deal._sow()
        scope = dict(document["scope"])
        self.assertEqual(scope["Articles (SKUs)"], "45,000")
        self.assertEqual(scope["EDI and marketplaces"], "One or two, standard")
        self.assertEqual(scope["Go-live support"], "10 days")
        excluded = [name for name, _value in document["exclusions"]]
        self.assertIn("Hardware and cabling", excluded)
        self.assertIn("Barcode workflows", excluded)
        html = str(
            self.env["ir.actions.report"]
            .with_user(self.user(self.sub, "sales"))
            ._render_qweb_html("partner_governance.program_deal_sow", deal.ids)[0],
            "utf-8",
        )
        for text in ("HanseFlow", "Nordwind Industriebedarf", "45,000", "Hardware and cabling"):
            self.assertIn(text, html)
        self.assertNotIn("Meridian", html)
        empty = self.deal(self.sub, "Unanswered")
        with self.assertRaisesRegex(UserError, "Answer the questions"):
            empty.action_print_sow()


class TestProgrammePlan(OnboardingCase):
    def test_the_plan_has_seven_steps_in_order(self):
        """PG-071: dates, owner, exit evidence, one after the other."""
        steps = self.env["program.plan.step"].search([])
        self.assertEqual(len(steps), 7)
        self.assertEqual(steps.program_node_id, self.root)
        with self.assertRaisesRegex(UserError, "exit evidence first"):
            steps[0].action_done()
        steps.evidence_note = "Minutes"
        with self.assertRaisesRegex(UserError, "follows on “Ecosystem"):
            steps[1].action_done()
        steps[0].action_done()
        steps[1].action_done()
        self.assertEqual(steps[:2].mapped("state"), ["done", "done"])

    def test_recruiting_is_capped_until_the_pilot_and_then_the_gate(self):
        """PG-072, X-08: N partners, then the pilot, then five green subjects."""
        members = self.env["program.partner"].search_count([("upline_id", "!=", False)])
        self.root.pilot_cap = members + 1
        self.node("The last pilot", "resale")
        with self.assertRaisesRegex(UserError, f"takes {members + 1} partners until its pilot"):
            self.node("One too many", "resale")
        steps = self.env["program.plan.step"].search([])
        steps.evidence_note = "Minutes"
        for step in steps.filtered(lambda each: each.sequence <= 50):
            step.action_done()
        subjects = self.env["program.gate.subject"].search([])
        self.assertEqual(
            subjects.mapped("code"),
            ["branding", "security", "compliance", "incident_response", "roadmap"],
        )
        with self.assertRaisesRegex(UserError, "Still red: Branding, Security"):
            self.node("Still too many", "resale")
        with self.assertRaisesRegex(UserError, "needs evidence"):
            subjects.action_confirm()
        subjects.evidence_note = "Published"
        subjects.action_confirm()
        self.node("Scaled", "resale")
        subjects[1].review_on = "2020-01-01"
        with self.assertRaisesRegex(UserError, "Still red: Security"):
            self.node("Overdue", "resale")

    def test_partner_staff_do_not_write_the_plan(self):
        """PG-071: read by all, written by the platform."""
        step = self.as_user(self.sub, "manager", "program.plan.step").search([], limit=1)
        with self.assertRaises(AccessError):
            step.date_start = "2026-01-01"

    def test_a_certificate_needs_a_person_of_the_partner(self):
        """PG-062: a certificate is a person's, and counts where it works."""
        with self.assertRaisesRegex(ValidationError, "does not work for"):
            self.env["program.certification"].create(
                {
                    "program_node_id": self.sub.id,
                    "person_id": self.user(self.sub2, "delivery").partner_id.id,
                    "kind_id": self.env.ref("partner_governance.certification_kind_sales").id,
                }
            )


class TestLearning(OnboardingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lab = cls.env["program.lab"].create(
            {
                "name": "Warehouse",
                "program_node_id": cls.root.id,
                "program_published": True,
                "kind_id": cls.env.ref("partner_governance.certification_kind_delivery").id,
                "step_ids": [
                    Command.create({"name": "Routes", "points": 10}),
                    Command.create({"name": "Lots", "points": 30}),
                ],
            }
        )

    def attempt(self, node):
        lab = self.lab.with_user(self.user(node, "delivery"))
        attempt = lab.env["program.lab.attempt"].browse(lab.action_attempt()["res_id"])
        attempt.line_ids[0].note = "Two steps in"
        attempt.action_submit()
        return attempt

    def test_passing_a_lab_certifies_and_counts_for_onboarding(self):
        """PG-060, PG-053: steps, score, assessor; passing feeds the certificate."""
        attempt = self.attempt(self.sub)
        first, second = attempt.line_ids.ids
        with self.assertRaisesRegex(AccessError, "upline or the platform"):
            attempt.with_user(self.user(self.sub, "manager"))._assess({first: 10, second: 30})
        assessor = attempt.with_user(self.user(self.master, "delivery"))
        self.assertTrue(assessor.can_assess)
        with self.assertRaisesRegex(UserError, "no more points"):
            assessor._assess({first: 11, second: 30})
        wizard = assessor.env["program.lab.assessment"].browse(
            assessor.action_open_assessment()["res_id"]
        )
        wizard.line_ids[0].points = 9
        wizard.line_ids[1].points = 24
        wizard.action_assess()
        self.assertEqual((attempt.state, attempt.score), ("passed", 82.5))
        self.assertEqual(attempt.assessor_id, self.user(self.master, "delivery"))
        self.assertEqual(self.sub._certified_people_count(), 1)
        failed = self.attempt(self.sub2)
        failed.with_user(self.user(self.master, "delivery"))._assess({})
        self.assertEqual((failed.state, self.sub2._certified_people_count()), ("failed", 0))

    def test_a_person_is_enrolled_and_its_progress_seen(self):
        """PG-064: role-based track, steps, progress; a lab step only by its lab."""
        track = self.env["program.track"].create(
            {
                "name": "Delivery",
                "role": "delivery",
                "program_node_id": self.root.id,
                "program_published": True,
                "step_ids": [
                    Command.create({"name": "Read", "sequence": 1}),
                    Command.create({"name": "Lab", "sequence": 2, "lab_id": self.lab.id}),
                ],
            }
        )
        person = self.user(self.sub, "delivery")
        enrolment = self.as_user(self.sub, "manager", "program.enrolment").create(
            {"track_id": track.id, "person_id": person.partner_id.id}
        )
        self.assertEqual((enrolment.percent, enrolment.next_step), (0, "Read"))
        read, lab = enrolment.step_ids
        read.with_user(person).action_done()
        self.assertEqual((enrolment.percent, enrolment.next_step), (50, "Lab"))
        with self.assertRaisesRegex(UserError, "passing the lab"):
            lab.action_done()
        attempt = self.attempt(self.sub)
        points = dict(zip(attempt.line_ids.ids, (10, 30), strict=True))
        attempt.with_user(self.user(self.master, "delivery"))._assess(points)
        self.assertEqual(enrolment.percent, 100)
        above = self.as_user(self.master, "manager", "program.enrolment").browse(enrolment.id)
        self.assertEqual(above.percent, 100)

    def test_a_sandbox_is_asked_for_given_used_and_ends(self):
        """PG-059: request, expiry, use; not before technical readiness."""
        sandbox = self.as_user(self.sub, "delivery", "program.sandbox").create(
            {"purpose": "Lots", "days": 10}
        )
        with self.assertRaisesRegex(AccessError, "given by managers of the upline"):
            sandbox.action_start()
        sandbox.with_user(self.user(self.master, "manager")).action_start()
        self.assertEqual((sandbox.expires_on - sandbox.started_on).days, 10)
        attempt = self.attempt(self.sub)
        attempt.sandbox_id = sandbox
        self.assertEqual(sandbox.use_count, 1)
        sandbox.sudo().expires_on = sandbox.started_on
        self.env["program.sandbox"]._cron_expire()
        self.assertEqual(sandbox.state, "ended")
        node = self.invited(upline=self.master)
        with self.assertRaisesRegex(UserError, "Sandbox and offers"):
            self.as_user(node, "delivery", "program.sandbox").create({"purpose": "Early"})

    def test_readiness_shows_the_five(self):
        """X-04: hosting, onboarding, governance, security, customer success, each with its gap."""
        node = self.invited(upline=self.master)
        page = node.with_user(self.user(self.master, "manager"))
        self.assertIn("Commercial qualification", page.readiness_onboarding)
        self.assertIn("Deployment patterns", page.readiness_hosting)
        self.assertIn("Escalation paths", page.readiness_governance)
        self.assertIn("security checklist", page.readiness_security)
        self.assertIn("Customer success metrics", page.readiness_success)
        self.assertEqual(page.readiness_count, 0)
        self.assertEqual(self.stranger.readiness_count, 1)
        self.assertEqual(self.stranger.readiness_hosting, "not shown")
        self.assertEqual(self.stranger.readiness_success, "not shown")

    def test_readiness_costs_the_same_for_many(self):
        """X-04: checklists are looked up once for the whole list."""
        (self.sub | self.sub2).mapped("readiness_security")
        self.env.invalidate_all()
        with patch.object(
            type(self.env["program.checklist"]),
            "_read_group",
            autospec=True,
            side_effect=type(self.env["program.checklist"])._read_group,
        ) as looked:
            (self.nodes - self.root).mapped("readiness_security")
        self.assertEqual(looked.call_count, 1)

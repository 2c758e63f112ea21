from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import DISTRIBUTOR, SIMPLE, ProgramCase


class TestProjectGovernance(ProgramCase):
    """A won deal's project: milestones, staffing, stakeholders, changes of its tasks."""

    def won(self, node=None):
        deal = self.deal(node or self.sub, answers=SIMPLE)
        deal.sudo().lead_ids.action_set_won()
        return deal

    def project(self, deal=None):
        deal = deal or self.won()
        deal.with_user(self.user(deal.program_node_id, "sales")).action_start_project()
        return deal.sudo().project_ids

    @freeze_time("2026-03-02")
    def test_a_won_deal_gets_its_milestones_with_day_and_owner(self):
        """PG-115: those of its tier, on workdays, owned; one project however often asked."""
        deal = self.won()
        project = self.project(deal)
        self.assertEqual(
            [(one.name, one.deadline, one.user_id) for one in project.milestone_ids],
            [
                ("Kick-off", date(2026, 3, 9), deal.user_id),
                ("Acceptance test", date(2026, 4, 16), deal.user_id),
                ("Go-live", date(2026, 5, 1), deal.user_id),
            ],
        )
        self.assertEqual(project.program_node_id, self.sub)
        self.assertEqual(project.company_id, self.sub.company_id)
        self.assertEqual(self.project(deal), project)
        with self.assertRaisesRegex(UserError, "stays"):
            project.milestone_ids[0].with_user(self.user(self.sub, "manager")).unlink()

    def test_who_delivers_starts_the_project_of_the_own_partner(self):
        """PG-115: without the right to change the deal; the button is offered to those for whom
        it works, until there is a project."""
        deal = self.won()
        for node, role, offered in (
            (self.sub, "delivery", True),
            (self.sub, "sales", True),
            (self.sub, "finance", False),
            (self.master, "delivery", False),
        ):
            theirs = deal.with_user(self.user(node, role))
            self.assertEqual(theirs.can_start_project, offered, f"{node.name} {role}")
            if not offered:
                with self.assertRaisesRegex(AccessError, "people of its own partner"):
                    theirs.action_start_project()
        own = deal.with_user(self.user(self.sub, "delivery"))
        self.assertFalse(own.has_access("write"))
        action = own.action_start_project()
        project = own.env["project.project"].browse(action["res_id"])
        self.assertEqual((project.program_node_id, project.name), (self.sub, deal.company_name))
        self.assertTrue(project.milestone_ids)
        self.assertEqual(project.user_id, deal.user_id)
        self.env.invalidate_all()
        self.assertFalse(own.can_start_project)
        self.assertEqual(own.action_start_project()["res_id"], project.id)

    def test_no_project_before_the_deal_is_won(self):
        """PG-115: nothing is delivered that is not sold."""
        deal = self.deal(self.sub, answers=SIMPLE)
        with self.assertRaisesRegex(UserError, "is not won yet"):
            deal.action_start_project()

    def test_a_project_cannot_start_with_an_unfilled_mandatory_role(self):
        """PG-101: named in the refusal, and the start cannot be written past it."""
        project = self.project().with_user(self.user(self.sub, "manager"))
        with self.assertRaisesRegex(UserError, "Solution consultant"):
            project.action_start_governed()
        self.assertIn("Solution consultant", project.start_obstacles)
        with self.assertRaises(AccessError):
            project.governance_state = "started"
        seat = project.staffing_ids.filtered("is_mandatory")
        with self.assertRaises(AccessError):
            seat.is_mandatory = False
        seat.user_id = self.user(self.sub, "delivery")
        project.action_start_governed()
        self.assertEqual(project.governance_state, "started")
        self.assertFalse(project.start_obstacles)

    def test_a_lead_holds_the_certificate_of_its_tier(self):
        """PG-104, PG-101: from tier 2 on a project waits for a certified lead, of the partner or
        of one that is engaged; what is missing names the certificate and the field."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        deal.action_request_review()
        self.sign_all(deal)
        deal.sudo().lead_ids.action_set_won()
        project = self.project(deal)
        self.assertEqual(project.governance_tier_id.level, 2)
        person = self.user(self.sub, "delivery")
        project.staffing_ids.user_id = person
        lead = self.env.ref("partner_governance.role_lead")
        seat = project.staffing_ids.filtered(lambda each: each.role_id == lead)
        mine = project.with_user(self.user(self.sub, "manager"))
        with self.assertRaisesRegex(UserError, "Delivery consultant.*Senior.*Filled by"):
            mine.action_start_governed()
        certificate = self.certify(self.sub, person, "delivery")
        mine.invalidate_recordset(["start_obstacles"])
        self.assertFalse(mine.start_obstacles)
        certificate.revoked_on = date.today()
        with self.assertRaisesRegex(UserError, "Delivery consultant"):
            mine.action_start_governed()
        other = self.user(self.delivery, "delivery")
        self.certify(self.delivery, other, "delivery")
        seat.user_id = other
        with self.assertRaisesRegex(UserError, "Delivery consultant"):
            mine.action_start_governed()
        self.engage(self.sub, self.delivery, deal_id=deal.id)
        mine.action_start_governed()
        self.assertEqual(project.governance_state, "started")

    def test_warehouse_scripts_have_a_button(self):
        """PG-068: on the form of a project, for those who deliver it."""
        Project = self.as_user(self.sub, "delivery", "project.project")
        self.assertIn('name="action_run_warehouse_scripts"', Project.get_view()["arch"])

    def test_a_foreign_project_takes_no_seat_or_stakeholder(self):
        """PG-118, X-05: a stranger neither reads nor adds; a master reads its branch."""
        project = self.project()
        values = {
            "project_id": project.id,
            "role_id": self.env.ref("partner_governance.role_lead").id,
        }
        for node in (self.stranger, self.master):
            with self.assertRaises(AccessError):
                self.as_user(node, "manager", "governance.staffing").create(values)
        seats = project.staffing_ids
        self.assertFalse(self.as_user(self.stranger, "manager", "governance.staffing").search([]))
        self.assertEqual(
            self.as_user(self.master, "manager", "governance.staffing").search([]), seats
        )

    def test_stakeholders_answer_for_something(self):
        """PG-118: who is concerned, with which part."""
        project = self.project()
        person = self.as_user(self.sub, "sales", "res.partner").create({"name": "Wiebke Harms"})
        holder = self.as_user(self.sub, "delivery", "governance.stakeholder").create(
            {
                "project_id": project.id,
                "partner_id": person.id,
                "role": "sponsor",
                "accountable_for": "Budget",
            }
        )
        self.assertEqual(holder.program_node_id, self.sub)
        self.assertIn(holder, project.stakeholder_ids)

    def test_the_load_shows_who_is_the_only_one(self):
        """PG-131, PG-148: sole without a second person or stand-in; key above the limit."""
        self.root.key_person_limit = 1
        first, second = self.user(self.sub, "delivery"), self.user(self.sub, "manager")
        one, two = self.project(), self.project(self.won())
        seats = (one | two).staffing_ids
        seats.user_id = first
        self.assertEqual(len(seats), 4)
        self.env["governance.staffing"].create(
            {"project_id": one.id, "role_id": seats[0].role_id.id, "user_id": second.id}
        )
        seats.filtered(lambda seat: seat.project_id == two)[0].deputy_id = second
        loads = self.as_user(self.sub, "manager", "governance.staffing.load").search([])
        self.assertEqual(
            [
                (load.user_id, load.projects, load.seats, load.sole, load.share, load.is_key)
                for load in loads
            ],
            [(first, 2, 4, 2, 80.0, True), (second, 1, 1, 0, 20.0, False)],
        )
        self.root.key_person_limit = 2
        self.env.invalidate_all()
        self.assertFalse(loads[0].is_key)
        foreign = self.as_user(self.stranger, "manager", "governance.staffing.load")
        self.assertFalse(foreign.search([]))

    def test_a_deviation_becomes_one_risk_of_the_records_owner(self):
        """PG-119: recorded for the deal's node, once, with an owner and a day."""
        deal = self.deal(self.sub, answers=SIMPLE)
        Risk = self.as_user(self.master, "manager", "governance.risk")
        risk = Risk._from_deviation(deal, "Two warehouses in one company", "Asked by the customer")
        again = Risk._from_deviation(deal, "Two warehouses in one company", "Once more")
        self.assertEqual(risk, again)
        self.assertEqual((risk.program_node_id, risk.source), (self.sub, "deviation"))
        self.assertEqual(risk.review_date, fields.Date.today() + timedelta(days=30))

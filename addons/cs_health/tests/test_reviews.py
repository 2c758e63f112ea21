from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import format_date

from .common import GO_LIVE, HealthCase


class TestReviews(HealthCase):
    """CS-002: three dated reviews after go-live; CS-005: then by the cadence."""

    def dates(self, account, state="planned"):
        return {
            review.kind: review.planned_date
            for review in account.review_ids
            if review.state == state
        }

    def expected(self, go_live):
        return {str(days): go_live + timedelta(days=days) for days in (30, 90, 180)}

    def test_go_live_makes_the_account_and_three_reviews(self):
        """CS-002, CS-059: the button on the tenant is enough."""
        tenant = self.tenant(self.sub)
        self.assertFalse(tenant.cs_account_ids)
        tenant.with_user(self.user(self.sub, "delivery")).action_go_live()
        account = tenant.cs_account_ids
        self.assertEqual(account.stage, "adoption")
        self.assertEqual(account.program_node_id, self.sub)
        self.assertEqual(account.go_live, fields.Date.today())
        self.assertEqual(self.dates(account), self.expected(fields.Date.today()))

    def test_setting_the_date_plans_before_the_tenant_is_live(self):
        """CS-002: a go-live that is agreed on has its reviews; the stage waits for the day."""
        tenant = self.tenant(self.sub)
        tenant.go_live_date = GO_LIVE
        account = tenant.cs_account_ids
        self.assertEqual(account.stage, "implementation")
        self.assertEqual(self.dates(account), self.expected(GO_LIVE))
        tenant.action_go_live()
        self.assertEqual(tenant.cs_account_ids, account)
        self.assertEqual(account.stage, "adoption")
        self.assertEqual(len(account.review_ids), 3)

    def test_a_tenant_made_with_a_date_has_reviews(self):
        """CS-002: the same by import."""
        tenant = self.tenant(self.sub, go_live_date=GO_LIVE)
        self.assertEqual(self.dates(tenant.cs_account_ids), self.expected(GO_LIVE))

    def test_moving_go_live_moves_what_is_not_held(self):
        """CS-002: the held review stays on its day, the others move, the log says so."""
        account = self.account(self.sub)
        first = account.review_ids.filtered(lambda review: review.kind == "30")
        first.outcome = "on_track"
        with freeze_time(date(2026, 2, 6)):
            first.action_hold()
        moved = GO_LIVE + timedelta(days=14)
        account.tenant_id.with_user(self.user(self.sub, "delivery")).go_live_date = moved
        self.assertEqual(first.planned_date, GO_LIVE + timedelta(days=30))
        self.assertEqual(first.state, "held")
        expected = self.expected(moved)
        expected.pop("30")
        self.assertEqual(self.dates(account), expected)
        self.assertIn(format_date(self.env, moved), account.message_ids[0].body)

    def test_the_same_date_again_moves_nothing(self):
        """CS-002: a review that a person has shifted stays until the go-live moves."""
        account = self.account(self.sub)
        first = account.review_ids.sorted("planned_date")[0]
        first.with_user(self.user(self.sub, "delivery")).planned_date = date(2026, 2, 9)
        account.tenant_id.go_live_date = GO_LIVE
        self.assertEqual(first.planned_date, date(2026, 2, 9))
        account.tenant_id.go_live_date = GO_LIVE + timedelta(days=1)
        self.assertEqual(first.planned_date, GO_LIVE + timedelta(days=31))

    def test_no_go_live_cancels_and_a_new_one_plans_again(self):
        """CS-002: taken back and set again."""
        account = self.account(self.sub)
        account.tenant_id.go_live_date = False
        self.assertFalse(self.dates(account))
        account.tenant_id.go_live_date = GO_LIVE
        self.assertEqual(self.dates(account), self.expected(GO_LIVE))

    def test_what_a_person_cancelled_does_not_come_back(self):
        """CS-002: moving the go-live respects a decision."""
        account = self.account(self.sub)
        account.review_ids.filtered(lambda review: review.kind == "90").action_cancel()
        account.tenant_id.go_live_date = GO_LIVE + timedelta(days=7)
        self.assertEqual(set(self.dates(account)), {"30", "180"})

    def test_a_review_is_held_once_with_an_outcome(self):
        """CS-002: a review is a record with a result; nobody sets its state by hand."""
        review = self.account(self.sub).review_ids[0]
        person = review.with_user(self.user(self.sub, "delivery"))
        with self.assertRaises(UserError):
            person.action_hold()
        with self.assertRaises(UserError):
            person.write({"state": "held"})
        person.outcome = "attention"
        person.action_hold()
        self.assertEqual(review.state, "held")
        self.assertEqual(review.held_by_id, person.env.user)
        for refused in (person.action_hold, person.action_cancel):
            with self.assertRaises(UserError):
                refused()
        with self.assertRaises(UserError):
            person.planned_date = date(2027, 1, 1)

    def test_the_cadence_goes_on(self):
        """CS-005: after the last of the three, one more every three months."""
        account = self.account(self.sub)
        for review in account.review_ids:
            review.outcome = "on_track"
            with freeze_time(review.planned_date):
                review.action_hold()
        self.assertEqual(self.dates(account), {"regular": date(2026, 10, 4)})

    def test_overdue_reviews_are_found(self):
        """CS-052: the partner manager sees what should have been held."""
        account = self.account(self.sub)
        with freeze_time(date(2026, 4, 20)):
            Review = self.as_user(self.sub, "manager", "cs.review")
            overdue = Review.search([("is_overdue", "=", True)])
            self.assertEqual(set(overdue.mapped("kind")), {"30", "90"})
            self.assertEqual(account.next_review_date, GO_LIVE + timedelta(days=30))

    def test_a_customer_who_left_is_not_reviewed(self):
        """CS-002: termination cancels what was planned and keeps what was held."""
        account = self.account(self.sub)
        account.tenant_id.state = "terminated"
        self.assertFalse(self.dates(account))
        self.assertFalse(account.active)


class TestOwners(HealthCase):
    """CS-050: every live customer has an owner and a backup."""

    def test_the_person_in_charge_is_the_owner(self):
        account = self.account(self.sub)
        self.assertEqual(account.user_id, self.user(self.sub, "delivery"))
        self.assertEqual(account.backup_id, self.user(self.sub, "manager"))

    def test_a_foreigner_in_charge_is_not(self):
        """CS-050: the tenant was made by somebody else; the owner works for its partner."""
        account = self.account(self.sub, user_id=self.user(self.master, "delivery").id)
        self.assertEqual(account.user_id, self.user(self.sub, "manager"))

    def test_a_partner_without_people_is_looked_after_by_its_upline(self):
        node = self.node("Empty", "resale", upline=self.master)
        node.user_ids.active = False
        account = self.account(node, user_id=False)
        self.assertEqual(account.user_id, self.user(self.master, "manager"))

    def test_who_leaves_hands_over(self):
        account = self.account(self.sub)
        backup = account.backup_id
        account.user_id.active = False
        self.assertEqual(account.user_id, backup)
        backup.active = False
        self.assertEqual(account.user_id, self.user(self.master, "manager"))

    def test_live_tenants_from_before_get_theirs(self):
        """CS-050: also those that went live another way."""
        tenant = self.tenant(self.sub)
        tenant.state = "live"
        self.env["hosting.tenant"]._cs_ensure_live()
        self.assertTrue(tenant.cs_account_ids.user_id)

    def test_owner_and_backup_differ(self):
        account = self.account(self.sub)
        with self.assertRaises(UserError):
            account.backup_id = account.user_id

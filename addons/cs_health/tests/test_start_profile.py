from datetime import date, timedelta

from .common import HealthCase

DAY = date(2026, 3, 2)


class TestStartProfile(HealthCase):
    """CS-053: the shipped profile is useful with nothing connected."""

    def test_day_one_has_a_score(self):
        account = self.account(self.sub, go_live=DAY)
        account._score(DAY)
        self.assertEqual(account.profile_id, self.env.ref("cs_health.profile_start"))
        self.assertEqual(account.band, "green")
        self.assertGreaterEqual(account.coverage, 0.6)
        self.assertLess(account.coverage, 0.7)
        self.assertFalse(account.expansion_ready)
        part = account.contribution_ids.filtered(lambda part: part.metric_id.code == "availability")
        self.assertEqual(part.state, "missing")

    def test_a_customer_nobody_talks_to_falls(self):
        """CS-017: forgotten reviews and silence bring it to the list."""
        account = self.account(self.sub, go_live=DAY)
        for days in (120, 121, 122):
            account._score(DAY + timedelta(days=days))
        self.assertIn(account.band, ("amber", "red"))
        listed = self.as_user(self.sub, "manager", "cs.account").search([("band", "!=", "green")])
        self.assertIn(account, listed)

    def test_a_suspended_tenant_is_at_risk_at_once(self):
        account = self.account(self.sub, go_live=DAY)
        account._score(DAY)
        account.tenant_id.state = "suspended"
        account._score(DAY + timedelta(days=1))
        self.assertEqual(account.band, "red")
        self.assertEqual(account.stops, "service_up")

    def test_overdue_tasks_count(self):
        """CS-007: tasks on the customer and on its tenant; not those that a bad score made."""
        account = self.account(self.sub, go_live=DAY)
        for record, kind in (
            (account, "mail.mail_activity_data_todo"),
            (account.tenant_id, "mail.mail_activity_data_todo"),
            (account, "cs_health.activity_at_risk"),
        ):
            record.activity_schedule(kind, date_deadline=DAY, user_id=account.user_id.id)
        account._score(DAY + timedelta(days=1))
        part = account.contribution_ids.filtered(
            lambda part: part.metric_id.code == "overdue_tasks"
        )
        self.assertEqual(part.value, 2)
        self.assertEqual(part.score, 65)
        self.assertEqual(part.value_text, "2 tasks")

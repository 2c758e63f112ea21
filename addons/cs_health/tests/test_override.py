from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from .common import HealthCase


class TestOverride(HealthCase):
    """A judgement beside the computed band, with a reason, a person and an end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.nordwind = cls.account(cls.sub, go_live=cls.today)
        cls.nordwind._score(cls.today)

    def wizard(self, role="manager", **values):
        return self.as_user(self.sub, role, "cs.override").create(
            {
                "account_id": self.nordwind.id,
                "band": "red",
                "reason": "They asked for the exit plan",
                **values,
            }
        )

    def test_an_override_is_shown_and_ends_by_itself(self):
        self.assertEqual(self.nordwind.band, "green")
        self.wizard(until=self.today + timedelta(days=5)).action_apply()
        self.assertEqual(self.nordwind.band, "red")
        self.assertEqual(self.nordwind.computed_band, "green")
        self.assertEqual(self.nordwind.override_user_id, self.user(self.sub, "manager"))
        self.nordwind._score(self.today + timedelta(days=5))
        self.assertEqual(self.nordwind.band, "red")
        self.assertEqual(self.nordwind.snapshot_id.computed_band, "green")
        self.nordwind._score(self.today + timedelta(days=6))
        self.assertEqual(self.nordwind.band, "green")
        self.assertFalse(self.nordwind.override_band)

    def test_it_is_in_the_audit_trail(self):
        self.wizard().action_apply()
        event = self.env["governance.event"].search([("kind", "=", "health_override")], limit=1)
        self.assertEqual(event.new_value, "red")
        self.assertEqual(event.reason, "They asked for the exit plan")

    def test_what_is_refused(self):
        for values in (
            {"reason": "  "},
            {"until": self.today + timedelta(days=91)},
            {"until": self.today - timedelta(days=1)},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.wizard(**values).action_apply()

    def test_only_those_who_may_work_on_it(self):
        with self.assertRaises(UserError):
            self.wizard(role="sales").action_apply()
        with self.assertRaises(UserError):
            self.as_user(self.stranger, "manager", "cs.override").create(
                {"account_id": self.nordwind.id, "band": "green", "reason": "Nothing to see"}
            )

    def test_it_can_be_taken_back(self):
        self.wizard().action_apply()
        self.nordwind.with_user(self.user(self.sub, "delivery")).action_end_override()
        self.assertEqual(self.nordwind.band, "green")

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import BlueprintCase


class TestBlueprintDrift(BlueprintCase):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.apply().state, "done")

    def rename(self, name="Bremen Nord"):
        self.odoo.by_hand("stock.warehouse", self.id_of("wh_bremen"), name=name)

    def check(self):
        self.acme.with_user(self.user(self.sub, "delivery")).action_check_drift()
        return self.connection.drift_ids

    def accept(self, drift, until=None, user=None):
        user = user or self.user(self.sub, "delivery")
        action = drift.with_user(user).action_accept()
        wizard = self.env[action["res_model"]].with_user(user).with_context(action["context"])
        values = {"reason": "The customer wants it so"}
        if until:
            values["until"] = until
        wizard.create(values).action_accept()

    def test_rename_is_one_finding_with_who(self):
        """D-04: found by external id, attributed, no second record on the next apply."""
        self.assertFalse(self.check())
        self.rename()
        drift = self.check()
        self.assertEqual(
            (drift.key, drift.field_name, drift.before, drift.after, drift.state),
            ("wh_bremen", "name", "Bremen", "Bremen Nord", "open"),
        )
        self.assertTrue(drift.who)
        self.assertTrue(drift.changed_at)
        self.assertEqual(self.acme.drift_count, 1)
        self.check()
        self.assertEqual(len(self.connection.drift_ids), 1)
        self.assertEqual(self.apply().state, "done")
        self.assertEqual(len(self.odoo.rows("stock.warehouse")), 2)

    def test_set_back_drift_is_gone(self):
        """D-04: approved, set back, and off the list."""
        self.rename()
        drift = self.check()
        plan = self.plan()
        plan.line_ids.filtered("needs_approval").with_user(
            self.user(self.sub, "delivery")
        ).action_approve()
        self.assertEqual(self.apply(plan).state, "done")
        self.check()
        self.assertEqual(drift.state, "gone")

    def test_accepted_drift_is_silent_until_its_day(self):
        """D-04: an exception has a reason, an owner and a last day; then it is open again."""
        self.rename()
        drift = self.check()
        self.accept(drift)
        self.assertEqual(drift.state, "accepted")
        self.assertEqual(drift.accept_owner_id, self.user(self.sub, "delivery"))
        self.assertEqual(self.plan().state, "empty")
        self.check()
        self.assertEqual(drift.state, "accepted")
        drift.accepted_until = fields.Date.today() - timedelta(days=1)
        self.check()
        self.assertEqual(drift.state, "open")
        self.assertEqual(self.plan().state, "open")

    def test_exception_needs_a_day_within_reach(self):
        self.rename()
        drift = self.check()
        for days in (-1, 400):
            with self.assertRaisesRegex(UserError, "a year"):
                self.accept(drift, fields.Date.today() + timedelta(days=days))

    def test_deleted_on_the_tenant(self):
        """D-05: a business record is asked about, a technical one made again unasked."""
        self.odoo.remove_by_hand("stock.warehouse", self.id_of("wh_bremen"))
        self.odoo.remove_by_hand("stock.warehouse", self.id_of("wh_hamburg"))
        found = {drift.key: drift.reason for drift in self.check()}
        self.assertEqual(found["wh_hamburg"], "deleted_on_tenant")
        actions = {line.key: line.action for line in self.plan().line_ids}
        self.assertEqual((actions["wh_bremen"], actions["wh_hamburg"]), ("create", "ask"))

    def test_daily_check(self):
        """D-04: every tenant once a day; one that does not answer keeps its reason."""
        self.rename()
        cron = self.env.ref("distribution_blueprints.cron_drift")
        with self.enter_registry_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.env.invalidate_all()
        self.assertEqual(self.connection.drift_count, 1)
        self.connection.drift_checked_at = False
        self.transport.down = True
        with self.enter_registry_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.env.invalidate_all()
        self.assertTrue(self.connection.drift_error)
        self.assertTrue(self.connection.drift_checked_at)
        self.assertEqual(self.connection.drift_count, 1)

    def test_who_may(self):
        """X-05: strangers see no drift, sales accept none."""
        self.rename()
        drift = self.check()
        self.assertFalse(self.as_user(self.stranger, "manager", "blueprint.drift").search([]))
        self.assertTrue(self.as_user(self.sub, "sales", "blueprint.drift").search([]))
        with self.assertRaises(AccessError):
            drift.with_user(self.user(self.sub, "sales"))._accept(
                "no", self.user(self.sub, "sales"), fields.Date.today()
            )
        with self.assertRaises(AccessError):
            self.accept(drift, user=self.user(self.stranger, "delivery"))

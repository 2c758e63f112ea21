from odoo.exceptions import UserError, ValidationError

from .common import HealthCase


class TestProfile(HealthCase):
    """CS-010: one way of scoring, versioned and frozen."""

    def test_a_released_version_is_frozen(self):
        profile = self.four_dimensions()
        doors = (
            lambda: profile.write({"min_coverage": 0.1}),
            lambda: profile.line_ids[0].write({"weight": 9}),
            lambda: profile.line_ids[0].unlink(),
            lambda: profile.write({"line_ids": [(5,)]}),
            lambda: profile.unlink(),
            lambda: self.env["cs.profile.line"].create(
                {"profile_id": profile.id, "metric_id": self.metric("late").id}
            ),
        )
        for door in doors:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                door()

    def test_a_changed_metric_does_not_reach_a_released_version(self):
        profile = self.four_dimensions()
        metric = self.metrics["adoption"]
        metric.points = "0=0; 10=100"
        line = profile.line_ids.filtered(lambda line: line.metric_id == metric)
        self.assertEqual(line.points, "0=0; 100=100")

    def test_a_new_version_retires_the_old_one(self):
        profile = self.four_dimensions()
        draft = self.env["cs.profile"].browse(profile.action_new_version()["res_id"])
        self.assertEqual((draft.version, draft.state, len(draft.line_ids)), (2, "draft", 4))
        draft.line_ids[0].weight = 5
        draft.action_release()
        self.assertEqual(profile.state, "retired")
        with self.assertRaises(UserError):
            draft.action_release()

    def test_the_highest_priority_wins(self):
        """CS-010: never the one that was made last."""
        account = self.account(self.sub)
        first = self.four_dimensions()
        self.profile({self.metrics["adoption"]: 1}, code="later", priority=1)
        account._score()
        self.assertEqual(account.profile_id, first)

    def test_a_profile_of_a_stage_judges_that_stage(self):
        account = self.account(self.sub)
        metric = self.metric("renewing")
        profile = self.profile({metric: 1}, stage="renewal")
        account._score()
        self.assertNotEqual(account.profile_id, profile)
        account.stage = "renewal"
        account._score()
        self.assertEqual(account.profile_id, profile)

    def test_errors_name_the_metric_and_the_fix(self):
        """Bad points, one by one."""
        for points, text in (
            ("0=100", "at least two points"),
            ("0=0; x=100", "cannot be read"),
            ("5=0; 1=100", "must rise"),
            ("0=0; 1=200", "from 0 to 100"),
            ("0=100; 1=0", "direction"),
            ("0=0; NaN=1", "cannot be read"),
        ):
            with self.subTest(points), self.assertRaisesRegex(ValidationError, text):
                with self.env.cr.savepoint():
                    self.metric("bad", points=points)

    def test_a_profile_needs_metrics_and_ordered_bands(self):
        with self.assertRaisesRegex(UserError, "at least one metric"):
            self.profile({self.metric("more", "expansion"): 1})
        with self.assertRaisesRegex(ValidationError, "must rise"):
            self.profile({self.metric("one"): 1}, code="bands", red_leave=80)

    def test_partner_staff_read_and_do_not_write(self):
        """CS-010: settings of the platform administrator."""
        profile = self.env.ref("cs_health.profile_start")
        person = profile.with_user(self.user(self.sub, "manager"))
        self.assertTrue(person.line_ids.mapped("points"))
        with self.assertRaises(UserError):
            person.action_new_version()
        with self.assertRaises(UserError):
            self.as_user(self.sub, "manager", "cs.metric").create(
                {"code": "mine", "name": "Mine", "dimension": "adoption"}
            )

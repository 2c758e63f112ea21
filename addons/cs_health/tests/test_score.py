from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import UserError

from .common import HealthCase

DAY = date(2026, 3, 2)


def total(parts, name):
    """An exact sum of two-decimal columns."""
    return sum((Decimal(str(value)) for value in parts.mapped(name)), Decimal(0))


class TestScore(HealthCase):
    """CS-006 to CS-010: scores that explain themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.four = cls.four_dimensions()
        cls.nordwind = cls.account(cls.sub)

    def score(self, account=None, day=DAY):
        account = account or self.nordwind
        account._score(day)
        return account.snapshot_id

    def check_sums(self, snapshot):
        parts = snapshot.contribution_ids
        self.assertEqual(total(parts, "points"), Decimal(str(snapshot.score)))
        self.assertEqual(total(parts, "change"), Decimal(str(snapshot.change)))

    def test_four_dimensions_from_0_to_100(self):
        """CS-006, CS-007, CS-008, CS-009: each dimension has its own score."""
        self.sample_all(self.nordwind, DAY, adoption=80, support=4, infrastructure=95, expansion=30)
        snapshot = self.score()
        self.assertEqual(snapshot.adoption_score, 80)
        self.assertEqual(snapshot.support_score, 60)
        self.assertEqual(snapshot.infrastructure_score, 95)
        self.assertEqual(snapshot.expansion_score, 30)
        self.assertEqual(snapshot.coverage, 1)

    def test_values_beyond_the_points_stay_within_0_and_100(self):
        """CS-006 to CS-009: no value leaves the scale."""
        self.sample_all(
            self.nordwind, DAY, adoption=400, support=99, infrastructure=-5, expansion=1000
        )
        snapshot = self.score()
        self.assertEqual(snapshot.adoption_score, 100)
        self.assertEqual(snapshot.support_score, 0)
        self.assertEqual(snapshot.infrastructure_score, 0)
        self.assertEqual(snapshot.expansion_score, 100)

    def test_contributions_sum_to_the_score(self):
        """CS-006: weighted 2:1:1, with thirds that do not divide; expansion adds nothing."""
        self.sample_all(
            self.nordwind, DAY, adoption=33.33, support=3.3333, infrastructure=66.67, expansion=90
        )
        snapshot = self.score()
        self.check_sums(snapshot)
        expansion = snapshot.contribution_ids.filtered(lambda part: part.dimension == "expansion")
        self.assertFalse(expansion.points)
        self.assertTrue(expansion.dimension_points)
        self.assertEqual(snapshot.change, 0)

    def test_changes_sum_to_the_change(self):
        """CS-006: why it fell, metric by metric, and the log says so."""
        self.sample_all(
            self.nordwind, DAY, adoption=90, support=1, infrastructure=100, expansion=10
        )
        first = self.score()
        later = DAY + timedelta(days=1)
        self.sample(self.nordwind, self.metrics["support"], 9, later)
        self.sample(self.nordwind, self.metrics["adoption"], 91.37, later)
        second = self.score(day=later)
        self.check_sums(second)
        self.assertEqual(
            Decimal(str(second.change)), Decimal(str(second.score)) - Decimal(str(first.score))
        )
        self.assertEqual(self.nordwind.change, second.change)

    def test_scoring_a_day_again_changes_nothing(self):
        """CS-010: no second row, no second step of patience, the same change."""
        self.sample_all(
            self.nordwind, DAY, adoption=90, support=1, infrastructure=100, expansion=10
        )
        self.score()
        later = DAY + timedelta(days=1)
        self.sample_all(
            self.nordwind, later, adoption=10, support=9, infrastructure=40, expansion=10
        )
        first = self.score(day=later)
        kept = first.read(["score", "change", "band", "pending_band", "pending_runs"])
        again = self.score(day=later)
        self.assertEqual(first, again)
        self.assertEqual(
            again.read(["score", "change", "band", "pending_band", "pending_runs"]), kept
        )
        self.assertEqual(len(again.contribution_ids), 4)
        self.check_sums(again)

    def test_a_metric_that_a_new_version_drops_explains_its_part(self):
        """CS-010: another profile version, and the change still adds up."""
        self.sample_all(self.nordwind, DAY, adoption=90, support=1, infrastructure=50, expansion=10)
        self.score()
        draft = self.env["cs.profile"].browse(self.four.action_new_version()["res_id"])
        draft.line_ids.filtered(
            lambda line: line.metric_id == self.metrics["infrastructure"]
        ).unlink()
        draft.action_release()
        snapshot = self.score(day=DAY + timedelta(days=1))
        self.assertEqual(snapshot.profile_version, 2)
        self.check_sums(snapshot)
        dropped = snapshot.contribution_ids.filtered(lambda part: part.state == "dropped")
        self.assertEqual(dropped.metric_id, self.metrics["infrastructure"])
        self.assertLess(dropped.change, 0)

    def test_too_little_data_is_never_green(self):
        """CS-053: the best values there are, but half of the weight is unknown."""
        self.sample_all(self.nordwind, DAY, adoption=100)
        snapshot = self.score()
        self.assertEqual(snapshot.score, 100)
        self.assertEqual(snapshot.coverage, 0.5)
        self.assertEqual(snapshot.band, "insufficient")
        self.assertEqual(self.nordwind.band, "insufficient")
        states = set(
            snapshot.contribution_ids.filtered(lambda part: not part.points).mapped("state")
        )
        self.assertEqual(states, {"unknown"})

    def test_nothing_known_has_no_score(self):
        """CS-053: no score is not a score of 0."""
        snapshot = self.score()
        self.assertFalse(snapshot.has_score)
        self.assertEqual(snapshot.band, "insufficient")

    def test_old_values_fade_and_then_count_as_missing(self):
        """CS-053: 30 days valid, 30 more towards 50, then gone."""
        self.sample_all(
            self.nordwind, DAY, adoption=100, support=0, infrastructure=100, expansion=50
        )
        snapshot = self.score(day=DAY + timedelta(days=45))
        self.assertEqual(snapshot.adoption_score, 75)
        self.assertEqual(set(snapshot.contribution_ids.mapped("state")), {"ageing"})
        snapshot = self.score(day=DAY + timedelta(days=61))
        self.assertEqual(set(snapshot.contribution_ids.mapped("state")), {"old"})
        self.assertFalse(snapshot.has_score)

    def test_a_sample_of_a_later_day_is_not_known_yet(self):
        """CS-010: a day is scored from what was known on it."""
        self.sample(self.nordwind, self.metrics["adoption"], 10, DAY + timedelta(days=1))
        self.sample_all(self.nordwind, DAY, adoption=90, support=1, infrastructure=50, expansion=10)
        self.assertEqual(self.score().adoption_score, 90)

    def test_same_inputs_same_score_for_two_partners(self):
        """CS-010: standardised; the version is printed on the snapshot."""
        other = self.account(self.stranger, name="Vinos del Sur")
        snapshots = self.env["cs.snapshot"]
        for account in (self.nordwind, other):
            self.sample_all(
                account, DAY, adoption=71.3, support=2.2, infrastructure=98.6, expansion=42
            )
            snapshots |= self.score(account)
        self.assertEqual(len(set(snapshots.mapped("score"))), 1)
        self.assertEqual(len(set(snapshots.mapped("band"))), 1)
        self.assertEqual(snapshots.profile_id, self.four)
        self.assertEqual(set(snapshots.mapped("profile_version")), {1})

    def test_a_new_band_must_be_asked_for_twice(self):
        """CS-010: one bad day is no alarm, two are; the log names the causes."""
        good = {"adoption": 90, "support": 1, "infrastructure": 95, "expansion": 50}
        bad = {"adoption": 5, "support": 9, "infrastructure": 40, "expansion": 50}
        self.sample_all(self.nordwind, DAY, **good)
        self.score()
        self.assertEqual(self.nordwind.band, "green")
        self.sample_all(self.nordwind, DAY + timedelta(days=1), **bad)
        self.score(day=DAY + timedelta(days=1))
        self.assertEqual(self.nordwind.band, "green")
        self.assertEqual(self.nordwind.snapshot_id.pending_band, "red")
        self.score(day=DAY + timedelta(days=2))
        self.assertEqual(self.nordwind.band, "red")
        self.assertIn("from Healthy to At risk", self.nordwind.message_ids[0].body)

    def test_a_customer_at_risk_is_one_task_of_its_owner(self):
        """CS-017: one open task, however often it is scored."""
        self.sample_all(self.nordwind, DAY, adoption=5, support=9, infrastructure=4, expansion=5)
        for days in range(3):
            self.score(day=DAY + timedelta(days=days))
        kind = self.env.ref("cs_health.activity_at_risk")
        tasks = self.nordwind.activity_ids.filtered(lambda task: task.activity_type_id == kind)
        self.assertEqual(len(tasks), 1)
        self.assertEqual(tasks.user_id, self.nordwind.user_id)

    def test_a_hard_stop_names_itself_and_acts_at_once(self):
        """CS-010: a good score does not outweigh an open urgent case."""
        self.metrics["support"].write({"stop_when": "at_least", "stop_value": 5})
        self.sample_all(
            self.nordwind, DAY, adoption=100, support=1, infrastructure=100, expansion=50
        )
        self.score()
        self.assertEqual(self.nordwind.band, "green")
        self.sample(self.nordwind, self.metrics["support"], 6, DAY + timedelta(days=1))
        snapshot = self.score(day=DAY + timedelta(days=1))
        self.assertEqual(self.nordwind.band, "red")
        self.assertEqual(snapshot.stops, "t_support")

    def test_ready_for_more_only_when_healthy(self):
        """CS-009, CS-018: expansion is an offer to a healthy customer."""
        self.sample_all(self.nordwind, DAY, adoption=90, support=0, infrastructure=95, expansion=80)
        self.score()
        self.assertTrue(self.nordwind.expansion_ready)
        other = self.account(self.sub, name="Suedwind")
        self.sample_all(other, DAY, adoption=50, support=5, infrastructure=50, expansion=80)
        self.score(other)
        self.assertFalse(other.expansion_ready)

    def test_nobody_writes_a_score(self):
        """CS-010: a score comes from a scoring."""
        person = self.nordwind.with_user(self.user(self.sub, "manager"))
        for values in ({"score": 99}, {"computed_band": "green"}, {"override_band": "green"}):
            with self.subTest(values), self.assertRaises(UserError):
                person.write(values)

    def test_score_now_by_the_people_of_the_partner(self):
        """CS-006: the button on the customer."""
        self.nordwind.with_user(self.user(self.sub, "delivery")).action_score_now()
        self.assertTrue(self.nordwind.snapshot_id)
        self.assertIn('"key"', self.nordwind.history)

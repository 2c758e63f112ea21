from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from .common import HealthCase


class TestSample(HealthCase):
    """Measurements count once, whoever sends them how often."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nordwind = cls.account(cls.sub)
        cls.one = cls.metric("one")

    def row(self, **values):
        return {
            "account_id": self.nordwind.id,
            "metric": "one",
            "value": 5,
            "observed_at": datetime(2026, 2, 1, 8),
            "source": "tenant",
            "external_id": "a",
            **values,
        }

    def test_a_replay_changes_nothing(self):
        record = self.env["cs.sample"]._record
        rows = [self.row(), self.row(), self.row(external_id="b", value=6)]
        self.assertEqual(record(rows)["stored"], 2)
        again = record(rows)
        self.assertEqual((again["stored"], again["known"]), (0, 2))
        self.assertFalse(again["conflicts"])

    def test_another_value_under_a_known_number_is_told(self):
        record = self.env["cs.sample"]._record
        record([self.row()])
        answer = record([self.row(value=7), self.row(metric="nobody_knows", external_id="c")])
        self.assertEqual([row["value"] for row in answer["conflicts"]], [7])
        self.assertEqual(answer["unknown"], ["nobody_knows"])
        self.assertEqual(self.env["cs.sample"].search([("metric_id", "=", self.one.id)]).value, 5)

    def test_the_database_refuses_the_second(self):
        values = {
            "account_id": self.nordwind.id,
            "metric_id": self.one.id,
            "value": 1,
            "source": "tenant",
            "external_id": "x",
        }
        self.env["cs.sample"].create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.env["cs.sample"].create(values)

    def test_the_future_is_refused(self):
        with self.assertRaises(ValidationError):
            self.env["cs.sample"]._record(
                [self.row(observed_at=fields.Datetime.now() + timedelta(days=2))]
            )

    def test_something_new_asks_for_a_score(self):
        self.nordwind._score()
        self.assertTrue(self.nordwind.scored_on)
        self.as_user(self.sub, "delivery", "cs.sample").create(
            {"account_id": self.nordwind.id, "metric_id": self.one.id, "value": 3}
        )
        self.assertFalse(self.nordwind.scored_on)

from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from ..models import cs_account_score
from .common import HealthCase


class TestCron(HealthCase):
    """Scoring everybody: in batches, set-wise, going on where it stopped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cs.account"].search([]).active = False

    def many(self, count, first=0):
        node = self.sub
        tenants = self.env["hosting.tenant"].create(
            [
                {
                    "name": f"Customer {first + number}",
                    "program_node_id": node.id,
                    "user_id": self.user(node, "delivery").id,
                    "state": "live",
                    "go_live_date": fields.Date.today(),
                }
                for number in range(count)
            ]
        )
        return tenants.cs_account_ids

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.assertIs(self.env.ref("cs_health.cron_score").method_direct_trigger(), True)
        self.env.invalidate_all()

    def test_the_cron_scores_everybody_in_batches(self):
        accounts = self.many(5)
        late = self.tenant(self.sub, "Went live by import")
        late.state = "live"
        with patch.object(cs_account_score, "BATCH", 2):
            self.run_cron()
        accounts |= late.cs_account_ids
        self.assertEqual(len(accounts), 6)
        self.assertEqual(set(accounts.mapped("scored_on")), {fields.Date.today()})
        self.assertTrue(all(account.snapshot_id for account in accounts))

    def test_a_second_run_scores_what_is_new_alone(self):
        accounts = self.many(2)
        self.run_cron()
        metric = self.env.ref("cs_health.metric_process_coverage")
        self.sample(accounts[0], metric, 20, fields.Date.today())
        with patch.object(
            type(accounts), "_score", autospec=True, side_effect=type(accounts)._score
        ) as score:
            self.run_cron()
        self.assertEqual([call.args[0].ids for call in score.call_args_list], [accounts[0].ids])
        self.assertGreater(accounts[0].coverage, accounts[1].coverage)

    @mute_logger("odoo.addons.cs_health.models.cs_account_score")
    def test_one_that_fails_does_not_stop_the_others(self):
        accounts = self.many(3)
        bad = accounts[1]
        scored = type(accounts)._score

        def failing(self, day=None):
            if bad in self:
                raise ZeroDivisionError
            return scored(self, day)

        with patch.object(type(accounts), "_score", failing):
            self.run_cron()
        self.assertTrue(bad.score_error)
        self.assertFalse(bad.snapshot_id)
        self.assertTrue(all(account.snapshot_id for account in accounts - bad))

    def queries(self, accounts):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        accounts._score()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_the_number_of_queries_does_not_grow_with_the_accounts(self):
        """Scale: forty accounts cost what ten cost, but for the ORM's batches of inserts."""
        few, many = self.many(10), self.many(40, first=10)
        self.queries(self.many(1, first=50))
        first = self.queries(few), self.queries(many)
        again = self.queries(few), self.queries(many)
        for small, large in (first, again):
            self.assertLessEqual(large, small + 12, (first, again))

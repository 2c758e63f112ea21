import gc
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import DiskFull

from odoo.tools import mute_logger

from .common import BillingCase

LOG = "odoo.addons.tenant_billing.models.billing_run_watch"


class Killed(BaseException):
    """Stands for a worker that is gone at once: nothing of its transaction is left."""


class TestRunWatch(BillingCase):
    """R-03, R-10, R-13: a run that is broken off goes on, and people hear of one that does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.group_ids |= cls.env.ref("partner_governance.group_platform_administrator")
        cls.first = cls.subscription(company="First")
        cls.second = cls.subscription(company="Second")

    def setUp(self):
        super().setUp()
        self.billing = self.env["billing.run"]._open("2026-02-01")
        self.billing.by_clock = True

    def pick_up(self, killed_by=(), calls=None, left=60):
        """The scheduler takes the run up; the worker is killed over some subscriptions."""
        Subscription = type(self.first)
        book = Subscription._book

        def dying(subscriptions, run):
            if calls is not None:
                calls.append(subscriptions)
            if subscriptions & self.env["billing.subscription"].union(*killed_by):
                raise Killed
            return book(subscriptions, run)

        Cron = type(self.env["ir.cron"])
        progress = lambda _cron, done=0, remaining=None, **_more: left  # noqa: E731
        with (
            patch.object(Subscription, "_book", dying),
            patch.object(Cron, "_commit_progress", progress),
        ):
            try:
                self.env["billing.run"]._cron()
            except Killed:
                return False
        return True

    def test_progress_is_committed_before_any_work(self):
        """R-03: core puts off a job killed three times before its first commit; ours has one."""
        done = []
        progress = lambda _cron, count=0, **_more: done.append(count) or 0  # noqa: E731
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", progress):
            self.env["billing.run"]._cron()
        self.assertEqual(done[0], 1)
        self.assertEqual(self.billing.state, "book")

    def test_a_worker_out_of_time_stops(self):
        """R-10: told that no time is left, it stops after one batch; the next one goes on."""
        self.assertTrue(self.pick_up(left=0))
        self.assertEqual(self.billing.state, "book")
        for _time in range(20):
            self.pick_up(left=0)
        self.assertEqual((self.billing.state, self.billing.attempts), ("done", 0))

    def test_what_kills_the_worker_is_parked_in_the_end(self):
        """R-03, R-10: portions shrink, the desk is told once, the culprit is parked, the rest is
        billed."""
        calls, before = [], self.env["mail.message"].search_count([])
        with mute_logger(LOG):
            for _time in range(30):
                if self.pick_up(killed_by=[self.first], calls=calls):
                    break
        self.assertEqual(self.billing.state, "done")
        self.assertTrue(self.second.leg_ids.charge_ids)
        self.assertFalse(self.first.leg_ids.charge_ids)
        parked = self.env["billing.run.failure"].search([("subscription_id", "=", self.first.id)])
        self.assertIn("stopped 8 times", parked.reason)
        sizes = [len(batch) for batch in calls]
        self.assertEqual((sizes[0], min(sizes)), (2, 1))
        told = (
            self.env["mail.message"]
            .search([], limit=10)
            .filtered(lambda one: one.subject == "Billing does not go on")
        )
        self.assertEqual(len(told), 1)
        self.assertIn(self.admin.partner_id, told.notified_partner_ids)
        self.assertGreater(self.env["mail.message"].search_count([]), before)
        self.assertFalse(self.billing.attempts)

    def test_a_full_disk_parks_nothing(self):
        """R-11: the run stops with the database's own error; no half document, nothing parked,
        and it goes on when there is room again. Python's garbage collector, off during a batch,
        is on again."""
        Move = type(self.env["account.move"])
        create = Move.create

        def full(moves, vals_list):
            create(moves, vals_list)
            self.assertFalse(gc.isenabled())
            raise DiskFull("could not extend file: No space left on device")

        self.keep_books(self.sub)
        while self.billing.state != "draft":
            self.billing._step(lambda *_args, **_more: 60)
        with patch.object(Move, "create", full), self.assertRaisesRegex(DiskFull, "No space"):
            self.billing._step(lambda *_args, **_more: 60)
        self.assertTrue(gc.isenabled())
        self.env.invalidate_all()
        self.assertEqual(self.billing.state, "draft")
        self.assertFalse(self.billing.failure_ids)
        self.assertFalse((self.first | self.second).leg_ids.charge_ids.statement_id)
        self.billing._finish()
        moves = (self.first | self.second).leg_ids.charge_ids.statement_id.move_ids
        self.assertEqual(set(moves.mapped("state")), {"posted"})

    def test_locks_of_others_are_no_fault(self):
        """R-12: a run that finds everything locked does not count as broken off."""
        with patch.object(type(self.first), "try_lock_for_update", lambda one, **_: one.browse()):
            for _time in range(5):
                self.billing._take_up()
                self.billing._step(lambda *_args, **_more: 60)
        self.assertEqual((self.billing.attempts, self.billing.problem), (0, False))

    def test_the_last_run_is_too_old(self):
        """R-13: the list of runs says that billing is overdue, to those who may read runs."""
        self.billing._finish()
        Run = self.env["billing.run"]
        self.assertFalse(Run._overdue())
        self.assertEqual(Run._action_runs()["res_model"], "billing.run")
        self.billing.started_at -= timedelta(hours=27)
        action = Run.with_user(self.staff())._action_runs()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("upgrade", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["res_model"], "billing.run")

    def test_nothing_to_bill_is_not_overdue(self):
        """R-13: a programme without a running subscription has no alarm."""
        self.billing.started_at -= timedelta(days=3)
        self.assertTrue(self.env["billing.run"]._overdue())
        with patch.object(type(self.first), "search_count", lambda *_args, **_more: 0):
            self.assertFalse(self.env["billing.run"]._overdue())

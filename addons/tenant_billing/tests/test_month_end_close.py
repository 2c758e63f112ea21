from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from .test_month_end_send import SendCase


class TestClose(SendCase):
    """TB-069: one screen per month and seller; counts, sums, last month, lists behind them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.subscription(start="2026-01-01")
        cls.two = cls.subscription(company="Hafen Logistik", start="2026-01-01")

    def close(self, node, day="2026-01-01", role="finance"):
        Close = self.as_user(node, role, "billing.close")
        return Close._of(node.with_user(Close.env.user), date.fromisoformat(day))

    def tiles(self, close):
        close.invalidate_recordset()
        return {
            name: (close[f"{name}_count"], close[f"{name}_amount"])
            for name in ("ready", "held", "parked", "posted", "sent")
        }

    def test_counts_and_sums_against_last_month(self):
        """TB-069: each document on one tile; what is sent also on posted; last month beside."""
        self.run_billing("2026-01-01")
        self.policy(self.sub, hold_rules=True, posting_days=3)
        self.two.action_change("base", 5, "2026-02-01")
        self.run_billing("2026-02-01")
        close = self.close(self.sub, "2026-02-01")
        # Nordwind as last month; Hafen 480 more.
        self.assertEqual(
            self.tiles(close),
            {
                "ready": (1, 180.0),
                "held": (1, 660.0),
                "parked": (0, 0.0),
                "posted": (0, 0.0),
                "sent": (0, 0.0),
            },
        )
        self.assertEqual((close.total_count, close.total_amount), (2, 840.0))
        self.assertEqual((close.last_count, close.last_amount), (2, 360.0))
        self.assertEqual((close.last_posted_count, close.last_sent_count), (2, 0))
        self.assertEqual(close.difference, "+133.3 %")
        self.assertEqual(close.state, "decide")
        held = self.statements(self.sub, "2026-02-01", hold_state="held")
        self.assertEqual(close.held_ids, held)
        close.held_ids.action_park()
        self.assertEqual(self.tiles(close)["parked"], (1, 660.0))
        self.assertEqual(close.state, "ready")

    def test_lists_behind_the_tiles(self):
        """TB-069: what a tile counts is what its list shows."""
        self.policy(self.sub, hold_rules=True)
        self.run_billing("2026-01-01")
        self.policy(self.sub, hold_first=False)
        close = self.close(self.sub)
        close.held_ids[0].action_park()
        Statement = self.as_user(self.sub, "finance", "billing.statement")
        for name in ("ready", "held", "parked", "posted", "sent", "total"):
            action = close.with_context(tile=name).action_list()
            self.assertEqual(Statement.search_count(action["domain"]), close[f"{name}_count"], name)
        action = close.with_context(tile="waiting").action_list()
        self.assertEqual(action["res_model"], "billing.charge")

    def test_without_exceptions_it_is_one_click(self):
        """TB-069, TRADE 11: posts what is ready and sends what is posted."""
        self.policy(self.sub, hold_rules=True, hold_first=False, posting_days=5)
        self.run_billing("2026-01-01")
        close = self.close(self.sub)
        self.assertEqual((close.state, self.tiles(close)["ready"]), ("ready", (2, 360.0)))
        told = close.action_close()
        self.assertEqual(told["params"]["type"], "warning")
        # Customers without an address are listed, not lost.
        self.assertEqual(self.tiles(close)["posted"], (2, 360.0))
        self.assertEqual(close.failed_count, 2)
        self.assertEqual(close.failed_ids, self.statements(self.sub))
        for one in self.statements(self.sub):
            one.customer_id.email = f"ap@{one.customer_id.id}.example"
        close.failed_ids.action_send()
        self.assertEqual(len(self.outbox()), 2)
        self.assertEqual(self.tiles(close)["sent"], (2, 360.0))
        self.assertEqual(close.state, "done")
        with self.assertRaisesRegex(UserError, "Nothing is ready"):
            close.action_close()

    def test_what_is_held_is_not_posted_by_closing(self):
        """TB-069: it waits for its decision, the others go."""
        self.policy(self.sub, hold_rules=True)
        self.run_billing("2026-01-01")
        close = self.close(self.sub)
        with self.assertRaisesRegex(UserError, "Nothing is ready"):
            close.action_close()
        close.held_ids[0].action_release()
        close.invalidate_recordset()
        close.action_close()
        self.assertEqual(self.tiles(close)["posted"][0], 1)
        self.assertEqual(self.tiles(close)["held"][0], 1)

    def test_many_are_left_to_the_scheduler(self):
        """TB-069: a month of thousands is posted in the background, and shows so."""
        self.policy(self.sub, posting_days=5)
        self.run_billing("2026-01-01")
        close = self.close(self.sub)
        with patch("odoo.addons.tenant_billing.models.billing_run_close.AT_ONCE", 1):
            close.action_close()
        close.invalidate_recordset()
        self.assertEqual((close.state, close.ready_count), ("running", 2))
        with self.enter_registry_test_mode():
            self.env.ref("tenant_billing.cron_billing").method_direct_trigger()
        close.invalidate_recordset()
        self.assertEqual(close.posted_count, 2)
        self.assertNotEqual(close.state, "running")

    def test_own_parked_items_are_on_it(self):
        """TB-069, X-05: with what to put right, on the seller's own screen alone."""
        self.break_price(self.one)
        self.run_billing("2026-01-01")
        # Parked today, whatever day is billed: it stands on the screen of this month.
        today = self.env["billing.run"]._clock().date()
        close = self.close(self.sub, str(today))
        self.assertIn("support", close.item_ids.reason)
        self.assertEqual(close.state, "decide")
        self.assertFalse(self.close(self.master, str(today)).item_ids)

    def test_own_sales_only(self):
        """TB-069, X-05: neither upline nor platform reads or closes another seller's month."""
        self.run_billing("2026-01-01")
        close = self.close(self.sub)
        desk = self.staff()
        for user in (
            self.user(self.master, "manager"),
            self.user(self.stranger, "finance"),
            desk,
        ):
            theirs = close.with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                theirs.read(["total_amount"])
            with self.assertRaises(AccessError):
                theirs.action_close()
        with self.assertRaises(AccessError):
            close.with_user(self.user(self.sub, "delivery")).read(["total_amount"])
        opened = self.env["billing.close"].with_user(desk).action_open_own()
        self.assertEqual(self.env["billing.close"].browse(opened["res_id"]).seller_id, self.root)
        policy = self.policy(self.sub)
        with self.assertRaises(AccessError):
            policy.with_user(self.user(self.master, "manager")).read(["hold_amount"])
        with self.assertRaises(AccessError):
            policy.with_user(self.user(self.sub, "finance")).hold_amount = 1
        policy.with_user(self.user(self.sub, "manager")).hold_amount = 1

    def test_months_follow_each_other(self):
        """TB-069: to the month before and after, one record a month."""
        close = self.close(self.sub, "2026-01-20")
        after = close.browse(close.action_next()["res_id"])
        self.assertEqual(after.month, date(2026, 2, 1))
        self.assertEqual(after.action_previous()["res_id"], close.id)

from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError

from ..models import billing_season
from .common import BillingCase


class TestBillingSeason(BillingCase):
    """A season that comes back every year, from the wizard to the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["billing.run"]._clock().date()
        cls.start = cls.today.replace(day=1)
        cls.peak = cls.start + relativedelta(months=2)
        cls.over = cls.start + relativedelta(months=3)

    def change(self, subscription, quantity, **values):
        one = subscription.with_user(self.user(self.sub, "manager"))
        change = (
            self.env["billing.subscription.change"]
            .with_user(self.user(self.sub, "manager"))
            .browse(one.action_open_change()["res_id"])
        )
        line = change.line_ids.filtered(lambda each: each.component_id.code == "base")
        line.quantity = quantity
        change.write({"when": "day", "day": self.peak, **values})
        return change

    def season(self, subscription, quantity=5, **values):
        change = self.change(subscription, quantity, until=self.over, yearly=True, **values)
        change.action_preview()
        change.action_confirm()
        return subscription.sudo().season_ids

    def quantities(self, subscription, *years):
        found = []
        for year in years:
            for day in (self.peak, self.over):
                version = subscription.sudo()._standing("base", day + relativedelta(years=year))
                found.append(float(version.quantity))
        return found

    def test_every_year(self):
        """TB-058: up and back, five years ahead, shown before it is confirmed, billed."""
        one = self.subscription(start=f"{self.start}")
        change = self.change(one, 5, until=self.over, yearly=True)
        change.action_preview()
        self.assertEqual(len(change.planned.splitlines()), 10)
        change.action_confirm()
        self.assertEqual(self.quantities(one, 0, 1, 4), [5, 1, 5, 1, 5, 1])
        self.assertEqual(self.quantities(one, 5), [1, 1])
        self.run_billing(f"{self.over}")
        rows = one.leg_ids.filtered("customer_id").charge_ids
        rows = rows.filtered(lambda row: row.component_code == "base").sorted("period_start")
        self.assertEqual(rows.mapped("amount"), [120, 120, 600, 120])

    def test_the_cron_lays_down_what_comes_into_sight(self):
        """TB-058, R-11: once, whenever it runs."""
        one = self.subscription(start=f"{self.start}")
        season = self.season(one)
        count = len(one.item_ids)
        season._lay()
        self.assertEqual(len(one.item_ids), count)
        season.laid_until = self.peak + relativedelta(years=3)
        season._lay()
        self.assertEqual(len(one.item_ids), count, "what holds already is not added again")
        self.assertEqual(season.laid_until, self.peak + relativedelta(years=4))
        one.leg_ids.filtered("customer_id").term_until = self.start + relativedelta(years=8)
        season._lay()
        self.assertEqual(self.quantities(one, 6, 7), [5, 1, 5, 1])
        count = len(one.item_ids)
        season._lay()
        self.assertEqual(len(one.item_ids), count)

    def test_the_scheduler_goes_on_where_it_stopped(self):
        """TB-058: each season once a day; a call that is out of time leaves the rest to the next
        one."""
        ones = self.subscription(start=f"{self.start}")
        ones |= self.subscription(start=f"{self.start}", company="Südwind")
        seasons = self.env["billing.season"].union(*(self.season(one) for one in ones))
        early = self.peak + relativedelta(years=3)
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 0)

        def laid():
            seasons.laid_until = early
            with patch.object(billing_season, "BATCH", 1):
                seasons._cron()
            return seasons.filtered(lambda one: one.laid_until > early)

        self.assertEqual(laid(), seasons[0])
        self.assertEqual(laid(), seasons[1])
        self.assertFalse(laid())

    def test_dropped_for_good(self):
        """TB-058: a component that is dropped for good does not come back with its season; one
        that is away for a while does."""
        one, other = (
            self.subscription(start=f"{self.start}", company=name) for name in ("Nord", "Süd")
        )
        dropped, kept = self.season(one), self.season(other)
        day = self.over + relativedelta(months=2)
        for subscription, until in ((one, False), (other, day + relativedelta(months=1))):
            change = self.change(subscription, 0, day=day, until=until)
            change.action_preview()
            change.action_confirm()
            subscription.leg_ids.filtered("customer_id").term_until = self.start + relativedelta(
                years=8
            )
        (dropped | kept)._lay()
        self.assertEqual((dropped.last, kept.last), (day, False))
        ahead = self.peak + relativedelta(years=6)
        self.assertTrue(one._standing("base", ahead).ends)
        self.assertEqual(other._standing("base", ahead).quantity, 5)

    def test_a_change_for_good_keeps_the_season(self):
        """TB-058, B-08: a new usual quantity holds between the seasons, not instead of them."""
        one = self.subscription(start=f"{self.start}")
        self.season(one)
        change = self.change(one, 2, day=self.over + relativedelta(months=2))
        change.action_preview()
        change.action_confirm()
        self.assertEqual(self.quantities(one, 0, 1, 4), [5, 1, 5, 2, 5, 2])

    def test_taken_back(self):
        """TB-058: ended by its own button, or with all that is planned; none comes any more."""
        one = self.subscription(start=f"{self.start}")
        season = self.season(one)
        with self.assertRaises(AccessError):
            season.with_user(self.user(self.master, "manager")).action_end()
        season.with_user(self.user(self.sub, "manager")).action_end()
        self.assertEqual(self.quantities(one, 0, 1, 4), [1] * 6)
        season._lay()
        self.assertEqual(self.quantities(one, 5, 6), [1] * 4)
        other = self.subscription(start=f"{self.start}", company="Südwind")
        season = self.season(other)
        change = self.change(other, 1, kind="withdraw")
        change.action_preview()
        change.action_confirm()
        self.assertEqual(self.quantities(other, 0, 1, 4), [1] * 6)
        self.assertEqual(season.last, self.today)

    def test_a_season_longer_than_a_year(self):
        """TB-058: refused, and so is one without an end."""
        one = self.subscription(start=f"{self.start}")
        for until in (False, self.peak + relativedelta(years=1)):
            with self.subTest(until=until), self.assertRaisesRegex(UserError, "less than a year"):
                self.change(one, 5, until=until, yearly=True).action_preview()

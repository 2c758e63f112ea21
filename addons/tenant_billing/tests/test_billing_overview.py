from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError

from .common import BillingCase


class TestOverview(BillingCase):
    """TB-059: the page of recurring revenue, of the reader's own contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.subscription()
        cls.usage(cls.running.tenant_id, 100, "2026-02-03T00:00:00Z")
        cls.run_billing("2026-04-01")
        cls.env["billing.mrr.movement"]._rebuild("2026-04-10")
        cls.env["billing.recognition"]._rebuild()
        mixin = type(cls.env["billing.report.mixin"])
        cls.startClassPatcher(patch.object(mixin, "_report_today", lambda self: date(2026, 4, 10)))

    def tiles(self, user):
        overview = self.env["billing.insight"].with_user(user).overview()
        return {tile["key"]: tile for tile in overview["tiles"]}, overview

    def test_figures(self):
        """TB-059: MRR, ARR, retention, margin, usage apart, deferred."""
        tiles, overview = self.tiles(self.user(self.sub, "finance"))
        self.assertEqual(tiles["mrr"]["value"], 180)
        self.assertEqual(tiles["arr"]["value"], 2160)
        self.assertEqual([tiles[key]["value"] for key in ("nrr", "grr", "logos")], [100] * 3)
        self.assertTrue(tiles["nrr"]["few"])
        self.assertIn("too few", tiles["nrr"]["note"])
        charges = self.running.leg_ids[-1].charge_ids.filtered(
            lambda one: one.component_kind == "metered" and one.due < date(2026, 4, 1)
        )
        self.assertAlmostEqual(tiles["usage"]["value"], sum(charges.mapped("amount")) / 3, 6)
        self.assertTrue(tiles["usage"]["value"])
        self.assertTrue(0 < tiles["margin"]["value"] < 100)
        self.assertNotIn("parked", tiles)
        self.assertEqual([month["label"] for month in overview["months"]][0], "2026-01")
        self.assertEqual(overview["months"][0]["new"], 180)
        self.assertEqual(overview["currency_id"], self.sub.company_id.currency_id.id)
        for tile in tiles.values():
            self.assertTrue(self.env.ref(tile["action"]))

    def test_a_young_programme_and_one_of_a_year(self):
        """TB-059: over 12 months as soon as there is an account that old."""
        mixin = type(self.env["billing.report.mixin"])
        with patch.object(mixin, "_report_today", lambda self: date(2027, 1, 31)):
            tiles, _overview = self.tiles(self.user(self.sub, "finance"))
            self.assertEqual(
                tiles["nrr"]["action"], "tenant_billing.billing_mrr_retention_year_action"
            )
        tiles, overview = self.tiles(self.user(self.stranger, "finance"))
        self.assertEqual(overview["months"], [])
        self.assertIsNone(tiles["nrr"]["value"])
        self.assertIsNone(tiles["margin"]["value"])

    def test_each_reads_its_own(self):
        """X-05: master and platform their own legs; delivery and sales nothing."""
        self.assertEqual(self.tiles(self.user(self.master, "manager"))[0]["mrr"]["value"], 115)
        tiles, _overview = self.tiles(self.staff())
        self.assertEqual(tiles["mrr"]["value"], 80)
        self.assertEqual(tiles["parked"]["value"], 0)
        for role in ("sales", "delivery"):
            with self.assertRaises(AccessError):
                self.tiles(self.user(self.sub, role))

    def test_the_number_of_queries_does_not_grow(self):
        """DESIGN 8: reports open fast whatever the number of rows."""
        finance = self.user(self.sub, "finance")

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["billing.insight"].with_user(finance).overview()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(5):
            self.subscription(company=f"Kunde {number}")
        self.env["billing.mrr.movement"]._rebuild("2026-04-10")
        self.assertLessEqual(count(), few)

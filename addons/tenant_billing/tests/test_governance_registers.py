from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import BillingCase


class TestGovernanceRegisters(BillingCase):
    """What the registers of governance say about tenants."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.subscription()
        cls.tenant = cls.running.tenant_id

    def risk(self):
        Risk = self.env["governance.risk"]
        Risk._ensure_standard(self.sub | self.master)
        Risk._measure(self.sub | self.master)
        return Risk.search(
            [
                ("program_node_id", "=", self.sub.id),
                ("standard_id.code", "=", "underpriced_hosting"),
            ]
        )

    @freeze_time("2026-02-15")
    def test_underpriced_hosting_is_told_as_a_band(self):
        """PG-140: sound while it earns, below the floor when costs eat it; a master reads the
        band of its sub and no figure."""
        self.run_billing("2026-02-10")
        mixin = type(self.env["billing.report.mixin"])
        self.startPatcher(patch.object(mixin, "_report_today", lambda self: date(2026, 2, 15)))
        risk = self.risk()
        self.assertEqual((risk.indicator_level, risk.indicator_text), (1, "sound"))
        self.as_user(self.sub, "finance", "billing.cost").create(
            {
                "name": "Invoice 4711",
                "provider": "Data centre",
                "date_from": "2026-01-10",
                "tenant_id": self.tenant.id,
                "amount": 50000,
            }
        )
        risk = self.risk()
        self.assertEqual((risk.indicator_level, risk.indicator_text), (5, "below the floor"))
        told = risk.with_user(self.user(self.master, "manager")).read()[0]
        self.assertNotIn("50000", str(told))

    def test_standardisation_is_the_share_without_an_open_exception(self):
        """PG-149: of running tenants; an exception that holds lowers it, one that ended not."""
        self.tenant.state = "live"
        own = self.sub.with_user(self.user(self.sub, "manager"))
        self.assertEqual((own.standardisation_index, own.tenants_measured), (100, 1))
        exception = self.as_user(self.sub, "delivery", "governance.exception").create(
            {
                "name": "Own backup tool",
                "kind": "drift",
                "reason": "Group policy of the customer",
                "expiry": "2026-12-31" if date.today() < date(2026, 12, 31) else "2027-06-30",
                "subject_ref": f"hosting.tenant,{self.tenant.id}",
            }
        )
        exception.sudo().state = "approved"
        own.invalidate_recordset()
        self.assertEqual(own.standardisation_index, 0)
        exception.sudo().state = "withdrawn"
        own.invalidate_recordset()
        self.assertEqual(own.standardisation_index, 100)
        self.assertEqual(self.stranger.tenants_measured, 0)

    def test_a_release_goes_out_when_its_way_back_was_tried(self):
        """PG-129: plan and a test that worked; not by writing the state; own tenants only."""
        Release = self.as_user(self.sub, "delivery", "hosting.release")
        values = {"name": "March", "version": "19.0.3", "planned_on": "2026-03-08"}
        release = Release.create({**values, "tenant_ids": [(6, 0, self.tenant.ids)]})
        with self.assertRaises(AccessError):
            release.state = "released"
        steps = (
            {"rollback_plan": "Restore the backup of the evening"},
            {"rollback_tested_on": "2026-03-01", "rollback_result": "failed"},
        )
        for step in steps:
            release.write(step)
            with self.assertRaisesRegex(UserError, "the way back"), self.env.cr.savepoint():
                release.action_release()
        release.rollback_result = "worked"
        release.action_release()
        self.assertEqual(release.state, "released")
        release.action_roll_back()
        self.assertEqual(release.state, "rolled_back")
        master = self.as_user(self.master, "delivery", "hosting.release")
        with self.assertRaisesRegex(UserError, "your own tenants only"):
            master.create({**values, "tenant_ids": [(6, 0, self.tenant.ids)]})
        self.assertFalse(self.as_user(self.stranger, "manager", "hosting.release").search([]))

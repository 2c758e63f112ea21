from datetime import timedelta

from odoo import fields

from .common import BillingCase


class TestGovernanceLayers(BillingCase):
    """Hosting within governance: in the trace of a deal, and as work on Monday."""

    def test_the_trace_tells_the_tenants_of_a_deal(self):
        """X-02: state of the tenant, as the reader may read it; before there is one it says so."""
        offer = self.offer(self.sub)
        deal = offer.deal_id

        def hosting(user):
            return self.env["governance.trace"].with_user(user)._steps(deal.with_user(user))[3]

        manager = self.user(self.sub, "manager")
        self.assertEqual(hosting(manager)["state"], "no tenant yet")
        tenant = self.win(offer).tenant_id
        states = dict(tenant._fields["state"]._description_selection(self.env))
        told = hosting(manager)
        self.assertEqual(told["state"], f"{tenant.reference}: {states[tenant.state]}")
        self.assertEqual((told["record"], told["tone"]), (tenant, "warning"))
        tenant.state = "live"
        self.assertEqual(hosting(manager)["tone"], "success")

    def test_staging_is_refreshed_in_its_cadence(self):
        """PG-042: overdue is listed with its day, no refresh on record says so, in time is not."""
        tenant = self.subscription().tenant_id
        owner = self.user(self.sub, "manager")
        tenant.write({"state": "live", "user_id": owner.id})
        staging = self.env["hosting.environment"].create(
            {"name": "Staging", "kind": "staging", "tenant_id": tenant.id}
        )
        Monday = self.env["program.monday"].with_user(owner)
        (row,) = Monday._monday_staging()
        self.assertIn("every 30 days", row["why"])
        self.assertIn("not recorded", row["why"])
        self.assertEqual((row["due"], row["res_id"]), (False, tenant.id))
        operation = self.env["hosting.operation"].create(
            {
                "kind": "refresh",
                "environment_id": staging.id,
                "provisioner_id": self.env["hosting.provisioner"].search([], limit=1).id,
                "state": "done",
                "ended_at": fields.Datetime.now(),
            }
        )
        self.assertFalse(Monday._monday_staging())
        operation.ended_at = fields.Datetime.now() - timedelta(days=31)
        (row,) = Monday._monday_staging()
        self.assertEqual(row["due"], fields.Date.today() - timedelta(days=1))
        other = self.env["program.monday"].with_user(self.user(self.sub2, "manager"))
        self.assertFalse(other._monday_staging())

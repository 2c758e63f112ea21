from unittest.mock import patch

from .common import DISTRIBUTOR, ProgramCase


class TestQuality(ProgramCase):
    """PG-019: a master sees the quality of its sub-partners in one list."""

    def test_failures_at_gates_and_what_is_not_connected(self):
        """PG-019: refused and reopened passages counted; SLA and health are never green by
        silence, and come through the hooks."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        deal.action_request_review()
        approval = deal.sudo().review_ids.approval_ids.sorted("sequence")[:1]
        approval.with_user(self.user(self.sub, "delivery")).action_refuse("Warehouses unclear")
        changed = self.deal(self.sub, company="Other", answers=DISTRIBUTOR)
        changed.action_request_review()
        changed.qualification_id.warehouse_count = "5"
        self.env.flush_all()
        Partner = self.as_user(self.master, "manager", "program.partner")
        action = self.env.ref("partner_governance.program_quality_action")
        self.assertIn("upline_id.user_ids", action.domain)
        rows = Partner.search([("upline_id.user_ids", "in", [Partner.env.uid])])
        self.assertEqual(rows, self.sub | self.sub2)
        sub = rows.filtered(lambda node: node == self.sub)
        self.assertEqual((sub.gate_failures, sub.gate_reopened), (1, 1))
        self.assertEqual((rows - sub).gate_failures, 0)
        self.assertEqual((sub.sla_quality, sub.health_quality), ("not connected",) * 2)
        listed = self.env["governance.review"].search(sub.action_open_gate_failures()["domain"])
        self.assertEqual(listed.deal_id, deal | changed)
        with patch.object(type(Partner), "_quality_sla", return_value={self.sub.id: "2 of 3"}):
            rows.invalidate_recordset(["sla_quality"])
            self.assertEqual(rows.mapped("sla_quality"), ["2 of 3", "not connected"])

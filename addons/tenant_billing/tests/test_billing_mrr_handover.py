from .test_billing_handover import HandoverCase


class TestMrrHandover(HandoverCase):
    """TB-061, TB-059: a change of hands in recurring revenue."""

    def rows(self, node):
        rows = self.env["billing.mrr.movement"].search(
            [("seller_id", "=", node.id), ("day", ">=", "2026-03-01")], order="id"
        )
        return {(row.kind, row.cause, row.amount, row.logos) for row in rows}

    def test_a_customer_moves(self):
        """TB-061: transferred between the sub-partners, a price change to their master, nothing
        to the platform; nobody has lost or won a customer by itself."""
        for as_of in ("2026-01-01", "2026-02-01"):
            self.run_billing(as_of)
        self.env["billing.mrr.movement"]._rebuild("2026-03-01")
        self.plan_handover("customer", "2026-03-15")
        self.run_billing("2026-03-15")
        self.env["billing.mrr.movement"]._rebuild("2026-03-15")
        self.assertEqual(self.rows(self.root), set())
        self.assertEqual(self.rows(self.sub), {("transfer_out", "contract", -180, -1)})
        self.assertEqual(self.rows(self.sub2), {("transfer_in", "contract", 217, 1)})
        self.assertEqual(
            self.rows(self.master),
            {
                ("transfer_out", "contract", -115, 0),
                ("transfer_in", "contract", 115, 0),
                ("expansion", "price", 9, 0),
            },
        )
        # The sub-partner's retention of March knows nothing of it.
        mine = self.as_user(self.sub, "finance", "billing.mrr.retention")
        self.assertFalse(mine.search([("period", "=", "2026-03"), ("churn", "!=", 0)]))

    def test_a_customer_leaves(self):
        """TB-059: that is churn, for everybody who sold to it."""
        self.env["billing.mrr.movement"]._rebuild("2026-03-01")
        self.plan_handover("end", "2026-03-15")
        self.run_billing("2026-03-15")
        self.env["billing.mrr.movement"]._rebuild("2026-03-15")
        for node in (self.root, self.master, self.sub):
            self.assertEqual({row[0] for row in self.rows(node)}, {"churn"})

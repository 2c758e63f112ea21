from datetime import date
from unittest.mock import patch

from .common import BillingCase


class TestMrrReports(BillingCase):
    """Bridge, ARR and retention of what was recorded (TB-059)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Movement = cls.env["billing.mrr.movement"]
        cls.stays = cls.subscription(company="Bleibt")
        cls.grows = cls.subscription(company="Wächst")
        cls.leaves = cls.subscription(company="Geht", start="2026-02-10")
        cls.grows.action_change("base", 2, "2026-03-05")
        cls.leaves.action_end("2026-04-20")
        cls.Movement._rebuild("2026-05-15")
        mixin = type(cls.env["billing.report.mixin"])
        cls.startClassPatcher(patch.object(mixin, "_report_today", lambda self: date(2026, 5, 15)))

    def report(self, model, domain, groupby, *figures, node=None):
        Model = self.as_user(node or self.sub, "finance", model)
        return Model._read_group(domain, groupby, figures, order=groupby and groupby[0] or None)

    def test_the_bridge_adds_up(self):
        """TB-059: opening and steps are the closing of each month, and the next opening."""
        rows = self.as_user(self.sub, "finance", "billing.mrr.bridge").search([], order="month")
        self.assertEqual(
            [(row.period, row.opening, row.closing) for row in rows],
            [
                ("2026-01", 0, 360),
                ("2026-02", 360, 540),
                ("2026-03", 540, 660),
                ("2026-04", 660, 480),
                ("2026-05", 480, 480),
            ],
        )
        for row in rows:
            steps = (
                row.new + row.expansion + row.reactivation + row.transfer_in
                + row.contraction + row.churn + row.transfer_out
            )  # fmt: skip
            self.assertEqual(row.opening + steps, row.closing)
            self.assertEqual(row.arr, 12 * row.closing)
            won = row.accounts_won - row.accounts_lost
            self.assertEqual(row.accounts_opening + won, row.accounts_closing)
        self.assertEqual(rows.mapped("accounts_closing"), [2, 3, 3, 2, 2])

    def test_a_quarter_begins_and_ends_like_its_months(self):
        """TB-059: a balance is no sum."""
        rows = self.report(
            "billing.mrr.bridge",
            [],
            ["month:quarter"],
            "opening:sum",
            "new:sum",
            "closing:sum",
            "arr:sum",
            "accounts_closing:sum",
        )
        self.assertEqual(
            [row[1:] for row in rows],
            [(0, 540, 660, 7920, 3), (660, 0, 480, 5760, 2)],
        )

    def test_retention_by_month(self):
        """TB-059: GRR, NRR and logos of those that were there at the beginning."""
        rows = self.report(
            "billing.mrr.retention",
            [("span", "=", "month")],
            ["month:month"],
            "accounts:sum",
            "grr:avg",
            "nrr:avg",
            "logo_retention:avg",
        )
        found = {
            f"{month:%m}": (accounts, *(round(one, 2) for one in ratios))
            for month, accounts, *ratios in rows
        }
        self.assertEqual(
            found,
            {
                "02": (2, 100, 100, 100),
                "03": (3, 100, round(100 * 660 / 540, 2), 100),
                "04": (3, round(100 * 480 / 660, 2), round(100 * 480 / 660, 2), 66.67),
                "05": (2, 100, 100, 100),
            },
        )

    def test_cohorts(self):
        """TB-059: by first month, and months since."""
        rows = self.report(
            "billing.mrr.retention",
            [("span", "=", "cohort")],
            ["cohort:month", "age"],
            "accounts:sum",
            "nrr:avg",
            "logo_retention:avg",
        )
        found = {(f"{cohort:%m}", age): tuple(rest) for cohort, age, *rest in rows}
        self.assertEqual(found["01", "000"], (2, 100, 100))
        self.assertEqual(found["01", "002"], (2, 100 * 480 / 360, 100))
        self.assertEqual(found["02", "001"], (1, 100, 100))
        self.assertEqual(found["02", "003"], (1, 0, 0))

    def test_twelve_months(self):
        """TB-059: of those that were there a year before, and of nobody younger."""
        mixin = type(self.env["billing.report.mixin"])
        Report = self.as_user(self.sub, "finance", "billing.mrr.retention")
        self.assertFalse(Report.search([("span", "=", "year")]))
        with patch.object(mixin, "_report_today", lambda self: date(2027, 2, 15)):
            rows = Report.search([("span", "=", "year"), ("period", "=", "2027-02")])
            self.assertEqual(sum(rows.mapped("mrr_start")), 540)
            self.assertEqual(sum(rows.mapped("churn")), 180)
            self.assertEqual(sum(rows.mapped("expansion")), 120)
            self.assertEqual(sum(rows.mapped("mrr_end")), 480)
            self.assertTrue(all(row.grr <= 100 for row in rows))

    def test_a_pause_keeps_the_account(self):
        """TB-059: contraction while it lasts, and nothing once it is over."""
        self.stays.action_pause("2026-04-10", "2026-05-10")
        self.Movement._rebuild("2026-05-15")
        Report = self.as_user(self.sub, "finance", "billing.mrr.retention")
        # Learnt in May: both halves count there, and so does nothing.
        rows = Report.search([("span", "=", "month"), ("period", "=", "2026-05")])
        self.assertEqual(sum(rows.mapped("contraction")), 0)
        self.assertEqual(sum(rows.mapped("churn")), 0)

    def test_what_is_transferred_is_not_lost(self):
        """TB-061: it is taken out of the start."""
        self.env["billing.mrr.movement"].create(
            [
                {
                    **self.Movement.search([("leg_id", "=", leg.id)], limit=1).copy_data()[0],
                    "kind": "transfer_out",
                    "revision": 1,
                    "day": "2026-05-10",
                    "effective_day": "2026-05-10",
                    "amount": -180,
                    "company_amount": -180,
                    "logos": -1,
                }
                for leg in self.stays.leg_ids[-1]
            ]
        )
        Report = self.as_user(self.sub, "finance", "billing.mrr.retention")
        rows = Report.search([("span", "=", "month"), ("period", "=", "2026-05")])
        self.assertEqual(rows.customer_id, self.grows.leg_ids[-1].customer_id)
        self.assertEqual(sum(rows.mapped("churn")), 0)

    def test_each_reads_its_own(self):
        """X-05, TB-018: reports as well."""
        for model in ("billing.mrr.bridge", "billing.mrr.retention"):
            for node in (self.root, self.master, self.sub):
                user = self.staff(f"{model}@root") if node == self.root else None
                Model = self.env[model].with_user(user or self.user(node, "manager"))
                self.assertEqual(Model.search([]).sudo().seller_id, node)
                self.assertEqual(
                    [row[0].id for row in Model._read_group([], ["seller_id"])], [node.id]
                )
            self.assertFalse(self.as_user(self.stranger, "manager", model).search([]))

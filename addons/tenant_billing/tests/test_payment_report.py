import base64
import json

from odoo.exceptions import AccessError, UserError

from .test_month_end import MonthEndCase


class TestPaymentReport(MonthEndCase):
    """TB-030, TRADE 1: payment state of own books comes back by hand or by file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription(start="2026-01-01")
        cls.subscription(company="Hafen Logistik", start="2026-01-01")
        cls.run_billing("2026-01-01")
        cls.first, cls.second = cls.env["billing.statement"].search(
            [("seller_id", "=", cls.sub.id)], order="id"
        )

    def take(self, node, name, content):
        wizard = self.as_user(node, "finance", "billing.payment.report").create(
            {"file": base64.b64encode(content.encode()), "file_name": name}
        )
        return wizard.action_take()

    def test_by_hand(self):
        """TB-030: reported or not reported, by its seller alone."""
        self.assertEqual(self.first.payment_state, "not reported")
        self.finance(self.sub, self.first).action_report_paid()
        self.assertEqual(self.first.payment_state, "paid")
        self.assertEqual(self.first.reported_amount, self.first.amount_total)
        self.finance(self.sub, self.first).action_report_open()
        self.assertEqual((self.first.payment_state, self.first.reported_amount), ("open", 0))
        for node in (self.master, self.stranger):
            with self.assertRaises(AccessError):
                self.finance(node, self.first).action_report_paid()
        here = self.statements(self.master)
        with self.assertRaisesRegex(UserError, "not collected by your own books"):
            self.finance(self.master, here).action_report_paid()

    def test_by_file(self):
        """TB-030: CSV and JSON; by amount or by state."""
        self.take(
            self.sub,
            "paid.csv",
            f"reference,amount,date\n{self.first.reference},180.00,2026-01-20\n"
            f"{self.second.reference},30,\n",
        )
        self.assertEqual((self.first.reported_state, self.second.reported_state), ("paid", "part"))
        self.assertEqual(str(self.first.reported_on), "2026-01-20")
        self.assertEqual(self.second.reported_amount, 30.0)
        self.assertEqual(self.second.reported_left, self.second.amount_total - 30)
        rows = [{"reference": self.second.reference, "state": "paid", "amount": 40}]
        self.take(self.sub, "paid.json", json.dumps(rows))
        self.assertEqual(self.second.payment_state, "partly paid")
        self.assertEqual(self.second.reported_left, self.second.amount_total - 40)
        rows = [{"reference": self.second.reference, "state": "paid"}]
        self.take(self.sub, "paid.json", json.dumps({"payments": rows}))
        self.assertEqual((self.second.reported_state, self.second.reported_left), ("paid", 0))

    def test_whole_or_not_at_all(self):
        """TB-030: a row that cannot be taken is named, and nothing is."""
        with self.assertRaisesRegex(UserError, "Row 2: no issued statement"):
            self.take(
                self.sub, "paid.csv", f"reference,state\n{self.first.reference},paid\nS-99,paid\n"
            )
        self.assertEqual(self.first.reported_state, "none")
        for name, content in (("x.csv", "a,b\n1,2\n"), ("x.json", "{"), ("x.json", '{"a": 1}')):
            with self.subTest(content), self.assertRaisesRegex(UserError, "headings"):
                self.take(self.sub, name, content)

    def test_nobody_reports_anothers(self):
        """X-05: another seller's statement of the same number is not touched, nor told of."""
        content = f"reference,state\n{self.first.reference},paid\n"
        with self.assertRaisesRegex(UserError, "no issued statement of your own books"):
            self.take(self.stranger, "paid.csv", content)
        self.assertEqual(self.first.reported_state, "none")

import base64
from datetime import date

from odoo.exceptions import AccessError, UserError

from .common import BillingCase


class TestBillingShadow(BillingCase):
    """TRADE 10: a seller moves in; an earlier system bills until it goes live."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.staff()
        cls.administrator.group_ids |= cls.env.ref(
            "partner_governance.group_platform_administrator"
        )
        cls.sub.with_user(cls.administrator).action_enter_shadow()
        cls.running = cls.subscription(start="2026-01-10", anchor_day=10)
        cls.usage(cls.running.tenant_id, "81", "2026-01-10T00:00:00Z")

    def month(self, text, month="2026-02-01", user=None):
        data = base64.b64encode(text.encode())
        user = user or self.user(self.sub, "finance")
        one = self.env["billing.shadow"].with_user(user).create({"month": month, "file": data})
        one.action_compare()
        return one

    def causes(self, one):
        return [
            (line.buyer_name, line.component or "", line.there, line.here, line.cause)
            for line in one.line_ids
        ]

    def test_a_month_is_compared_and_nothing_booked(self):
        """TB-067: February: base 120.00 and support 60.00 in advance from the 10th, and 6.20 of
        storage, 31 GB over the allowance, for the days from 10 January on."""
        name = self.running.partner_id.name
        equal = self.month(f"buyer,month,amount\n{name},2026-02,186.20\n")
        self.assertEqual(self.causes(equal), [(name, "", 186.20, 186.20, "equal")])
        detailed = self.month(
            "buyer,month,amount,component,quantity\n"
            f"{name},2026-02-10,240,base,2\n"
            f"{name},2026-02-10,50,support,1\n"
            f"{name},2026-02-10,6.21,storage,81\n"
        )
        self.assertEqual(
            self.causes(detailed),
            [
                (name, "base", 240, 120, "quantity"),
                (name, "storage", 6.21, 6.20, "rounding"),
                (name, "support", 50, 60, "price"),
            ],
        )
        self.assertEqual((detailed.there_total, detailed.here_total), (296.21, 186.20))
        run = self.run_billing("2026-03-01")
        self.assertFalse(run.failure_ids)
        sellers = self.env["billing.charge"].search([]).seller_id
        self.assertEqual(sellers, self.root | self.master)
        self.assertNotIn(self.sub, self.env["billing.statement"].search([]).seller_id)

    def test_missing_on_either_side(self):
        """TB-067: a buyer that only one of the two systems bills."""
        second = self.subscription(company="Hafen Logistik", start="2026-03-01")
        name, other = self.running.partner_id.name, second.partner_id.name
        one = self.month(f"buyer,month,amount\n{other},2026-02,99\n")
        self.assertEqual(
            self.causes(one),
            [(other, "", 99, 0, "missing_here"), (name, "", 0, 186.20, "missing_there")],
        )

    def test_each_bad_cell_is_named(self):
        """TB-067: and the file is taken whole or not at all."""
        name = self.running.partner_id.name
        one = self.month(
            "buyer,month,amount,component\n"
            f"{name},2026-02,186.20,\n"
            "Niemand,2026-02,1,\n"
            f'{name},2026-02,"1,50",\n'
            f"{name},2026-02,1,users\n"
        )
        self.assertFalse(one.line_ids)
        lines = one.problems.splitlines()
        self.assertEqual(len(lines), 3)
        for line, text in zip(
            lines, ("Row 3, buyer “Niemand”", "Row 4, amount “1,50”", "Row 5, component “users”"),
            strict=True,
        ):  # fmt: skip
            self.assertIn(text, line)

    def test_going_live(self):
        """TB-067, TB-066: from the day on it is billed; nothing before it, and what the earlier
        system charged in advance beyond it is not charged again."""
        one = self.month(f"buyer,month,amount\n{self.running.partner_id.name},2026-02,186.20\n")
        # A change within the period: what it left is what stands on the day.
        self.running.action_change("support", 2, "2026-02-15")
        self.running.action_change("support", 1, "2026-03-10")
        finance = one.with_user(self.user(self.sub, "finance"))
        finance.live_day = "2026-03-01"
        with self.assertRaises(AccessError):
            finance.action_go_live()
        one.with_user(self.user(self.sub, "manager")).action_go_live()
        self.assertEqual((self.sub.in_shadow, self.sub.live_from), (False, date(2026, 3, 1)))
        leg = self.running.leg_ids.filtered("customer_id")
        self.assertEqual(leg.opening_day, date(2026, 3, 1))
        self.assertEqual(
            sorted(leg.opening_ids.mapped(lambda each: (each.code, each.amount))),
            # 120.00 for 23 of the 28 days from 10 February.
            [("base", 120), ("support", 98.57)],
        )
        self.run_billing("2026-03-01")
        self.assertFalse(leg.charge_ids)
        self.run_billing("2026-03-10")
        found = {
            (charge.component_code, f"{charge.period_start:%m-%d}"): round(charge.amount, 2)
            for charge in leg.charge_ids
        }
        # Storage from 1 March alone: 9 of 28 days of 6.20.
        self.assertEqual(
            found, {("base", "03-10"): 120, ("support", "03-10"): 60, ("storage", "03-01"): 1.99}
        )
        with self.assertRaisesRegex(UserError, "live already"):
            one.with_user(self.user(self.sub, "manager")).action_go_live()

    def test_one_seller_at_a_time(self):
        """TB-067: the others bill; one that has billed has no shadow months any more."""
        self.run_billing("2026-02-01")
        with self.assertRaisesRegex(UserError, "bills here already"):
            self.master.with_user(self.administrator).action_enter_shadow()
        for node in (self.sub, self.sub2):
            with self.assertRaises(AccessError):
                node.with_user(self.user(node, "manager")).action_enter_shadow()
            with self.assertRaises(AccessError):
                node.with_user(self.user(node, "manager")).in_shadow = False

    def test_nobody_else_reads_it(self):
        """X-05: the months of a seller are its own."""
        one = self.month(f"buyer,month,amount\n{self.running.partner_id.name},2026-02,186.20\n")
        for user in (self.user(self.master, "manager"), self.staff("other.staff")):
            for model in ("billing.shadow", "billing.shadow.line"):
                self.assertFalse(self.env[model].with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.as_user(self.sub, "sales", "billing.shadow").search([])
        self.assertTrue(one.line_ids)

import base64
from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError

from .test_billing_lifecycle import LifecycleCase


class TestShadow(LifecycleCase):
    """TB-066, TB-067, TRADE 10: rated and compared first, billed from its own day on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.two = cls.subscription(company="Hafen Logistik", start="2026-01-20")
        cls.usage(cls.one.tenant_id, 70, "2026-01-01T00:00:00Z")

    def shadow(self, *lines, user=None, month="2026-02-10"):
        content = base64.b64encode("\n".join(lines).encode())
        user = user or self.user(self.sub, "finance")
        shadow = (
            self.env["billing.shadow"]
            .with_user(user)
            .create({"month": month, "file": content, "file_name": "old.csv"})
        )
        shadow.action_compare()
        self.env.invalidate_all()
        return shadow

    def causes(self, shadow):
        return {
            (line.name, line.component or None): (line.cause, line.difference)
            for line in shadow.line_ids
            if line.different
        }

    def test_nothing_is_booked_in_shadow(self):
        """TB-067: the seller's own contracts wait; those above it are billed."""
        self.sub.with_user(self.manager).action_start_shadow()
        self.clock("2026-02-02")
        self.run_billing("2026-02-02")
        charged = (self.one | self.two).leg_ids.charge_ids.seller_id
        self.assertEqual(charged, self.root | self.master)
        self.assertFalse(self.one.problem)

    def test_a_month_beside_the_earlier_system(self):
        """TB-067: buyer by buyer, component by component; each difference has its cause, they
        add up, and nothing is booked."""
        self.sub.with_user(self.manager).action_start_shadow()
        self.clock("2026-03-01")
        # February here: base 120, support 60 each; storage of January 20 GB over at 0.20.
        shadow = self.shadow(
            "buyer;amount;month;component;quantity",
            "Nordwind Industriebedarf;110.00;2026-02;base;1",
            "Nordwind Industriebedarf;60.00;2026-02;support;1",
            "Nordwind Industriebedarf;5.00;2026-02;storage;75",
            "Hafen Logistik;180.00;2026-02;;",
            "Hafen Logistik;1.00;2026-01;;",
        )
        self.assertEqual(
            self.causes(shadow),
            {
                ("Nordwind Industriebedarf", "base"): ("price", 10.0),
                ("Nordwind Industriebedarf", "storage"): ("quantity", -1.0),
            },
        )
        self.assertEqual((shadow.own_total, shadow.old_total), (364.0, 355.0))
        self.assertEqual((shadow.difference, shadow.different_count), (9.0, 1))
        self.assertEqual(shadow.other_months, 1)
        self.assertFalse(self.leg.charge_ids)

    def test_missing_on_either_side_and_tax(self):
        """TB-067: a buyer that only one side bills; amounts that differ by the tax alone."""
        self.keep_books(self.sub)
        self.clock("2026-03-01")
        tax = self.sub.company_id.account_sale_tax_id
        gross = Decimal("184") * (100 + Decimal(str(tax.amount))) / 100
        self.subscription(company="Neukunde", start="2026-06-01")
        shadow = self.shadow(
            "buyer,amount", f"Nordwind Industriebedarf,{gross:.2f}", "Neukunde,7.00"
        )
        found = self.causes(shadow)
        # It starts in June, so in February nobody goes by that name.
        self.assertIn("names none of your buyers", shadow.problem_ids.sentence)
        self.assertFalse(found)
        shadow = self.shadow("buyer,amount", f"Nordwind Industriebedarf,{gross:.2f}")
        self.assertEqual(
            {key[0]: cause for key, (cause, _amount) in self.causes(shadow).items()},
            {"Nordwind Industriebedarf": "tax", "Hafen Logistik": "missing_there"},
        )

    def test_bad_cells_are_named_and_nothing_is_compared(self):
        """TB-067: a file is taken whole or not at all."""
        shadow = self.shadow(
            "buyer,amount,component",
            "Nordwind Industriebedarf,zwölf,base",
            "Hafen Logistik,1,backup",
        )
        self.assertEqual(
            shadow.problem_ids.mapped(lambda one: (one.row, one.column)), [(2, "B"), (3, "C")]
        )
        self.assertFalse(shadow.line_ids)
        with self.assertRaisesRegex(UserError, "no XLSX workbook"):
            self.shadow("PK\x03\x04 broken")

    def test_a_contract_that_cannot_be_rated_is_named(self):
        """TB-067: with the reason that would park it."""
        book = self.leg.price_book_id
        self.env.cr.execute(
            "DELETE FROM billing_price WHERE code = 'base' AND book_id IN %s",
            [tuple((book | book.parent_id).ids)],
        )
        self.env.invalidate_all()
        shadow = self.shadow("buyer,amount", "Nordwind Industriebedarf,1")
        self.assertIn("has no price for base", shadow.problem_ids[:1].sentence)

    def test_live_from_its_day(self):
        """TB-066, TB-067: nothing before the day, what was charged in advance stays charged, a
        change after it credits that; the total is what it would always have been."""
        self.sub.with_user(self.manager).action_start_shadow()
        self.clock("2026-02-02")
        with self.assertRaisesRegex(UserError, "today or later"):
            self.sub.with_user(self.manager).action_go_live("2026-02-01")
        self.sub.with_user(self.manager).action_go_live("2026-02-10")
        self.clock("2026-02-09")
        self.run_billing("2026-02-09")
        self.assertFalse(self.leg.charge_ids)
        self.clock("2026-02-12")
        self.run_billing("2026-02-12")
        self.assertEqual(self.leg.opening_day, date(2026, 2, 10))
        self.assertEqual(
            {one.code: (one.amount, one.date_from, one.date_until) for one in self.leg.opening_ids},
            {
                "base": (120.0, date(2026, 2, 1), date(2026, 3, 1)),
                "support": (60.0, date(2026, 2, 1), date(2026, 3, 1)),
            },
        )
        self.assertEqual(self.ledger(), {})
        change = self.open("change", day="2026-02-15")
        self.line(change, "base").quantity = 2
        change.action_preview()
        change.action_confirm()
        self.clock("2026-03-01")
        self.run_billing("2026-03-01")
        found = self.ledger()
        self.assertEqual(found["base", "credit", "2026-02-15"], Decimal("-60.00"))
        self.assertEqual(found["base", "charge", "2026-02-15"], Decimal("120.00"))
        self.assertEqual(found["base", "charge", "2026-03-01"], Decimal("240.00"))
        self.assertNotIn(("base", "charge", "2026-02-01"), found)
        # What starts after the day is charged from its beginning.
        later = self.subscription(company="Spaeter", start="2026-02-20")
        self.run_billing("2026-03-01")
        own = later.leg_ids.filtered("customer_id")
        self.assertFalse(own.opening_day)
        self.assertIn(("base", "charge", "2026-02-20"), self.ledger(own))

    def test_who_decides_and_who_reads(self):
        """TB-067: the seller's manager or the desk; the comparison is the seller's alone."""
        for node, role in ((self.master, "manager"), (self.sub, "finance")):
            with self.subTest(role), self.assertRaises(AccessError):
                self.sub.with_user(self.user(node, role)).action_start_shadow()
        shadow = self.shadow("buyer,amount", "Nordwind Industriebedarf,1")
        Line = self.env["billing.shadow.line"]
        for user in (self.user(self.master, "manager"), self.staff()):
            self.env.invalidate_all()
            self.assertFalse(self.env["billing.shadow"].with_user(user).search([]))
            self.assertFalse(Line.with_user(user).search([]))
        own = shadow.with_user(self.user(self.sub, "finance"))
        own.line_ids[:1].note = "asked"
        with self.assertRaises(AccessError):
            own.line_ids[:1].own_amount = 5
        own_node = self.sub.with_user(self.manager)
        self.assertTrue(own_node.may_move_in)
        self.assertFalse(self.sub.with_user(self.user(self.master, "manager")).may_move_in)
        self.run_billing("2026-01-31")
        self.env.invalidate_all()
        self.assertFalse(own_node.may_move_in)
        with self.assertRaisesRegex(UserError, "billed here already"):
            self.sub.with_user(self.manager).action_start_shadow()

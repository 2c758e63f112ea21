from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError

from .common import BillingCase
from .test_billing_commission import CommissionCase


class TestBillingMargin(BillingCase):
    """TB-018, TB-059: own sales less own purchases and costs, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.subscription()
        cls.usage(cls.running.tenant_id, 60, "2026-01-12T00:00:00Z")
        cls.run_billing("2026-02-10")
        mixin = type(cls.env["billing.report.mixin"])
        cls.startClassPatcher(patch.object(mixin, "_report_today", lambda self: date(2026, 2, 15)))

    def margins(self, node, role="finance"):
        if node == self.root:
            user = self.env["res.users"].search([("login", "=", "platform.staff")])
            return self.env["billing.margin"].with_user(user or self.staff())
        return self.as_user(node, role, "billing.margin")

    def by(self, node, *groupby, domain=()):
        rows = self.margins(node)._read_group(
            list(domain), list(groupby), ["revenue:sum", "cost:sum", "margin:sum"]
        )
        return {row[:-3] if len(groupby) > 1 else row[0]: row[-3:] for row in rows}

    def ledger(self, **who):
        return sum(
            self.env["billing.charge"]
            .search([(f"{name}_id", "=", node.id) for name, node in who.items()])
            .mapped("amount")
        )

    def test_each_node_sees_its_two_legs(self):
        """TB-018: the master never the sub's retail, the sub never the master's purchase."""
        for node in (self.root, self.master, self.sub):
            rows = self.margins(node).search([])
            self.assertEqual(rows.program_node_id, node)
            self.assertEqual(sum(rows.mapped("revenue")), self.ledger(seller=node))
            self.assertEqual(sum(rows.mapped("cost")), self.ledger(buyer=node))
        retail = sum(self.margins(self.sub).search([]).mapped("revenue"))
        self.assertNotIn(retail, self.margins(self.master).search([]).mapped("revenue"))
        self.assertFalse(self.margins(self.sub2).search([]))
        self.assertFalse(self.margins(self.stranger).search([]))
        for role in ("sales", "delivery"):
            with self.assertRaises(AccessError):
                self.margins(self.sub, role).search([])

    def test_the_platform_has_no_purchase(self):
        """TB-059: what the platform sells to the master, and no price below."""
        self.assertEqual(set(self.margins(self.root).search([]).mapped("source")), {"sale"})

    def test_by_tenant_stream_and_partner(self):
        """TB-059: the three ways to look at it, with the source of each cost."""
        tenant = self.running.tenant_id
        by_tenant = self.by(self.sub, "tenant_id")
        self.assertEqual(list(by_tenant), [tenant])
        by_stream = self.by(self.sub, "stream", domain=[("day", "=", "2026-02-01")])
        self.assertEqual(by_stream["hosting"], (120, 80, 40))
        self.assertEqual(by_stream["support"], (60, 35, 25))
        self.assertEqual(by_stream["storage"][2], by_stream["storage"][0] - by_stream["storage"][1])
        self.assertTrue(by_stream["storage"][0])
        self.assertEqual(list(self.by(self.master, "buyer_id")), [self.sub])
        self.assertEqual(list(self.by(self.root, "buyer_id")), [self.master])
        sources = {key[1]: values for key, values in self.by(self.sub, "stream", "source").items()}
        self.assertEqual(set(sources), {"sale", "purchase"})

    def test_percent_of_sums(self):
        """TB-059: the margin of a group is not the mean of its rows."""
        ((rate, margin, revenue),) = self.margins(self.sub)._read_group(
            [], [], ["margin_rate:avg", "margin:sum", "revenue:sum"]
        )
        self.assertAlmostEqual(rate, 100 * margin / revenue, 6)

    def cost(self, node=None, **values):
        return self.as_user(node or self.sub, "finance", "billing.cost").create(
            {
                "name": "Invoice 4711",
                "provider": "Data centre",
                "date_from": "2026-01-17",
                **values,
            }
        )

    def test_an_own_cost_of_a_tenant(self):
        """TB-059: entered or estimated, by days, up to the running month."""
        self.cost(tenant_id=self.running.tenant_id.id, amount=31)
        self.cost(tenant_id=self.running.tenant_id.id, amount=10, source="estimate")
        found = self.by(self.sub, "source", "day:month")
        self.assertEqual(found["entered", date(2026, 1, 1)], (0, 15, -15))
        self.assertEqual(found["entered", date(2026, 2, 1)], (0, 31, -31))
        self.assertEqual(found["estimate", date(2026, 2, 1)], (0, 10, -10))
        self.assertEqual(len([key for key in found if key[0] == "entered"]), 2)

    def test_an_own_cost_of_a_profile(self):
        """TB-059: of each tenant of it that one sells to, from the first day of that."""
        second = self.subscription(company="Küstenbau", start="2026-02-15")
        profile = self.running.tenant_id.profile_id
        second.tenant_id.profile_id = profile
        self.cost(profile_id=profile.id, amount=28, date_from="2026-02-01")
        found = self.by(self.sub, "tenant_id", domain=[("source", "=", "entered")])
        self.assertEqual(found[self.running.tenant_id], (0, 28, -28))
        self.assertEqual(found[second.tenant_id], (0, 14, -14))
        rows = self.margins(self.sub).search([("source", "=", "entered")])
        self.assertEqual(rows.sudo().customer_id, (self.running | second).leg_ids.customer_id)

    def test_nobody_reads_anothers_cost(self):
        """X-05: neither above nor below."""
        self.cost(tenant_id=self.running.tenant_id.id, amount=31)
        for node in (self.master, self.sub2):
            self.assertFalse(self.as_user(node, "manager", "billing.cost").search([]))
            self.assertFalse(self.margins(node).search([("source", "=", "entered")]))
        with self.assertRaises(AccessError):
            self.cost(tenant_id=self.running.tenant_id.id, amount=1, program_node_id=self.master.id)
        with self.assertRaises(AccessError):
            self.cost(self.sub2, tenant_id=self.running.tenant_id.id, amount=1)
        with self.assertRaises(ValidationError):
            self.cost(tenant_id=self.running.tenant_id.id, amount=-1)

    def test_a_price_with_tax_inside(self):
        """B-07: margins are without tax."""
        self.keep_books(self.sub)
        company = self.sub.company_id
        tax = company.account_sale_tax_id
        tax.price_include_override = "tax_included"
        tax.amount = 25
        self.book_retail.tax_included = True
        gross = self.subscription(company="Brutto")
        self.run_billing("2026-02-11")
        rows = self.margins(self.sub).search(
            [
                ("subscription_id", "=", gross.id),
                ("source", "=", "sale"),
                ("stream", "=", "support"),
            ]
        )
        charges = gross.leg_ids[-1].charge_ids.filtered(lambda one: one.stream == "support")
        gross_total = sum(charges.mapped("amount"))
        self.assertAlmostEqual(sum(rows.mapped("revenue")), gross_total / 1.25, 1)

    def test_a_purchase_in_another_currency(self):
        """DESIGN 4.4, R-38: in the own company's currency at the rate of the day; where none is
        known it says so."""
        own = self.sub.company_id.currency_id
        other = self.env.ref("base.USD" if own != self.env.ref("base.USD") else "base.EUR")
        other.active = True
        Rate = self.env["res.currency.rate"]
        Rate.search([("currency_id", "=", other.id)]).unlink()
        Rate.create({"currency_id": other.id, "name": "2025-12-01", "rate": 2, "company_id": False})
        self.book_sub.active = False
        self.make_book(
            self.master,
            {"base": 80, "storage": 0.12, "support": 40, "setup": 0},
            buyer=self.sub,
            currency_id=other.id,
        )
        foreign = self.subscription(company="Küstenbau")
        self.run_billing("2026-02-11")
        domain = [("subscription_id", "=", foreign.id), ("stream", "=", "support")]
        domain += [("source", "!=", "sale"), ("day", "=", "2026-02-01")]
        self.assertEqual(self.margins(self.sub).search(domain).mapped("cost"), [20])
        Rate.search([("currency_id", "=", other.id)]).name = "2027-01-01"
        self.env.invalidate_all()
        row = self.margins(self.sub).search(domain)
        self.assertEqual((row.cost, row.source), (0, "no_rate"))


class TestCommissionMargin(CommissionCase):
    """TB-030, TB-059: a commission is a cost of its payer and revenue of who earns it."""

    def test_both_sides(self):
        """X-05: each its own row, and the payee not what the customer pays."""
        self.referred()
        self.bill("2026-01-01")
        self.pay(self.env["billing.statement"].search([("customer_id", "!=", False)]))
        self.book()
        staff = self.env["billing.margin"].with_user(self.staff())
        paid = staff.search([("kind", "=", "commission")])
        self.assertEqual((paid.revenue, paid.cost, paid.margin), (0, 18, -18))
        self.assertTrue(paid.customer_id)
        earned = self.as_user(self.referrer, "finance", "billing.margin").search([])
        self.assertEqual((earned.revenue, earned.cost, earned.source), (18, 0, "commission"))
        self.assertFalse(earned.customer_id)

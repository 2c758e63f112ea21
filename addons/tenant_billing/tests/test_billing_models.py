from collections import defaultdict
from datetime import date
from decimal import Decimal

from .common import ALLOWANCE, MASTER, PLATFORM, SUB, BillingCase

# An OEM vendor sells one bundle: its support is inside the price of the base (TB-027).
BUNDLE = {"base": 180.00, "storage": 0.20, "support": 0, "setup": 0}

# Each model with the same usage: January and February in advance, 31 GB over the allowance in
# January. Written by hand:
#   platform → partner   2 × (60 + 20) + 31 × 0.08 = 162.48
#   master → sub         2 × (80 + 35) + 31 × 0.12 = 233.72
#   seller → customer    2 × (120 + 60) + 31 × 0.20 = 366.20, the bundle 2 × 180 + 6.20 the same
#   commission           10 % of 180.00 and 186.20 = 18.00 + 18.62
#   delivery partner     62.00 for January, on a side leg
WHOLESALE, MASTERS, RETAIL = Decimal("162.48"), Decimal("233.72"), Decimal("366.20")
MODELS = {
    "referral": {
        "edges": {("root", "customer"): RETAIL},
        "commission": {("root", "referral"): Decimal("36.62")},
        "margin": {"root": Decimal("329.58"), "referral": Decimal("36.62")},
    },
    "resale": {
        "edges": {("root", "resale"): WHOLESALE, ("resale", "customer"): RETAIL},
        "margin": {"root": WHOLESALE, "resale": Decimal("203.72")},
    },
    "white_label": {
        "edges": {("root", "white_label"): WHOLESALE, ("white_label", "customer"): RETAIL},
        "margin": {"root": WHOLESALE, "white_label": Decimal("203.72")},
    },
    "oem": {
        "edges": {
            ("root", "oem"): WHOLESALE,
            ("oem", "customer"): RETAIL,
            ("delivery", "oem"): Decimal("62.00"),
        },
        "margin": {
            "root": WHOLESALE,
            "oem": Decimal("141.72"),
            "delivery": Decimal("62.00"),
        },
    },
    "master_referral": {
        "edges": {("root", "master"): WHOLESALE, ("master", "customer"): RETAIL},
        "commission": {("master", "master_referral"): Decimal("36.62")},
        "margin": {
            "root": WHOLESALE,
            "master": Decimal("167.10"),
            "master_referral": Decimal("36.62"),
        },
    },
    "master_resale": {
        "edges": {
            ("root", "master"): WHOLESALE,
            ("master", "master_resale"): MASTERS,
            ("master_resale", "customer"): RETAIL,
        },
        "margin": {
            "root": WHOLESALE,
            "master": Decimal("71.24"),
            "master_resale": Decimal("132.48"),
        },
    },
    "master_white_label": {
        "edges": {
            ("root", "master"): WHOLESALE,
            ("master", "master_white_label"): MASTERS,
            ("master_white_label", "customer"): RETAIL,
        },
        "margin": {
            "root": WHOLESALE,
            "master": Decimal("71.24"),
            "master_white_label": Decimal("132.48"),
        },
    },
    "master_oem": {
        "edges": {
            ("root", "master"): WHOLESALE,
            ("master", "master_oem"): MASTERS,
            ("master_oem", "customer"): RETAIL,
        },
        "margin": {
            "root": WHOLESALE,
            "master": Decimal("71.24"),
            "master_oem": Decimal("132.48"),
        },
    },
}


class TestBillingModels(BillingCase):
    """TRADE 1 and 2: who contracts with whom, at which price, and what each party keeps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        named = {"root": cls.root, "master": cls.master, "delivery": cls.delivery}
        for name in MODELS:
            model = name.removeprefix("master_")
            upline = cls.master if name.startswith("master_") else cls.root
            named[name] = cls.node(name.replace("_", " ").title(), model, upline=upline)
        cls.named = named
        cls.keep_books(*named.values())
        # Partners buy at the general book of their upline; each sells at its own.
        cls.make_book(cls.root, PLATFORM, audience="wholesale")
        cls.make_book(cls.master, MASTER, audience="wholesale")
        for name, node in named.items():
            if name not in ("referral", "master_referral", "delivery"):
                cls.make_book(node, BUNDLE if name.endswith("oem") else SUB)
        for seller, payee in (("root", "referral"), ("master", "master_referral")):
            cls.env["billing.referral.terms"].create(
                {"seller_id": named[seller].id, "for_node_id": named[payee].id, "percent": 10}
            )

    @classmethod
    def start(cls, name):
        """One tenant of the partner from 1 January on, 81 GB since the 5th."""
        node = cls.named[name]
        offer = cls.offer(node, company=f"Customer of {node.name}", start="2026-01-01")
        for line in offer.line_ids if name.endswith("referral") else ():
            # A referral partner quotes the seller's price.
            line.write({"amount": SUB[line.code], "included": ALLOWANCE.get(line.code, 0)})
        running = cls.win(offer)
        cls.usage(running.tenant_id, "81", "2026-01-05T00:00:00Z")
        if name == "oem":
            engagement = cls.env["program.engagement"].create(
                {
                    "owner_id": node.id,
                    "partner_id": cls.delivery.id,
                    "tenant_id": running.tenant_id.id,
                    "date_from": "2026-01-01",
                }
            )
            cls.env["billing.side.terms"].create(
                {"engagement_id": engagement.id, "kind": "fixed", "amount": 62}
            )
            engagement.with_user(cls.user(cls.delivery, "manager")).action_accept()
        return running

    def name_of(self, node):
        return next((name for name, each in self.named.items() if each == node), "customer")

    def pay(self, statements):
        for statement in statements:
            move = statement._invoice()
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            ).create({"payment_date": move.invoice_date})._create_payments()

    def total(self, amounts):
        return sum((Decimal(str(amount)) for amount in amounts), Decimal(0))

    def test_each_commercial_model(self):
        """TB-032, TB-030, TB-027, TB-061, PG-011: invoices, statements, vendor bills and margins
        of every party, each reconciled to the ledger and to figures written by hand."""
        running = {name: self.start(name) for name in MODELS}
        for day in ("2026-01-01", "2026-02-01"):
            run = self.run_billing(day)
            self.assertFalse(run.failure_ids.mapped("reason"))
        charges = self.env["billing.charge"].search([])
        self.pay(charges.filtered("customer_id").statement_id)
        referrals = self.env["billing.referral"].search([])
        self.env["billing.commission"]._book(referrals, date(2026, 3, 1))
        for name, expected in MODELS.items():
            with self.subTest(model=name):
                self.check_ledger(running[name], expected["edges"])
                self.check_commission(running[name], expected.get("commission", {}))
                self.check_margin(running[name], expected["margin"])
        self.check_documents(charges)

    def check_ledger(self, running, edges):
        found = defaultdict(Decimal)
        for leg in running.leg_ids:
            edge = self.name_of(leg.seller_id), self.name_of(leg.buyer_id)
            found[edge] += self.total(leg.charge_ids.mapped("amount"))
        self.assertEqual(dict(found), edges)

    def check_commission(self, running, expected):
        rows = running.referral_ids.commission_ids
        found = defaultdict(Decimal)
        for row in rows:
            found[self.name_of(row.seller_id), self.name_of(row.payee_id)] += self.total(
                [row.amount]
            )
        self.assertEqual(dict(found), expected)
        if rows:
            bill = rows.move_id
            self.assertEqual((bill.move_type, bill.state), ("in_invoice", "draft"))
            self.assertEqual(bill.company_id, rows.seller_id.company_id)
            self.assertEqual(bill.partner_id, rows.payee_id.partner_id)
            self.assertEqual(self.total([bill.amount_untaxed]), sum(found.values()))

    def check_margin(self, running, expected):
        rows = self.env["billing.margin"].search([("subscription_id", "=", running.id)])
        found = defaultdict(Decimal)
        for row in rows:
            found[self.name_of(row.program_node_id)] += self.total([row.margin])
        self.assertEqual(dict(found), expected)

    def check_documents(self, charges):
        """Every statement is the sum of its charges, its invoice and the buyer's bill the same."""
        self.assertEqual(charges, charges.statement_id.charge_ids)
        for statement in charges.statement_id:
            total = self.total(statement.charge_ids.mapped("amount"))
            invoice = statement._invoice()
            self.assertEqual((statement.state, invoice.state), ("issued", "posted"))
            self.assertEqual(self.total([statement.amount_untaxed]), total)
            self.assertEqual(self.total([invoice.amount_untaxed]), total)
            self.assertEqual(invoice.company_id, statement.seller_id.company_id)
            bills = statement.move_ids - invoice
            self.assertEqual(len(bills), 1 if statement.buyer_id else 0)
            for bill in bills:
                self.assertEqual((bill.state, bill.move_type), ("draft", "in_invoice"))
                self.assertEqual(bill.company_id, statement.buyer_id.company_id)
                self.assertEqual(bill.partner_id, statement.seller_id.partner_id)
                self.assertEqual(self.total([bill.amount_untaxed]), total)

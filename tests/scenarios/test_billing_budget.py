"""DESIGN 7, TB-033: what a run costs grows with its invoices alone, and no faster than agreed."""

import sys
from pathlib import Path

from odoo.tests import TransactionCase, tagged

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import portfolio  # noqa: E402

FEW, MANY = 50, 100


@tagged("standard", "-at_install", "post_install")
class TestBillingBudget(TransactionCase):
    def setUp(self):
        super().setUp()
        self.env = self.env(su=True)
        self.root = portfolio.seller(self.env)
        self.plan = portfolio.plan(self.env, self.root)
        self.book = portfolio.book(self.env, self.root)

    def grow(self, number):
        made = portfolio.subscriptions(
            self.env,
            self.root,
            self.plan,
            number,
            lambda customer: [
                {
                    "seller_id": self.root.id,
                    "customer_id": customer.id,
                    "price_book_id": self.book.id,
                    "currency_id": self.book.currency_id.id,
                }
            ],
        )
        portfolio.usage(self.env, made.tenant_id, "2026-01-05")

    def draft(self, day, count=None):
        """Rate, book and draft as the scheduler does, ``count`` invoices; the queries it took.

        Nothing is posted: the budget ends with the drafts.
        """
        self.env.flush_all()
        self.env.invalidate_all()
        run = self.env["billing.run"]._open(day)
        before = self.env.cr.sql_log_count
        while run.state != "post":
            run._step(lambda *_args, **_more: 60)
            self.env.flush_all()
        used = self.env.cr.sql_log_count - before
        self.assertFalse(run.failure_count)
        if count:
            self.assertEqual(run.document_count, count)
        return used

    def test_queries_of_an_invoice(self):
        """TB-033, B-14: seven queries an invoice at most the ordinary way, six with all lines at
        once; what a hundred invoices more cost is what they are measured by."""
        self.grow(FEW)
        self.draft("2026-01-01", FEW)
        few = {way: self.draft(day, FEW) for way, day in self.ways("2026-02-01", "2026-03-01")}
        self.grow(MANY)
        self.draft("2026-04-01")
        many = {
            way: self.draft(day, FEW + MANY) for way, day in self.ways("2026-05-01", "2026-06-01")
        }
        for way, most in (("complete", 6.0), ("ordinary", 7.0)):
            with self.subTest(way):
                self.assertLessEqual((many[way] - few[way]) / MANY, most)

    def ways(self, *days):
        for way, day in zip(("complete", "ordinary"), days, strict=True):
            self.root.company_id.billing_complete_lines = way == "complete"
            yield way, day

import io
import json

import openpyxl

from odoo import Command

from .test_month_end import MonthEndCase

TENANTS = 110


class TestMasterInvoice(MonthEndCase):
    """TB-068: a master with 110 tenants gets one invoice with sections and an annex."""

    def portfolio(self):
        """Running subscriptions of the master's own customers, written in one go."""
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {n:03}", "is_company": True} for n in range(TENANTS)]
        )
        tenants = self.env["hosting.tenant"].create(
            [
                {"name": each.name, "program_node_id": self.master.id, "partner_id": each.id}
                for each in customers
            ]
        )
        components = self.plan.component_ids.filtered(lambda one: one.code != "setup")
        made = self.env["billing.subscription"].create(
            [
                {
                    "plan_id": self.plan.id,
                    "tenant_id": tenant.id,
                    "program_node_id": self.master.id,
                    "partner_id": tenant.partner_id.id,
                    "start_date": "2026-01-01",
                    "item_ids": [
                        Command.create({"component_id": each.id, "valid_from": "2026-01-01"})
                        for each in components
                    ],
                }
                for tenant in tenants
            ]
        )
        self.env["billing.leg"].create(
            [
                {
                    "subscription_id": one.id,
                    "sequence": 1,
                    "date_from": "2026-01-01",
                    "seller_id": self.root.id,
                    "buyer_id": self.master.id,
                    "price_book_id": self.book_master.id,
                    "currency_id": self.book_master.currency_id.id,
                }
                for one in made
            ]
        )
        made.write({"state": "active"})
        for tenant in tenants:
            self.usage(tenant, 60, "2026-01-02T08:00:00Z")
        return tenants

    def test_one_invoice_one_line_a_tenant_and_stream_and_an_annex(self):
        """TB-068: 110 sections, a line for each of hosting, storage and support; the annex has
        every charge, and both add up to the invoice."""
        tenants = self.portfolio()
        self.run_billing("2026-01-01")
        self.run_billing("2026-02-01")
        statement = self.statements(self.root, "2026-02-01")
        self.assertEqual(len(statement), 1)
        move = statement.move_ids.filtered(lambda one: one.is_sale_document())
        self.assertEqual((len(move), move.state), (1, "posted"))
        lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        sections = move.invoice_line_ids.filtered(lambda line: line.display_type == "line_section")
        self.assertEqual((len(sections), len(lines)), (TENANTS, TENANTS * 3))
        keys = {
            (line.billing_charge_ids.tenant_id, line.billing_charge_ids[0].stream) for line in lines
        }
        self.assertEqual(len(keys), TENANTS * 3)
        annex = json.loads(statement._file("json"))
        self.assertEqual(len(annex["charges"]), TENANTS * 3)
        self.assertEqual(len({each["tenant"] for each in annex["charges"]}), len(tenants))
        # 60 + 20, and 10 GB of 60 over the allowance at 0.08.
        self.assertEqual(move.amount_untaxed, 80.80 * TENANTS)
        self.assertAlmostEqual(
            sum(float(each["amount"]) for each in annex["charges"]), move.amount_untaxed, 2
        )
        sheet = openpyxl.load_workbook(io.BytesIO(statement._file("xlsx"))).active
        rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[7], int | float)]
        self.assertEqual(len(rows), TENANTS * 3)
        self.assertAlmostEqual(sum(row[7] for row in rows), move.amount_untaxed, 2)

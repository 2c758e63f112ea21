from datetime import date

from odoo.exceptions import AccessError, UserError

from .common import BillingCase


class TestBillingDocuments(BillingCase):
    """DESIGN 4.3, 4.4: statements for everybody, invoices and bills where books are kept here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_books(cls.root, cls.master)

    def statement(self, seller, day):
        return self.env["billing.statement"].search(
            [("seller_id", "=", seller.id), ("billing_day", "=", day)]
        )

    def three_months(self):
        subscription = self.subscription()
        self.usage(subscription.tenant_id, 113, "2026-02-05T08:00:00Z")
        for as_of in ("2026-02-01", "2026-03-01", "2026-04-01"):
            self.run_billing(as_of)
        return subscription

    def test_one_invoice_a_seller_buyer_and_day(self):
        """TB-068: two tenants of one partner share its invoice, a line per tenant and stream."""
        self.subscription()
        self.subscription(company="Hafen Logistik", start="2026-01-20")
        self.run_billing("2026-02-01")
        statement = self.statement(self.root, "2026-02-01")
        self.assertEqual(len(statement), 1)
        move = statement.move_ids.filtered(lambda one: one.is_sale_document())
        self.assertEqual((move.state, move.move_type), ("posted", "out_invoice"))
        self.assertEqual(move.company_id, self.root.company_id)
        self.assertEqual(move.partner_id, self.master.partner_id)
        self.assertEqual(move.invoice_date, date(2026, 2, 1))
        self.assertEqual(move.amount_untaxed, statement.amount_untaxed)
        self.assertEqual(move.amount_total, statement.amount_total)
        lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        # Base and support of two tenants, each the sum of January's part and February.
        self.assertEqual(len(lines), 4)
        self.assertEqual(lines.mapped("quantity"), [1.0] * 4)
        sections = move.invoice_line_ids.filtered(lambda line: line.display_type == "line_section")
        self.assertEqual(len(sections), 2)
        self.assertEqual(lines.tax_ids, self.root.company_id.account_sale_tax_id)

    def test_the_buyers_draft_vendor_bill(self):
        """TB-027, issue 2: where both keep books here, posting makes the draft bill."""
        self.subscription()
        self.run_billing("2026-02-01")
        statement = self.statement(self.root, "2026-02-01")
        invoice = statement.move_ids.filtered(lambda one: one.is_sale_document())
        bill = statement.move_ids - invoice
        self.assertEqual((bill.state, bill.move_type), ("draft", "in_invoice"))
        self.assertEqual(bill.company_id, self.master.company_id)
        self.assertEqual(bill.partner_id, self.root.partner_id)
        self.assertEqual(bill.amount_untaxed, invoice.amount_untaxed)
        self.assertEqual(bill.ref, invoice.name)

    def test_own_books_get_a_statement_and_no_invoice(self):
        """TB-030: the sub keeps its own books; its customer's statements are handed over."""
        subscription = self.three_months()
        statements = self.env["billing.statement"].search([("seller_id", "=", self.sub.id)])
        self.assertEqual(set(statements.mapped("route")), {"own"})
        self.assertEqual(set(statements.mapped("state")), {"issued"})
        self.assertFalse(statements.move_ids)
        legs = subscription.leg_ids.filtered("customer_id")
        self.assertEqual(
            sum(statements.mapped("amount_total")), sum(legs.charge_ids.mapped("amount"))
        )

    def test_every_invoice_is_the_sum_of_its_charges(self):
        """TB-033: over three months every document reconciles with the ledger."""
        self.three_months()
        statements = self.env["billing.statement"].search([("route", "=", "here")])
        self.assertTrue(statements)
        for statement in statements:
            charges = statement.charge_ids
            move = statement.move_ids.filtered(lambda one: one.is_sale_document())
            self.assertEqual(move.amount_untaxed_signed, statement.amount_untaxed)
            self.assertAlmostEqual(sum(charges.mapped("amount")), statement.amount_untaxed, 2)
            self.assertEqual(charges.move_line_id.move_id, move)

    def test_customer_lines_show_quantity_and_rate(self):
        """DESIGN 4.3: a customer's invoice has a line per charge, quantity × rate."""
        self.keep_books(self.sub)
        subscription = self.subscription(start="2026-02-01")
        subscription.action_change("base", 3, "2026-02-01")
        self.usage(subscription.tenant_id, 113, "2026-02-05T08:00:00Z")
        self.run_billing("2026-03-01")
        moves = self.statement(self.sub, "2026-03-01").move_ids
        lines = {line.name.split(",")[0]: line for line in moves.invoice_line_ids}
        self.assertEqual((lines["Base"].quantity, lines["Base"].price_unit), (3.0, 120.0))
        self.assertEqual((lines["Storage"].quantity, lines["Storage"].price_unit), (63.0, 0.2))
        self.assertIn("50 included", lines["Storage"].name)

    def test_below_zero_becomes_one_credit_note(self):
        """B-06: what is left unused of an advance is credited on one credit note."""
        subscription = self.subscription(start="2026-02-01")
        self.run_billing("2026-02-01")
        subscription.action_end("2026-02-10")
        self.run_billing("2026-03-01")
        move = self.statement(self.root, "2026-03-01").move_ids.filtered(
            lambda one: one.is_sale_document()
        )
        self.assertEqual(move.move_type, "out_refund")
        # 19 of 28 days of 60 and of 20.
        self.assertEqual(move.amount_untaxed, 40.71 + 13.57)
        self.assertEqual(subscription.state, "ended")

    def drafted(self):
        """A draft of the platform's, by the run's own steps, not posted yet."""
        self.subscription()
        run = self.env["billing.run"]._open("2026-02-01")
        while run.state != "post":
            run._step(lambda done, remaining=None: 1)
        return self.statement(self.root, "2026-02-01").move_ids

    def test_a_deleted_draft_frees_its_charges(self):
        """DESIGN 4.3: its charges stand on the next run's draft, once."""
        move = self.drafted()
        self.assertEqual(move.state, "draft")
        charges = move.billing_statement_id.charge_ids
        move.with_user(self.person(self.root, "finance")).unlink()
        self.assertFalse(charges.statement_id)
        self.assertFalse(charges.move_line_id)
        self.run_billing("2026-02-01")
        again = self.statement(self.root, "2026-02-01")
        self.assertEqual(again.charge_ids, charges)
        self.assertEqual(again.move_ids.filtered("billing_statement_id")[0].state, "posted")

    def test_ledger_lines_are_read_only(self):
        """DESIGN 4.3: price, quantity and taxes of a draft are what the charges say."""
        move = self.drafted()
        line = move.invoice_line_ids[0]
        for values in ({"price_unit": 1}, {"quantity": 2}, {"tax_ids": [(5,)]}, {"discount": 9}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "sum of its charges"):
                move.write({"invoice_line_ids": [(1, line.id, values)]})
        with self.assertRaisesRegex(UserError, "sum of its charges"):
            move.write({"invoice_line_ids": [(2, line.id)]})
        with self.assertRaisesRegex(UserError, "charge ledger"):
            move.partner_id = self.sub.partner_id
        with self.assertRaisesRegex(UserError, "charge ledger"):
            move.button_cancel()

    def test_reset_and_reverse_are_refused(self):
        """DESIGN 4.3: core's reset and reverse name our action instead."""
        self.subscription()
        self.run_billing("2026-02-01")
        move = self.statement(self.root, "2026-02-01").move_ids.filtered(
            lambda one: one.is_sale_document()
        )
        for refused in (move.button_draft, move.action_reverse, move._reverse_moves):
            with self.assertRaisesRegex(UserError, "Credit and bill again"):
                refused()

    def test_charges_are_neither_edited_nor_deleted(self):
        """DESIGN 4.3: the ledger only grows."""
        self.subscription()
        self.run_billing("2026-02-01")
        charge = self.env["billing.charge"].search([], limit=1)
        with self.assertRaisesRegex(UserError, "never edited"):
            charge.amount = 1
        with self.assertRaisesRegex(UserError, "never edited"):
            charge.with_context(billing_ledger=True).amount = 1
        with self.assertRaisesRegex(UserError, "never deleted"):
            charge.unlink()

    def test_a_document_is_taken_back_by_the_ledger(self):
        """DESIGN 4.3: our action books the opposite at the taxes billed; the next run bills
        again what is right then."""
        subscription = self.subscription()
        self.run_billing("2026-02-01")
        statement = self.statement(self.root, "2026-02-01")
        action = statement.action_credit()
        credit = statement.browse(action["res_id"])
        self.assertEqual(credit.amount_total, -statement.amount_total)
        move = credit.move_ids.filtered(lambda one: one.is_sale_document())
        self.assertEqual((move.move_type, move.state), ("out_refund", "posted"))
        leg = subscription.leg_ids.filtered(lambda one: one.seller_id == self.root)
        self.assertAlmostEqual(sum(leg.charge_ids.mapped("amount")), 0, 2)
        self.run_billing("2026-02-01")
        self.assertAlmostEqual(sum(leg.charge_ids.mapped("amount")), statement.amount_untaxed, 2)
        with self.assertRaises(AccessError):
            statement.with_user(self.user(self.master, "finance")).action_credit()

    def test_preview_of_the_next_invoices(self):
        """TB-070: the next three periods by the engine, on one's own legs alone."""
        subscription = self.subscription()
        own = subscription.with_user(self.user(self.master, "finance"))
        preview = self.env["billing.preview"].browse(own.action_preview()["res_id"])
        self.assertTrue(preview.line_ids)
        self.assertEqual(
            set(preview.line_ids.mapped("party")),
            set(subscription.leg_ids.sorted("sequence")[:2].mapped("display_name")),
        )

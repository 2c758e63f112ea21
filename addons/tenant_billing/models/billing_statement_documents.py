from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import documents
from ..exceptions import message
from .billing_charge import LEDGER

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}


class BillingStatement(models.Model):
    """From charges to statements, to the seller's invoices and the buyers' draft bills."""

    _inherit = "billing.statement"

    @api.model
    def _open_charges(self, groups):
        domain = fields.Domain.OR(
            [
                ("seller_id", "=", seller.id),
                ("buyer_id", "=", buyer.id),
                ("customer_id", "=", customer.id),
                ("currency_id", "=", currency.id),
                ("billing_day", "=", day),
            ]
            for seller, buyer, customer, currency, day in groups
        )
        return self.env["billing.charge"].search(fields.Domain("statement_id", "=", False) & domain)

    @api.model
    def _draft(self, groups):
        """Statements, and draft invoices where the seller bills here.

        :param groups: list of (seller, buyer, customer, currency, billing day)
        :raises UserError: where a document is not the sum of its charges
        """
        return self._draft_charges(self._open_charges(groups))

    @api.model
    def _draft_charges(self, charges):
        """As `_draft`, for these rows alone."""
        grouped = charges.grouped(
            lambda charge: (
                charge.seller_id,
                charge.buyer_id,
                charge.customer_id,
                charge.currency_id,
                charge.billing_day,
            )
        )
        layouts = [(key, rows, documents.layout(rows)[0]) for key, rows in grouped.items()]
        statements = self.create(
            [
                {
                    "reference": seller._next_reference("billing.statement", "S-"),
                    "seller_id": seller.id,
                    "buyer_id": buyer.id,
                    "customer_id": customer.id,
                    "currency_id": currency.id,
                    "billing_day": day,
                    "route": "here" if seller.company_id.chart_template else "own",
                    "amount_total": float(document.total),
                }
                for (seller, buyer, customer, currency, day), rows, document in layouts
            ]
        )
        for statement, (_key, rows, document) in zip(statements, layouts, strict=True):
            if document.errors:
                code, line = document.errors[0]
                raise UserError(message(self.env, code, line=line + 1))
            rows.with_context(billing_ledger=LEDGER).statement_id = statement
        self._make_invoices(list(zip(statements, layouts, strict=True)))
        return statements

    @api.model
    def _make_invoices(self, pairs):
        """Draft invoices, many at once for each selling company."""
        by_company = defaultdict(list)
        for statement, (_key, rows, document) in pairs:
            # A document of nothing but charges that cancel out needs no invoice.
            if statement.route == "here" and (document.total or any(rows.mapped("amount"))):
                by_company[statement.seller_id.company_id].append((statement, rows, document))
        for company, members in by_company.items():
            Move = self.env["account.move"].with_company(company).with_context(**QUIET)
            moves = Move.create(
                [
                    {
                        "move_type": "out_refund" if document.is_refund else "out_invoice",
                        "company_id": company.id,
                        "partner_id": rows[0].leg_id._contact().id,
                        "currency_id": statement.currency_id.id,
                        "invoice_date": statement.billing_day,
                        "invoice_origin": statement.reference,
                        "billing_statement_id": statement.id,
                        "invoice_user_id": False,
                        "invoice_line_ids": documents.line_commands(
                            document, {row.id: row for row in rows}
                        ),
                    }
                    for statement, rows, document in members
                ]
            )
            for move, (_statement, rows, document) in zip(moves, members, strict=True):
                self._link_lines(move, rows, document)

    @api.model
    def _link_lines(self, move, rows, document):
        """Tie charges to their lines; a line that is not their sum parks the document."""
        sign = -1 if document.is_refund else 1
        lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        wanted = documents.ordered_lines(document)
        for number, (line, want) in enumerate(
            zip(lines.sorted("sequence"), wanted, strict=True), start=1
        ):
            # Prices that include tax: the charge is the gross amount (B-07).
            inside = line.tax_ids and all(line.tax_ids.mapped("price_include"))
            found = line.price_total if inside else line.price_subtotal
            if move.currency_id.compare_amounts(found * sign, float(want.subtotal)):
                raise UserError(message(self.env, "line_subtotal", line=number))
            members = rows.filtered(lambda row: row.id in want.items)  # noqa: B023
            members.with_context(billing_ledger=LEDGER).move_line_id = line

    def _issue(self):
        """Post the invoices of draft statements, and make the buyers' draft vendor bills."""
        for company, statements in self.grouped(lambda one: one.seller_id.company_id).items():
            moves = statements.move_ids.filtered(
                lambda move: move.state == "draft" and move.is_sale_document()
            )
            moves.with_company(company).with_context(**QUIET)._post(soft=False)
        self.state = "issued"
        self._make_vendor_bills()

    def _make_vendor_bills(self):
        """The buyer's draft bill, from the same charges, where both bill here."""
        for company, statements in (
            self.filtered(
                lambda one: one.route == "here" and one.buyer_id.company_id.chart_template
            )
            .grouped(lambda one: one.buyer_id.company_id)
            .items()
        ):
            Move = self.env["account.move"].with_company(company).with_context(**QUIET)
            Move.create(
                [
                    statement._bill_values(company)
                    for statement in statements
                    if statement._invoice()
                ]
            )

    def _bill_values(self, company):
        invoice = self._invoice()
        rows = self.charge_ids
        document = documents.layout(rows)[0]
        contact = self.seller_id.partner_id
        position = (
            self.env["account.fiscal.position"].with_company(company)._get_fiscal_position(contact)
        )
        taxes = position.map_tax(company.account_purchase_tax_id).ids
        return {
            "move_type": "in_refund" if document.is_refund else "in_invoice",
            "company_id": company.id,
            "partner_id": contact.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.billing_day,
            "ref": invoice.name,
            "invoice_origin": self.reference,
            "billing_statement_id": self.id,
            "invoice_line_ids": documents.line_commands(
                document, {row.id: row for row in rows}, taxes=taxes
            ),
        }

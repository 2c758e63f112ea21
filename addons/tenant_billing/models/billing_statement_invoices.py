from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

from ..adapters import documents
from ..adapters.complete_invoices import Invoices
from ..exceptions import message
from .billing_statement_documents import DRAFTING


class BillingStatement(models.Model):
    """Draft invoices of statements, many at once for each selling company."""

    _inherit = "billing.statement"

    @api.model
    def _make_invoices(self, members, run=None):
        """:param members: list of (statement, charges, the engine's document)
        :return: ``{charge id: id of its invoice line}``
        :raises UserError: where an account is missing, or a line is not the sum of its charges
        """
        by_company = defaultdict(list)
        for statement, rows, document in members:
            # A document of nothing but charges that cancel out needs no invoice.
            if statement.route == "here" and (document.total or any(rows.mapped("amount"))):
                by_company[statement.seller_id.company_id].append((statement, rows, document))
        lines = {}
        for company, group in by_company.items():
            Move = self.env["account.move"].with_company(company).with_context(**DRAFTING)
            contacts = [rows[0].leg_id._contact() for _statement, rows, _document in group]
            invoices = Invoices(Move, contacts[0].union(*contacts))
            values = [self._invoice_values(invoices, *member) for member in group]
            moves = run._make_moves(invoices, values) if run else Move.create(values)
            lines.update(self._lines_of(moves, group))
            for move, (statement, _rows, document) in zip(moves, group, strict=True):
                sign = -1 if document.is_refund else 1
                statement.amount_untaxed = sign * move.amount_untaxed
                statement.amount_total = sign * move.amount_total
        return lines

    @api.model
    def _invoice_values(self, invoices, statement, rows, document):
        header = {
            "move_type": "out_refund" if document.is_refund else "out_invoice",
            "company_id": statement.seller_id.company_id.id,
            "partner_id": rows[0].leg_id._contact().id,
            "currency_id": statement.currency_id.id,
            "invoice_date": statement.billing_day,
            "invoice_origin": statement.reference,
            "billing_statement_id": statement.id,
            "invoice_user_id": False,
        }
        journal = invoices.journal(header)
        if not journal.default_account_id:
            raise UserError(message(self.env, "account_missing", journal=journal.display_name))
        lines = documents.line_commands(
            document,
            {row.id: row for row in rows},
            account_id=journal.default_account_id.id,
            **invoices.analytic(),
        )
        return {**header, "invoice_line_ids": lines}

    @api.model
    def _lines_of(self, moves, members):
        """Charges by line; a line that is not their sum parks the document."""
        found = self.env["account.move.line"].search_fetch(
            [("move_id", "in", moves.ids), ("display_type", "=", "product")],
            ["move_id", "price_subtotal", "price_total", "tax_ids"],
            order="move_id, sequence, id",
        )
        by_move = found.grouped("move_id")
        places = {}
        for move, (_statement, _rows, document) in zip(moves, members, strict=True):
            sign = -1 if document.is_refund else 1
            pairs = zip(by_move[move], documents.ordered_lines(document), strict=True)
            for number, (line, want) in enumerate(pairs, start=1):
                # Prices that include tax: the charge is the gross amount (B-07).
                inside = line.tax_ids and all(line.tax_ids.mapped("price_include"))
                amount = line.price_total if inside else line.price_subtotal
                if move.currency_id.compare_amounts(amount * sign, float(want.subtotal)):
                    raise UserError(message(self.env, "line_subtotal", line=number))
                places.update(dict.fromkeys(want.items, line.id))
        return places

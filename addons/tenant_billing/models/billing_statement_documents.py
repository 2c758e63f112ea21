from odoo import api, models
from odoo.exceptions import UserError

from ..adapters import documents
from ..exceptions import message

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}
# A draft has no analytic lines yet that would have to follow its lines.
DRAFTING = {**QUIET, "skip_analytic_sync": True}


class BillingStatement(models.Model):
    """From charges to statements, to the seller's invoices and the buyers' draft bills."""

    _inherit = "billing.statement"

    @api.model
    def _draft(self, groups, run=None):
        """Statements, and draft invoices where the seller bills here.

        :param groups: list of (seller, buyer, customer, currency, billing day, route, charges)
        :param run: the run that asks, which knows how its invoices are made
        :raises UserError: where a document is not the sum of its charges
        """
        self._check_parties(groups)
        layouts = [(key, rows, documents.layout(rows)[0]) for *key, rows in groups]
        references = self._references([key[0] for key, _rows, _document in layouts])
        policies = self.env["billing.close.policy"]._of(
            self.env["program.partner"].union(*(key[0] for key in groups))
        )
        statements = self.create(
            [
                {
                    "reference": next(references[seller]),
                    "seller_id": seller.id,
                    "buyer_id": buyer.id,
                    "customer_id": customer.id,
                    "currency_id": currency.id,
                    "billing_day": day,
                    **policies[seller]._schedule(day),
                    "route": route,
                    "amount_untaxed": float(document.total),
                    "amount_total": float(document.total),
                    "company_amount": sum(rows.mapped("company_amount")),
                    "tax_inside": route == "own"
                    and any(rows.leg_id.price_book_id.mapped("tax_included")),
                }
                for (seller, buyer, customer, currency, day, route), rows, document in layouts
            ]
        )
        members = [
            (statement, rows, document)
            for statement, (_key, rows, document) in zip(statements, layouts, strict=True)
        ]
        for _statement, _rows, document in members:
            if document.errors:
                code, line = document.errors[0]
                raise UserError(message(self.env, code, line=line + 1))
        lines = self._make_invoices(members, run)
        self.env["billing.charge"]._place(
            [
                (row.id, statement.id, lines.get(row.id))
                for statement, rows, _document in members
                for row in rows
            ]
        )
        return statements

    @api.model
    def _check_parties(self, groups):
        """:raises UserError: where a customer or a tax of the charges is archived (B-13, R-09)"""
        charges = self.env["billing.charge"].union(*(rows for *_key, rows in groups))
        taxes = charges.with_context(active_test=False).tax_ids
        archived = taxes.filtered(lambda tax: not tax.active)
        for *_key, rows in groups:
            contact = rows[0].with_prefetch(charges.ids).leg_id._contact()
            if not contact.active and any(one.state != "ended" for one in rows.subscription_id):
                raise UserError(message(self.env, "customer_archived", customer=contact.name))
            used = rows.with_context(active_test=False).tax_ids & archived if archived else archived
            if used:
                raise UserError(message(self.env, "tax_archived", tax=used[0].name))

    @api.model
    def _references(self, sellers):
        """An iterator of numbers for each seller."""
        return {
            seller: iter(seller._next_references("billing.statement", "S-", sellers.count(seller)))
            for seller in set(sellers)
        }

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
                charge.route,
            )
        )
        return self._draft([(*key, rows) for key, rows in grouped.items()])

    def _issue(self):
        """Post the invoices of draft statements, and make the buyers' draft vendor bills."""
        self._write_order_numbers()
        for company, statements in self.grouped(lambda one: one.seller_id.company_id).items():
            moves = statements.move_ids.filtered(
                lambda move: move.state == "draft" and move.is_sale_document()
            )
            moves.with_company(company).with_context(**QUIET)._post(soft=False)
        self.state = "issued"
        self._make_vendor_bills()

    def _make_vendor_bills(self):
        """The buyer's draft bill, from the same charges, where both bill here. What takes back
        another has one where that one had one, whatever the buyer's route is by now."""
        for company, statements in (
            self.filtered(
                lambda one: one.route == "here" and one.buyer_id and one._buyer_bills_here()
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

    def _buyer_bills_here(self):
        original = self.credit_of_id
        if original:
            return any(move.is_purchase_document() for move in original.move_ids)
        return self.buyer_id._billing_route_on(self.billing_day) == "here"

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

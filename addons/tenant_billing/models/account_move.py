from odoo import api, fields, models
from odoo.exceptions import UserError

from .billing_charge import LEDGER

# What an invoice of the ledger says is decided by its charges.
MOVE_FIXED = frozenset(
    (
        "partner_id",
        "currency_id",
        "invoice_date",
        "move_type",
        "company_id",
        "journal_id",
        "billing_statement_id",
        "fiscal_position_id",
    )
)
LINE_FIXED = frozenset(
    (
        "quantity",
        "price_unit",
        "discount",
        "tax_ids",
        "price_subtotal",
        "price_total",
        "currency_id",
        "amount_currency",
        "balance",
        "debit",
        "credit",
        "product_id",
        "display_type",
        "move_id",
    )
)


class AccountMove(models.Model):
    """An invoice made from the charge ledger stays what its charges say."""

    _inherit = "account.move"

    billing_statement_id = fields.Many2one(
        "billing.statement",
        string="Billing statement",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )

    def _of_ledger(self):
        """The seller's documents among them; a buyer's bill is the buyer's own."""
        return self.filtered(lambda move: move.billing_statement_id and move.is_sale_document())

    def _refuse_ledger(self):
        if self._of_ledger():
            raise UserError(
                self.env._(
                    "This document comes from the charge ledger. Correct the fact (quantity, "
                    "price, usage or date) on the subscription: the next billing run books the "
                    "difference. To take back a whole document, use “Credit and bill again” on "
                    "its statement."
                )
            )

    def write(self, vals):
        if MOVE_FIXED & vals.keys() and self.env.context.get("billing_ledger") is not LEDGER:
            fixed = self._of_ledger().filtered(lambda move: move.state == "draft")
            if any(
                move._fields[name].convert_to_write(move[name], move) != vals[name]
                for move in fixed
                for name in MOVE_FIXED & vals.keys()
            ):
                self._refuse_ledger()
        return super().write(vals)

    def button_draft(self):
        self._refuse_ledger()
        return super().button_draft()

    def button_cancel(self):
        self._refuse_ledger()
        return super().button_cancel()

    def action_reverse(self):
        self._refuse_ledger()
        return super().action_reverse()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._refuse_ledger()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def unlink(self):
        """A deleted draft frees its charges: the next run drafts them again."""
        if not self:
            # Core asks this of nothing for every line that it writes.
            return super().unlink()
        statements = self._of_ledger().billing_statement_id
        # Safe: the statement of the very draft that the user may delete goes with it.
        statements = statements.sudo().filtered(lambda one: one.state == "draft")
        done = super(AccountMove, self.with_context(billing_ledger=LEDGER)).unlink()
        statements.unlink()
        return done


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    billing_charge_ids = fields.One2many("billing.charge", "move_line_id", readonly=True)

    def _refuse_ledger_lines(self):
        if self.env.context.get("billing_ledger") is LEDGER:
            return
        lines = self.filtered(lambda line: line.move_id.billing_statement_id)
        # Safe: asks whether a line comes from the ledger, tells nothing of it.
        if lines.sudo().billing_charge_ids:
            raise UserError(
                self.env._(
                    "This line is the sum of its charges, so it stays. Correct the fact on the "
                    "subscription, or delete the whole draft: its charges are drafted again."
                )
            )

    def write(self, vals):
        fixed = LINE_FIXED & vals.keys()
        if fixed:
            changed = self.filtered(
                lambda line: any(
                    line._fields[name].convert_to_write(line[name], line) != vals[name]
                    for name in fixed
                )
            )
            changed._refuse_ledger_lines()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ledger(self):
        self._refuse_ledger_lines()

from odoo import models

from ..adapters.prices import decimal
from ..engine.errors import BillingError
from ..engine.own_tax import taxed


class BillingStatement(models.Model):
    """The statement on its seller's paper, in its buyer's language (PG-026)."""

    _inherit = "billing.statement"

    def _printed(self):
        self.check_access("read")
        # Safe: the reader is a party to it; what is printed is the statement and its two parties.
        own = self.sudo()
        return own.with_context(lang=own._buyer_contact().lang or self.env.lang)

    def _print_tax(self):
        """The tax that a seller with books of its own states: dict of name, reason, net, tax and
        gross; None where it states none for this buyer, whose UBL says what is missing."""
        if self.route != "own":
            return None
        try:
            tax = self._own_tax()
        except BillingError:
            return None
        if not tax:
            return None
        made = taxed(
            [decimal(self.amount_total)],
            tax.percent,
            self.currency_id.decimal_places,
            self.tax_inside,
        )
        return {
            "name": self.env["billing.books.tax"]._name_of(tax.category, tax.percent),
            "reason": tax.reason,
            "net": float(made.net),
            "tax": float(made.tax),
            "gross": float(made.gross),
        }

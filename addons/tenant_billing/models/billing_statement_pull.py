from odoo import models

from ..adapters.prices import decimal
from ..engine.errors import BillingError
from ..engine.money import ONE, ZERO
from ..engine.own_books import payment
from ..engine.own_tax import taxed
from ..exceptions import message


class BillingStatement(models.Model):
    """What a seller's own Odoo says was paid of what was pushed there (TRADE 1, TB-030)."""

    _inherit = "billing.statement"

    def _both_sums(self, row):
        """What it comes to here and there, positive: with tax where the books say which one.

        :return: ours, theirs, and what rounding the tax by line there may make of it
        """
        ours = abs(decimal(self.amount_total))
        try:
            tax = self._own_tax()
        except BillingError:
            # None is stated any more for a buyer like this one.
            tax = None
        if not tax:
            name = "amount_total" if self.tax_inside else "amount_untaxed"
            return ours, decimal(row[name]), ZERO
        places = self.currency_id.decimal_places
        ours = taxed([ours], tax.percent, places, self.tax_inside).gross
        slack = len(self.charge_ids) * ONE.scaleb(-places)
        return ours, decimal(row["amount_total"]), slack

    def _take_payments(self, moves):
        """:param moves: ``{id there: row}`` of `OwnOdoo.moves`"""
        today = self.env["billing.run"]._clock().date()
        for one in self:
            row = moves.get(one.push_ref)
            if not row or row["invoice_origin"] != one._push_reference():
                # Deleted, or its number is another invoice's: a database that was put back.
                text = message(self.env, "own_odoo_gone")
                one.write({"push_state": "failed", "push_error": text, "push_ref": 0})
                continue
            ours, theirs, slack = one._both_sums(row)
            short = theirs < ours - slack
            total = decimal(row["amount_total"])
            told = payment(
                row["state"],
                row["payment_state"] or "",
                total,
                decimal(row["amount_residual"]),
                short,
            )
            sign = -1 if one.amount_total < 0 else 1
            # What is short is still to pay, by the sum that is compared.
            due = total + (ours - theirs if short else 0)
            values = {
                "reported_state": told.state,
                "reported_amount": float(sign * told.paid),
                "reported_total": float(sign * due),
            }
            if any(one[name] != value for name, value in values.items()):
                one.write({**values, "reported_on": today})
            one.push_name = row["name"] or one.push_name
            if told.note:
                one.push_error = message(self.env, told.note)
            elif short:
                one.push_error = one._differs(ours, theirs)

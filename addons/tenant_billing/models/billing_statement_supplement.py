from odoo import models


class BillingStatement(models.Model):
    """What was parked when its buyer's document was made follows as a supplement (TB-068)."""

    _inherit = "billing.statement"

    def _mark_supplements(self):
        """Tie new drafts to the document of the same buyer and day that went before them; one
        that was taken back, or takes back, is none."""
        if not self:
            return
        found = self.search(
            [
                ("id", "not in", self.ids),
                ("seller_id", "in", self.seller_id.ids),
                ("billing_day", "in", self.mapped("billing_day")),
                ("credit_of_id", "=", False),
            ],
            order="id desc",
        )
        taken_back = self.search([("credit_of_id", "in", found.ids)]).credit_of_id
        # The first one comes last, so that it stays.
        originals = {one._document_key(): one for one in found - taken_back}
        for one in self:
            original = originals.get(one._document_key())
            if not original:
                continue
            one.supplement_of_id = original
            one._invoice().invoice_origin = self.env._(
                "%(reference)s, supplement to %(original)s",
                reference=one.reference,
                original=original._invoice().name
                if original._invoice().state == "posted"
                else original.reference,
            )

    def _document_key(self):
        return (
            self.seller_id,
            self.buyer_id,
            self.customer_id,
            self.currency_id,
            self.billing_day,
            self.route,
        )

from odoo import api, fields, models


class BillingCharge(models.Model):
    """What a charge is without tax, as margins count it."""

    _inherit = "billing.charge"

    net_amount = fields.Float(
        string="Without tax, in the seller's currency",
        digits=(16, 2),
        compute="_compute_net_amount",
        store=True,
        precompute=True,
        help="Less than the amount where the price includes tax.",
    )

    @api.depends("amount", "company_amount", "tax_ids")
    def _compute_net_amount(self):
        for charge in self:
            net = charge.company_amount
            # As it was booked: a price book that changes later changes nothing here.
            taxes = charge.tax_ids if charge.leg_id.price_book_id.tax_included else None
            if taxes and charge.amount:
                company = charge.seller_id.company_id
                found = taxes.with_company(company).compute_all(
                    charge.amount, currency=charge.currency_id
                )
                share = found["total_excluded"] / charge.amount
                net = company.currency_id.round(net * share)
            charge.net_amount = net

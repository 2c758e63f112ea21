from odoo import fields, models


class BillingPrice(models.Model):
    _inherit = "billing.price"

    campaign_id = fields.Many2one(
        "billing.price.campaign", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
    )  # fmt: skip

    def _refuse_where_used(self):
        """What an announcement brought goes when it is withdrawn before its first day."""
        today = fields.Date.context_today(self)
        kept = self.filtered(
            lambda price: (
                not (
                    self.env.su
                    and price.campaign_id.state == "announced"
                    and price.valid_from
                    and price.valid_from > today
                )
            )
        )
        return super(BillingPrice, kept)._refuse_where_used() if kept else None


class BillingTermMixin(models.AbstractModel):
    _inherit = "billing.term.mixin"

    price_change = fields.Selection(
        [("renewal", "At renewal"), ("notice", "After notice")],
        string="New prices",
        required=True,
        default="renewal",
        help="When an announced price change reaches a running contract. Without a term: after "
        "notice.",
    )

    def _term_values(self):
        return {**super()._term_values(), "price_change": self.price_change or "renewal"}

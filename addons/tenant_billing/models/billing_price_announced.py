from odoo import fields, models

from ..adapters.prices import decimal, engine_price, price_json
from ..engine.books import marked_up, marked_up_amount


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

    def _changed(self, percent):
        """Values of the price, changed by a percent and rounded to the cent."""
        share, cent = decimal(percent), decimal("0.01")
        price = marked_up(engine_price(self), share, cent)
        return {
            **self._price_values(),
            "amount": float(price.amount),
            "tiers": price_json(price).get("tiers", False),
            "minimum": float(marked_up_amount(decimal(self.minimum), share, cent)),
            "maximum": float(marked_up_amount(decimal(self.maximum), share, cent)),
        }


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

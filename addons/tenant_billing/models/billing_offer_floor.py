from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..adapters.prices import decimal, engine_price
from ..engine.money import plain
from ..engine.pricing import lowest_rate, scaled


class BillingPrice(models.Model):
    _inherit = "billing.price"

    floor = fields.Float(
        digits=(16, 8),
        min_display_digits=2,
        help="Lowest rate at which your own people may quote this component; 0 for none. It acts "
        "on your own offers and lists, never on a price of a partner below.",
    )

    @api.constrains("floor", "book_id", "price_model", "amount", "tiers")
    def _check_floor(self):
        for price in self:
            if price.floor and price.book_id.audience != "retail":
                raise ValidationError(self.env._("A floor stands in your own list for customers."))
            if price.floor < 0:
                raise ValidationError(self.env._("A floor must not be negative."))
            if lowest_rate(engine_price(price)) < decimal(price.floor):
                raise ValidationError(
                    self.env._(
                        "The price of %(code)s is below your own floor of %(floor)s. Raise it, or "
                        "lower the floor first.",
                        code=price.code,
                        floor=plain(decimal(price.floor)),
                    )
                )


class BillingOffer(models.Model):
    """A seller's own floor on its own people's quotes (X-09)."""

    _inherit = "billing.offer"

    def _check_sendable(self):
        done = super()._check_sendable()
        # Safe: the seller's own floors, which its people who may quote may know (TRADE 7).
        own = self.sudo()
        seller, book = own._quote_seller(), own._floor_book()
        day = own._first_day()
        for line in own.line_ids:
            floor = decimal(book._price_of(line.code, day).floor)
            if line._quoted_rate() < floor:
                raise UserError(self._below_floor(line.component_id.name, floor, seller))
        return done

    def _floor_book(self):
        """The list of the seller whose floors hold; empty where it is in another currency."""
        seller = self._quote_seller()
        book = self.price_book_id if self.price_book_id.seller_id == seller else None
        book = book or self.env["billing.price.book"]._retail(seller)
        return book if book.currency_id == self.currency_id else book.browse()

    def _below_floor(self, name, floor, seller):
        """The sentence; the figure for people of the seller alone."""
        if self.env.su or self.program_node_id == seller:
            return self.env._(
                "%(name)s is quoted below your own floor of %(floor)s. Raise the price, or ask "
                "your manager to lower the floor.",
                name=name,
                floor=plain(floor),
            )
        return self.env._("%(name)s is quoted below the seller's floor.", name=name)


class BillingOfferLine(models.Model):
    _inherit = "billing.offer.line"

    def _quoted_rate(self):
        """The lowest rate of the line, less the discount of the offer."""
        factor = 1 - decimal(self.offer_id.discount_percent) / 100
        return lowest_rate(scaled(engine_price(self), factor))

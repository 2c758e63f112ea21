from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..adapters.facts import read_prices
from ..adapters.prices import decimal, engine_price
from ..adapters.terms import version_on
from ..engine.money import ONE, plain
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


class BillingDiscount(models.Model):
    """The same floor holds for discounts on running contracts (X-09)."""

    _inherit = "billing.discount"

    @api.model_create_multi
    def create(self, vals_list):
        discounts = super().create(vals_list)
        discounts._check_floor()
        return discounts

    def write(self, vals):
        done = super().write(vals)
        self._check_floor()
        return done

    def _check_floor(self):
        """No constraint, which core checks as the system: what was quoted was checked when it
        was sent, and the system takes it over as it is.

        :raises UserError:
        """
        if self.env.su:
            return
        # Safe: contracts of which the caller is the seller, checked by whoever gives a discount.
        legs = self.sudo().leg_id.filtered("customer_id")
        prices = read_prices(legs.price_book_id)
        # A search: what the form's cache holds of a contract may miss the new one.
        all_of = self.sudo().search([("leg_id", "in", legs.ids)]).grouped("leg_id")
        for leg, discounts in all_of.items():
            first = max(leg.date_from, leg.subscription_id._today())
            for given in self.sudo() & discounts:
                begins = max(given.date_from or first, first)
                days = {begins, *filter(None, discounts.mapped("date_from"))}
                for day in sorted(days):
                    if begins <= day and (not given.date_until or day < given.date_until):
                        leg._check_discounted(prices, discounts, day)


class BillingLeg(models.Model):
    _inherit = "billing.leg"

    def _check_discounted(self, prices, discounts, day):
        """The lowest rate of each component on a day, with all discounts of that day.

        :raises UserError: naming the component and its floor
        """
        book = self.env["billing.price.book"]._retail(self.seller_id)
        one = self.subscription_id
        for component in one._standing_components(day):
            versions = prices.get((self.price_book_id.id, component.code))
            floor = decimal(book._price_of(component.code, day).floor)
            if not (versions and floor) or book.currency_id != self.currency_id:
                continue
            factor = ONE
            for discount in discounts:
                if discount._holds(component.code, day):
                    factor *= 1 - decimal(discount.percent) / 100
            if lowest_rate(scaled(engine_price(version_on(versions, day)), factor)) < floor:
                raise UserError(
                    self.env._(
                        "With this discount %(name)s is charged below your own floor of "
                        "%(floor)s. Give less, or ask your manager to lower the floor.",
                        name=component.name,
                        floor=plain(floor),
                    )
                )


class BillingOfferLine(models.Model):
    _inherit = "billing.offer.line"

    def _quoted_rate(self):
        """The lowest rate of the line, less the discount of the offer."""
        factor = 1 - decimal(self.offer_id.discount_percent) / 100
        return lowest_rate(scaled(engine_price(self), factor))

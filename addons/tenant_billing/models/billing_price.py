from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..adapters.facts import read_prices
from ..adapters.prices import PRICE_FIELDS


class BillingPrice(models.Model):
    """The price of one component in a book, from a day on. A new version is a new line."""

    _name = "billing.price"
    _description = "Price"
    _inherit = ["billing.price.mixin"]
    _order = "book_id, code, valid_from, id"
    _rec_name = "code"

    book_id = fields.Many2one("billing.price.book", required=True, index=True, ondelete="restrict")
    seller_id = fields.Many2one(related="book_id.seller_id", store=True, index=True)
    buyer_id = fields.Many2one(related="book_id.buyer_id", store=True, index=True)
    currency_id = fields.Many2one(related="book_id.currency_id")
    code = fields.Char(string="Component", required=True, index=True, help="Code of the component.")
    valid_from = fields.Date(help="First day of this version; empty: from the beginning.")

    _version_uniq = models.UniqueIndex(
        "(book_id, code, COALESCE(valid_from, '0001-01-01'))",
        "This book has a price of this component from that day already.",
    )

    @api.constrains("code")
    def _check_code(self):
        self._refuse_per_user(self.mapped("code"))

    @api.model_create_multi
    def create(self, vals_list):
        prices = super().create(vals_list)
        prices.book_id._check_own()
        prices._refuse_past()
        prices._touch()
        return prices

    def _refuse_past(self):
        """A further price of a component that contracts are charged by begins today or later;
        the programme desk dates back where it has to.

        :raises ValidationError:
        """
        if self.env["program.isolation"]._scope().kind in ("system", "platform"):
            return
        today = self.env["billing.run"]._clock().date()
        # Safe: asks what contracts are charged by, tells nothing of them.
        past = self.sudo().filtered(lambda one: not one.valid_from or one.valid_from < today)
        legs = past.env["billing.leg"].search([("price_book_id", "child_of", past.book_id.ids)])
        merged = read_prices(legs.price_book_id) if past else {}
        for book, line in legs.price_book_id._lineages().items():
            known = past.union(*(each.price_ids for each in line))
            for price in past:
                others = known.filtered(lambda one, code=price.code: one.code == code) - past
                if others and price in merged.get((book.id, price.code), ()):
                    raise ValidationError(price._dates_back(today))

    def _dates_back(self, today):
        return self.env._(
            "Contracts are charged by “%(book)s” for %(code)s already. Give the new price its "
            "first day, %(day)s or later.",
            book=self.book_id.name,
            code=self.code,
            day=today,
        )

    def write(self, vals):
        self.book_id._check_own()
        if {"book_id", "code", "valid_from"} & vals.keys():
            self._refuse_where_used()
        before = {price.id: price._shown() for price in self}
        done = super().write(vals)
        if {*PRICE_FIELDS, "tiers_text"} & vals.keys():
            self._touch()
            for price in self:
                self.env["governance.event"]._record(
                    "billing.price",
                    price,
                    price.sudo().seller_id,
                    before[price.id],
                    price._shown(),
                )
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        self.book_id._check_own()
        self._refuse_where_used()

    def _refuse_where_used(self):
        # Safe: asks whether a contract uses the book, tells nothing of it.
        if (
            self.env["billing.leg"]
            .sudo()
            .search_count([("price_book_id", "child_of", self.book_id.ids)], limit=1)
        ):
            raise ValidationError(
                self.env._(
                    "Contracts are charged by this price, so it stays. Add a line with the first "
                    "day of the new price."
                )
            )

    def _touch(self):
        """Hook: prices have changed; what follows from them may be worked out again."""

    def _shown(self):
        tiers = (self.tiers_text or "").replace("\n", " | ")
        return (
            f"{self.code} {self.price_model} {self.amount:g} {tiers} +{self.included:g}"
            f" {self.minimum:g}…{self.maximum:g}"
        )

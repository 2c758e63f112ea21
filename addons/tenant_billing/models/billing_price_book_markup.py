from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..adapters import prices
from ..adapters.facts import read_prices


class BillingPriceBook(models.Model):
    """A book made from cost: wholesale × (1 + markup), rounded to a step. Its lines are the
    seller's own from then on, unless it chose to follow cost; a line that somebody typed
    stays as it is (TB-019, TRADE 6)."""

    _inherit = "billing.price.book"

    markup_percent = fields.Float(
        string="Markup on cost (%)",
        digits=(7, 2),
        groups="partner_governance.group_partner_finance",
    )
    rounding = fields.Float(
        string="Rounded to", digits=(16, 2), default=0.01, help="0: not rounded."
    )
    follow_cost = fields.Boolean(
        help="New wholesale prices reprice this book by themselves, from the same day on."
    )

    follow_problem = fields.Text(
        readonly=True, copy=False, help="Why a new wholesale price did not reprice this book."
    )

    _markup = models.Constraint(
        "CHECK (rounding >= 0 AND markup_percent > -100)", "A markup leaves a price above nothing."
    )

    @api.constrains("audience", "markup_percent", "follow_cost")
    def _check_markup(self):
        """A partner reads the wholesale book by which it buys: a markup there would tell it what
        its seller pays."""
        for book in self:
            if book.audience != "retail" and (book.markup_percent or book.follow_cost):
                raise ValidationError(
                    self.env._(
                        "Only your list for customers is made from cost: “%(book)s” would show "
                        "your buyer what you pay.",
                        book=book.name,
                    )
                )

    def _cost_book(self):
        """The book by which the seller itself buys; empty for the platform."""
        self.ensure_one()
        seller = self.seller_id
        return seller.upline_id and self._wholesale(seller.upline_id, seller) or self.browse()

    def action_fill_from_cost(self):
        """Make or renew the lines that come from cost."""
        for book in self:
            book._check_own()
            book.check_access("write")
            # Safe: the seller fills its own book from the book by which it buys.
            cost = book.sudo()._cost_book() if book.audience == "retail" else None
            if not cost:
                raise UserError(
                    self.env._("No wholesale book is for you, so there is no cost to mark up.")
                )
            if cost.currency_id != book.currency_id:
                raise UserError(
                    self.env._(
                        "Your cost is in %(cost)s and this book in %(own)s: make it in the same "
                        "currency, or enter its prices.",
                        cost=cost.currency_id.name,
                        own=book.currency_id.name,
                    )
                )
            book.sudo()._fill_from_cost()
        return True

    def _fill_from_cost(self, codes=None):
        """Each version of a cost price becomes a version of the own one from the same day."""
        self.ensure_one()
        cost = self._cost_book()
        typed = set(self.price_ids.filtered(lambda price: not price.from_cost).mapped("code"))
        mine = {
            (price.code, price.valid_from): price for price in self.price_ids.filtered("from_cost")
        }
        new = []
        for (_book, code), versions in read_prices(cost).items():
            if code in typed or (codes and code not in codes):
                continue
            for version in versions:
                values = self._marked_up_values(version)
                if own := mine.get((code, version.valid_from)):
                    own.write(values)
                else:
                    key = {"code": code, "valid_from": version.valid_from}
                    parts = self._price_of(code, version.valid_from)._parts()
                    new.append(
                        {
                            "book_id": self.id,
                            "from_cost": True,
                            "split_ids": parts,
                            **key,
                            **values,
                        }
                    )
        self.env["billing.price"].create(new)

    def _follow(self, codes):
        """`_fill_from_cost` for a change above: what its own rules refuse is told to the book's
        seller alone, never to whoever changed a cost."""
        problem = False
        try:
            with self.env.cr.savepoint():
                self._fill_from_cost(codes)
        except ValidationError as error:
            problem = str(error)
        self.follow_problem = problem

    def _marked_up_values(self, version):
        percent, step = prices.decimal(self.markup_percent), prices.decimal(self.rounding)
        return version._marked_up(percent, step)


class BillingPrice(models.Model):
    _inherit = "billing.price"

    from_cost = fields.Boolean(
        readonly=True, copy=False, help="Made from cost; type another price to make it your own."
    )

    def write(self, vals):
        done = super().write(vals)
        if not self.env.su and {*prices.PRICE_FIELDS, "tiers_text"} & vals.keys():
            # Safe: a price that its seller types is its own from now on.
            self.sudo().from_cost = False
        return done

    def _touch(self):
        """Books that follow this one's prices are repriced, and so on down the tree."""
        done = super()._touch()
        # Safe: a seller's own choice to follow what it pays; nobody sees another's book.
        wholesale = self.sudo().filtered(lambda price: price.book_id.audience == "wholesale")
        for book, changed in wholesale.grouped("book_id").items():
            sellers = book.buyer_id or book.seller_id.downline_ids
            for follower in book.search(
                [("seller_id", "in", sellers.ids), ("follow_cost", "=", True)]
            ):
                cost = follower._cost_book()
                same = cost.currency_id == follower.currency_id
                if same and book in cost._lineages().get(cost, ()):
                    follower._follow(set(changed.mapped("code")))
        return done

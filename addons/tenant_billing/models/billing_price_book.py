from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class BillingPriceBook(models.Model):
    """Prices of one seller in one currency: for its customers, or wholesale for a buyer."""

    _name = "billing.price.book"
    _description = "Price book"
    _order = "seller_id, audience, id"

    name = fields.Char(required=True)
    audience = fields.Selection(
        [
            ("retail", "Customers"),
            ("wholesale", "Partners (wholesale)"),
            ("agreed", "Agreed with one customer"),
        ],
        required=True,
        default="retail",
    )
    seller_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["program.node.mixin"]._default_program_node(),
    )
    for_node_id = fields.Many2one(
        "program.partner",
        string="For partner",
        ondelete="restrict",
        domain="[('upline_id', '=', seller_id)]",
        help="A wholesale book of one partner right below you; empty: of all of them.",
    )
    # Set from `for_node_id` by the server: isolation decides by it, so nobody sends it.
    buyer_id = fields.Many2one(
        "program.partner", compute="_compute_buyer_id", store=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    trial_days = fields.Integer(
        string="Trial (days)",
        help="Days at no charge from the start of a new subscription at these prices.",
    )
    price_ids = fields.One2many("billing.price", "book_id", copy=True)
    active = fields.Boolean(default=True)

    _trial_days = models.Constraint("CHECK (trial_days >= 0)", "A trial lasts 0 days or more.")

    @api.depends("for_node_id")
    def _compute_buyer_id(self):
        for book in self:
            book.buyer_id = book.for_node_id

    @api.constrains("audience", "for_node_id", "seller_id")
    def _check_buyer(self):
        for book in self:
            buyer = book.for_node_id
            if buyer and book.audience != "wholesale":
                raise ValidationError(self.env._("Only a wholesale book is for a partner."))
            if buyer and buyer.sudo().upline_id != book.seller_id:
                raise ValidationError(
                    self.env._(
                        "%(buyer)s does not stand right below %(seller)s.",
                        buyer=buyer.name,
                        seller=book.seller_id.name,
                    )
                )

    @api.constrains("currency_id")
    def _check_currency(self):
        """A leg has one currency for life, and takes it from its book."""
        # Safe: asks whether any leg exists, tells nothing of it.
        legs = self.env["billing.leg"].sudo().search([("price_book_id", "in", self.ids)])
        for leg in legs:
            if leg.currency_id != leg.price_book_id.currency_id:
                raise ValidationError(
                    self.env._("Running contracts use this book, so its currency stays.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        books = super().create(vals_list)
        books._check_own()
        return books

    def write(self, vals):
        self._check_own()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_own(self):
        self._check_own()

    def _check_own(self):
        """A buyer reads its seller's book; only the seller changes it."""
        scope = self.env["program.isolation"]._scope()
        if scope.kind == "system":
            return
        if any(book.sudo().seller_id.id != scope.node_id for book in self):
            raise AccessError(self.env._("Only its seller changes a price book."))

    @api.model
    def _wholesale(self, seller, buyer):
        """The book by which ``seller`` sells to the partner ``buyer``: its own, else the
        general one. Empty when there is none."""
        books = self.search(
            [
                ("seller_id", "=", seller.id),
                ("audience", "=", "wholesale"),
                ("buyer_id", "in", (buyer.id, False)),
            ]
        )
        return books.sorted(lambda book: (not book.buyer_id, -book.id))[:1]

    @api.model
    def _retail(self, seller):
        """The newest book by which ``seller`` sells to its customers."""
        return self.search(
            [("seller_id", "=", seller.id), ("audience", "=", "retail")], order="id desc", limit=1
        )

    def _price_of(self, code, day):
        """The version of the price of ``code`` that holds on ``day``."""
        versions = self.price_ids.filtered(
            lambda price: (
                price.code == code and (not price.valid_from or not day or price.valid_from <= day)
            )
        )
        return versions.sorted(lambda price: price.valid_from or date.min)[-1:]

    def _missing(self, codes):
        """Those of ``codes`` that the book has no price for."""
        return sorted(set(codes) - set(self.price_ids.mapped("code")))

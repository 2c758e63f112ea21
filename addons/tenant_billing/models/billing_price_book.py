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
            ("agreement", "Agreed with one partner"),
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
    discount_percent = fields.Float(
        string="Introductory discount (%)",
        digits=(5, 2),
        help="Off the prices of a new subscription, for the months beside it.",
    )
    discount_months = fields.Integer(help="0: for as long as it runs.")
    tax_included = fields.Boolean(
        string="Prices include tax", help="For customers who are quoted gross prices."
    )
    parent_id = fields.Many2one(
        "billing.price.book",
        string="Behind it",
        index=True,
        ondelete="restrict",
        domain="[('seller_id', '=', seller_id), ('currency_id', '=', currency_id)]",
        help="Where this book has no price of a component on a day, that one's holds.",
    )
    price_ids = fields.One2many("billing.price", "book_id", copy=True)
    active = fields.Boolean(default=True)

    _discount = models.Constraint(
        "CHECK (discount_percent BETWEEN 0 AND 100 AND discount_months >= 0)",
        "A discount is 0 to 100 percent, for 0 months or more.",
    )
    _trial_days = models.Constraint("CHECK (trial_days >= 0)", "A trial lasts 0 days or more.")

    @api.depends("name")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """A wholesale buyer reads its book, and not the name of the one behind it. Core reads
        names of what a record points at as the system, so the person is asked here."""
        isolation = self.env["program.isolation"]
        scope = isolation._scope_of_person()
        own = self._origin
        known = own if scope.kind == "system" else isolation._visible(own, scope)
        for book in self:
            hidden = book._origin and book._origin not in known
            book.display_name = self.env._("Another list") if hidden else book.name

    @api.depends("for_node_id")
    def _compute_buyer_id(self):
        for book in self:
            book.buyer_id = book.for_node_id

    @api.constrains("audience", "for_node_id", "seller_id")
    def _check_buyer(self):
        for book in self:
            buyer = book.for_node_id
            if buyer and book.audience not in ("wholesale", "agreement"):
                raise ValidationError(self.env._("Only a wholesale book is for a partner."))
            if buyer and buyer.sudo().upline_id != book.seller_id:
                raise ValidationError(
                    self.env._(
                        "%(buyer)s does not stand right below %(seller)s.",
                        buyer=buyer.name,
                        seller=book.seller_id.name,
                    )
                )

    @api.constrains("audience", "tax_included")
    def _check_tax_included(self):
        if any(book.tax_included and book.audience in ("wholesale", "agreement") for book in self):
            raise ValidationError(
                self.env._("Partners buy without tax: only customers' prices include it.")
            )

    @api.constrains("parent_id", "seller_id", "currency_id", "tax_included")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A price book cannot stand behind itself."))
        for book in self:
            parent = book.parent_id
            if parent and (
                parent.seller_id != book.seller_id
                or parent.currency_id != book.currency_id
                or (parent.buyer_id and parent.buyer_id != book.buyer_id)
                or parent.tax_included != book.tax_included
            ):
                raise ValidationError(
                    self.env._(
                        "“%(parent)s” cannot stand behind “%(book)s”: it is of another seller, "
                        "currency or partner, or only one of them includes tax.",
                        parent=parent.name,
                        book=book.name,
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
        if "parent_id" in vals and not self.env.su:
            self._refuse_other_parent(vals["parent_id"])
        return super().write(vals)

    def _refuse_other_parent(self, parent_id):
        """The book behind one that contracts are charged by decides their past as well."""
        for book in self.filtered(lambda book: book.parent_id.id != (parent_id or False)):
            # Safe: asks whether a contract uses the book, tells nothing of it.
            used = book.sudo().search([("id", "child_of", book.id)])
            if used.env["billing.leg"].search_count([("price_book_id", "in", used.ids)], limit=1):
                raise ValidationError(
                    self.env._(
                        "Contracts are charged by “%(book)s”, so the book behind it stays. Add "
                        "prices with their first day instead.",
                        book=book.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_own(self):
        self._check_own()

    def _check_own(self):
        """A buyer reads its seller's book; only the seller changes it."""
        if not self.env["program.isolation"]._is_of_own_node(self, "seller_id"):
            raise AccessError(self.env._("Only its seller changes a price book."))

    @api.model
    def _wholesale(self, seller, buyer, grade=None):
        """The book by which ``seller`` sells to the partner ``buyer``: its own, else that of its
        tier, else the general one. Empty when there is none.

        :param grade: tier to think of, default: the one that the buyer holds
        """
        # Safe: which tier a partner holds is known to the whole programme.
        tier = buyer.sudo().grade_id if grade is None else grade
        books = self.search(
            [
                ("seller_id", "=", seller.id),
                ("audience", "=", "wholesale"),
                ("buyer_id", "in", (buyer.id, False)),
                ("grade_id", "in", (tier.id, False)),
            ]
        )
        return books.sorted(lambda book: (not book.buyer_id, not book.grade_id, -book.id))[:1]

    @api.model
    def _retail(self, seller):
        """The newest book by which ``seller`` sells to its customers."""
        return self.search(
            [("seller_id", "=", seller.id), ("audience", "=", "retail")], order="id desc", limit=1
        )

    def _lineages(self):
        """Each book with itself and the books behind it, the most specific first."""
        found = {}
        for book in self:
            line = [book]
            while line[-1].parent_id and line[-1].parent_id not in line:
                line.append(line[-1].parent_id)
            found[book] = line
        return found

    def _price_of(self, code, day):
        """The version of the price of ``code`` that holds on ``day``: of this book, or of the
        first one behind it that has one."""
        for book in self._lineages().get(self, ()):
            versions = book.price_ids.filtered(
                lambda price: (
                    price.code == code
                    and (not price.valid_from or not day or price.valid_from <= day)
                )
            )
            if versions:
                return versions.sorted(lambda price: price.valid_from or date.min)[-1:]
        return self.env["billing.price"]

    def _missing(self, codes):
        """Those of ``codes`` that neither the book nor those behind it have a price for."""
        priced = {
            code
            for line in self._lineages().values()
            for book in line
            for code in book.price_ids.mapped("code")
        }
        return sorted(set(codes) - priced)

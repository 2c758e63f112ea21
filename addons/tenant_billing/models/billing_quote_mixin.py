from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import quote as adapter
from ..adapters.parties import Parties
from ..adapters.prices import decimal
from ..engine.errors import BillingError
from ..engine.money import ONE, ZERO
from ..engine.packages import by_part

INVOICES = 12
# What an unfinished form may hold; saving checks it.
UNFINISHED = (ArithmeticError, KeyError, TypeError, ValueError, AttributeError, BillingError)


class BillingQuoteMixin(models.AbstractModel):
    """What comes of a quote, by the engine of the nightly run: invoices, and for the priced
    roles of its very seller cost and margin (TB-070, TRADE 6 and 7)."""

    _name = "billing.quote.mixin"
    _description = "Prices something"

    projection = fields.Html(
        string="Next invoices",
        compute="_compute_projection",
        compute_sudo=True,
        sanitize=False,
        groups="partner_governance.group_partner_sales,partner_governance.group_partner_finance",
    )

    def _projection_fields(self):
        return [
            "plan_id",
            "currency_id",
            "start_date",
            "anchor_day",
            "timezone",
            "trial_days",
            "discount_percent",
            "discount_months",
            "line_ids.subtotal",
        ]

    @api.depends(lambda self: self._projection_fields() if "line_ids" in self._fields else [])
    @api.depends_context("uid", "lang")
    def _compute_projection(self):
        for quote in self:
            try:
                values = quote._projection_values()
            except UNFINISHED:
                quote.projection = False
            else:
                quote.projection = self.env["ir.qweb"]._render(
                    "tenant_billing.billing_projection", values
                )

    def _first_day(self):
        return self.start_date or fields.Date.context_today(self)

    def _periods(self):
        """How many full periods are shown."""
        return INVOICES

    def _quote_seller(self):
        """The node whose price it is."""
        return self.env["billing.subscription"]._contract_seller(self.program_node_id)

    def _buys_itself(self):
        """Whether the quote's own node is its seller, and the reader's: a referral partner sells
        in another's name, and a master quotes for itself alone; neither learns what that one
        pays, whatever a form says whose quote it is."""
        reader = self.env["program.isolation"]._scope_of_person()
        own = reader.kind == "system" or self.program_node_id.id == reader.node_id
        return own and self.program_node_id == self._quote_seller()

    def _is_priced(self):
        """Whether the reader may see cost and margin."""
        priced = self.env.user.has_group("partner_governance.group_partner_finance")
        return priced and self._buys_itself()

    def _cost_book(self):
        """The book by which the seller buys; empty for the platform."""
        seller = self._quote_seller()
        return self.env["billing.price.book"]._wholesale(seller.upline_id, seller)

    def _margins(self, book):
        """A function: what agreed margins leave of the purchase price of a component (PG-023)."""
        Margin = self.env["billing.agreement.margin"]
        return Margin._factors(book.seller_id, self._quote_seller(), self._first_day())

    def _to_own_currency(self, book):
        """A function from amounts of a book to the quote's currency, at the rate of its day."""
        if not book or book.currency_id == self.currency_id:
            return lambda amount: amount
        rate = self.env["res.currency"]._get_conversion_rate(
            book.currency_id, self.currency_id, self._quote_seller().company_id, self._first_day()
        )
        return lambda amount: amount * decimal(rate)

    def _projection_values(self):
        """What the template shows. Runs as the system, for whoever `_is_priced`."""
        day, priced = self._first_day(), self._is_priced()
        sale, until = adapter.quote_terms(self, day, self._periods())
        book = self._cost_book() if priced else None
        purchase = adapter.cost_terms(self, book, day, self._periods())[0] if book else None
        rate = self._to_own_currency(book)
        rows = adapter.rows(sale, purchase, until, rate, self._periods())
        parties = Parties(self.env)
        net = self._net(parties)
        margins = {row.day: net(float(row.amount)) - float(row.cost) for row in rows}
        return {
            "rows": rows,
            "margins": margins,
            "total": sum((row.amount for row in rows), ZERO),
            "cost": sum((row.cost for row in rows), ZERO),
            "margin": sum(margins.values()),
            "parts": self._parts(book, rate) if priced else {},
            "net": net,
            "names": self._part_names(),
            "priced": priced,
            "currency": self.currency_id,
            "measured": bool(sale.usage),
        }

    def _includes_tax(self):
        """Whether the prices are gross."""
        return False

    def _net(self, parties):
        """A function that takes the tax off an amount of the quote, where prices include it."""
        if not self._includes_tax():
            return lambda amount: amount
        contact = self.partner_id.commercial_partner_id
        try:
            taxes = parties.sale_taxes(self._quote_seller(), contact, True)
        # Its subscription would be parked for the tax that is missing.
        except UserError:
            return lambda amount: amount
        return lambda amount: parties.without_tax(taxes, self.currency_id, amount)

    def _part_names(self):
        return {
            "hosting": self.env._("Hosting"),
            "support": self.env._("Support"),
            "enhancement": self.env._("Enhancement"),
            "other": self.env._("Other"),
        }

    def _parts(self, book, rate):
        """Revenue and cost of a full period by part, recurring alone (TB-016)."""
        percent, left = decimal(self.discount_percent), self._margins(book)
        recurring = self.line_ids.filtered(lambda line: line.component_id.kind != "one_off")
        return by_part(
            (
                line.component_id.stream,
                decimal(line._rated(percent)),
                rate(line._cost(book, self._first_day(), left)),
            )
            for line in recurring
        )


class BillingQuoteLineMixin(models.AbstractModel):
    """A line of a quote: a component, its quantity and its price."""

    _name = "billing.quote.line.mixin"
    _description = "Line that is priced"
    _inherit = ["billing.price.mixin"]

    def _rated(self, percent):
        """A full period at the quantity, less ``percent``, rounded as the run rounds."""
        try:
            rate = adapter.line_rate(self, self, ONE - percent / 100)
            return float(adapter.rounded(rate, self.currency_id))
        except UNFINISHED:
            return float(ZERO)

    def _cost(self, book, day, left):
        """A full period by the seller's own purchase, in the book's currency, unrounded.

        :param left: `_margins` of the quote
        """
        code = self.component_id.code
        price = book._price_of(code, day) if book else None
        return adapter.line_rate(self, price, left(code)) if price else ZERO

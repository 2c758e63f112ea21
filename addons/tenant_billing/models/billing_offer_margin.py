from odoo import api, fields, models

from ..adapters.parties import Parties

PRICED = "partner_governance.group_partner_finance"
QUOTING = f"partner_governance.group_partner_sales,{PRICED}"


class BillingOffer(models.Model):
    """What the seller itself pays, for its priced roles alone (TRADE 6, 7); nothing where the
    offer is sold in another's name."""

    _name = "billing.offer"
    _inherit = ["billing.offer", "billing.quote.mixin"]

    cost_total = fields.Monetary(
        string="Own cost per period",
        compute="_compute_cost",
        compute_sudo=True,
        groups=PRICED,
        help="By the wholesale book of the seller's upline; none for the platform itself.",
    )
    margin = fields.Monetary(
        string="Own margin per period",
        compute="_compute_cost",
        compute_sudo=True,
        groups=PRICED,
        help="Less the discount of the offer; net, without a tax that stands inside the prices.",
    )

    @api.depends(
        "line_ids.cost", "line_ids.subtotal", "discount_percent", "price_book_id.tax_included"
    )
    def _compute_cost(self):
        parties = Parties(self.env)
        for offer in self:
            recurring = offer.line_ids.filtered(lambda line: line.kind != "one_off")
            offer.cost_total = sum(recurring.mapped("cost"))
            net = offer._net(parties)
            own = offer._buys_itself()
            offer.margin = net(offer.discounted_total) - offer.cost_total if own else 0

    def _includes_tax(self):
        return self.price_book_id.tax_included


class BillingOfferLine(models.Model):
    _inherit = "billing.offer.line"

    cost = fields.Monetary(string="Cost", compute="_compute_cost", compute_sudo=True, groups=PRICED)
    margin = fields.Monetary(
        string="Margin", compute="_compute_cost", compute_sudo=True, groups=PRICED
    )
    own_floor = fields.Float(
        string="Floor",
        digits=(16, 8),
        min_display_digits=2,
        compute="_compute_own_floor",
        compute_sudo=True,
        groups=QUOTING,
        help="Lowest rate at which it may be quoted, discount included; 0 for none.",
    )

    @api.depends(
        "subtotal",
        "component_id",
        "offer_id.discount_percent",
        "offer_id.start_date",
        "offer_id.price_book_id.tax_included",
    )
    def _compute_cost(self):
        parties = Parties(self.env)
        for offer, lines in self.grouped("offer_id").items():
            net = offer._net(parties)
            own = offer._buys_itself()
            book = offer._cost_book() if own else self.env["billing.price.book"]
            rate, left, day = (
                offer._to_own_currency(book),
                offer._margins(book),
                offer._first_day(),
            )
            for line in lines:
                line.cost = float(rate(line._cost(book, day, left)))
                line.margin = net(line._discounted()) - line.cost if own else 0

    @api.depends("component_id", "offer_id.price_book_id", "offer_id.start_date")
    def _compute_own_floor(self):
        for offer, lines in self.grouped("offer_id").items():
            book = offer._floor_book() if offer._buys_itself() else None
            for line in lines:
                line.own_floor = book._price_of(line.code, offer._first_day()).floor if book else 0

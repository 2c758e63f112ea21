from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters.parties import Parties
from ..adapters.prices import decimal, engine_price
from ..engine.money import ZERO
from ..engine.timeline import State


class BillingOffer(models.Model):
    """What the seller itself pays, for its priced roles alone (TRADE 6, 7)."""

    _inherit = "billing.offer"

    cost_total = fields.Monetary(
        string="Own cost per period",
        compute="_compute_cost",
        compute_sudo=True,
        groups="partner_governance.group_partner_finance",
        help="By the wholesale book of the seller's upline; none for the platform itself.",
    )
    margin = fields.Monetary(
        string="Own margin per period",
        compute="_compute_cost",
        compute_sudo=True,
        groups="partner_governance.group_partner_finance",
        help="Net: without a tax that stands inside the prices.",
    )

    @api.depends(
        "line_ids.subtotal",
        "line_ids.quantity",
        "program_node_id",
        "start_date",
        "price_book_id.tax_included",
    )
    def _compute_cost(self):
        Subscription = self.env["billing.subscription"]
        parties = Parties(self.env)
        for offer in self:
            seller = Subscription._contract_seller(offer.program_node_id)
            book = self.env["billing.price.book"]._wholesale(seller.upline_id, seller)
            day = offer.start_date or fields.Date.context_today(offer)
            recurring = offer.line_ids.filtered(lambda line: line.kind != "one_off")
            cost = float(sum((offer._line_cost(book, line, day) for line in recurring), ZERO))
            if book:
                cost = book.currency_id._convert(cost, offer.currency_id, seller.company_id, day)
            offer.cost_total = cost
            offer.margin = offer._net(parties, seller) - cost

    def _net(self, parties, seller):
        included = self.price_book_id.tax_included
        if not included:
            return self.recurring_total
        contact = self.partner_id.commercial_partner_id
        try:
            taxes = parties.sale_taxes(seller.company_id, contact, included)
        # Its subscription would be parked for the tax that is missing.
        except UserError:
            return self.recurring_total
        return parties.without_tax(taxes, self.currency_id, self.recurring_total)

    @api.model
    def _line_cost(self, book, line, day):
        price = book._price_of(line.code, day) if book else book.price_ids
        if not price:
            return ZERO
        state = State(
            decimal(line.quantity),
            decimal(price.included),
            decimal(price.minimum),
            engine_price(price),
            decimal(price.maximum) or None,
        )
        return state.rate

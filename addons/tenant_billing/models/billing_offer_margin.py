from odoo import api, fields, models

from ..adapters.prices import decimal, engine_price
from ..engine.money import ZERO
from ..engine.pricing import scaled
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
    )

    @api.depends("line_ids.subtotal", "line_ids.quantity", "program_node_id", "start_date")
    def _compute_cost(self):
        Subscription = self.env["billing.subscription"]
        for offer in self:
            seller = Subscription._contract_seller(offer.program_node_id)
            book = self.env["billing.price.book"]._wholesale(seller.upline_id, seller)
            day = offer.start_date or fields.Date.context_today(offer)
            recurring = offer.line_ids.filtered(lambda line: line.kind != "one_off")
            cost = float(sum((offer._line_cost(book, line, day) for line in recurring), ZERO))
            if book:
                cost = book.currency_id._convert(cost, offer.currency_id, seller.company_id, day)
            offer.cost_total = cost
            offer.margin = offer.recurring_total - cost

    @api.model
    def _line_cost(self, book, line, day):
        price = book._price_of(line.code, day) if book else book.price_ids
        if not price:
            return ZERO
        state = State(
            decimal(line.quantity),
            decimal(price.included),
            decimal(price.minimum),
            scaled(engine_price(price), line._margin_factor(book, day)),
            decimal(price.maximum) or None,
        )
        return state.rate


class BillingOfferLine(models.Model):
    _inherit = "billing.offer.line"

    def _margin_factor(self, book, day):
        """What the agreement with the upline leaves of its price (PG-023)."""
        seller = self.env["billing.subscription"]._contract_seller(self.offer_id.program_node_id)
        return self.env["billing.agreement.margin"]._factor(book.seller_id, seller, self.code, day)

from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import campaign as adapter
from ..adapters import facts as facts_adapter
from ..adapters.parties import Parties
from ..adapters.terms import PriceMissing, terms


class BillingPriceNotice(models.Model):
    """What one buyer is told of a price change: its own contracts and no other's."""

    _name = "billing.price.notice"
    _description = "Notice of a price change"
    _order = "first_day desc, id desc"

    campaign_id = fields.Many2one(
        "billing.price.campaign", required=True, index=True, ondelete="restrict"
    )
    name = fields.Char(required=True)
    seller_id = fields.Many2one("program.partner", required=True, index=True, ondelete="restrict")
    buyer_id = fields.Many2one("program.partner", index=True, ondelete="restrict")
    customer_id = fields.Many2one("res.partner", index=True, ondelete="restrict")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    first_day = fields.Date(required=True)
    message = fields.Text()
    is_withdrawn = fields.Boolean()
    line_ids = fields.One2many("billing.price.notice.line", "notice_id")
    old_total = fields.Monetary(string="Today, a period", compute="_compute_totals")
    new_total = fields.Monetary(string="Then, a period", compute="_compute_totals")

    @api.depends("line_ids.old_amount", "line_ids.new_amount")
    def _compute_totals(self):
        for notice in self:
            notice.old_total = sum(notice.line_ids.mapped("old_amount"))
            notice.new_total = sum(notice.line_ids.mapped("new_amount"))


class BillingPriceNoticeLine(models.Model):
    """One contract of a price change: the day from which it holds, and both costs. Before the
    announcement it names no buyer, so that its seller alone reads it."""

    _name = "billing.price.notice.line"
    _description = "Contract of a price change"
    _order = "campaign_id, day, id"
    _rec_name = "leg_id"

    campaign_id = fields.Many2one(
        "billing.price.campaign", required=True, index=True, ondelete="cascade"
    )
    notice_id = fields.Many2one("billing.price.notice", index=True, ondelete="restrict")
    seller_id = fields.Many2one("program.partner", required=True, index=True, ondelete="restrict")
    buyer_id = fields.Many2one("program.partner", index=True, ondelete="restrict")
    leg_id = fields.Many2one(
        "billing.leg", string="Contract", required=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(related="leg_id.tenant_id")
    currency_id = fields.Many2one(related="leg_id.currency_id")
    day = fields.Date(string="Holds from", required=True)
    codes = fields.Char(string="Components")
    old_amount = fields.Monetary(string="Today, a period")
    new_amount = fields.Monetary(string="Then, a period")
    difference = fields.Monetary(compute="_compute_difference")
    own_price = fields.Monetary(
        string="Own price", compute="_compute_margin", help="What you charge for the same, net."
    )
    margin_before = fields.Monetary(string="Margin today", compute="_compute_margin")
    margin_after = fields.Monetary(string="Margin then", compute="_compute_margin")

    _leg_uniq = models.UniqueIndex("(campaign_id, leg_id)")

    @api.depends("old_amount", "new_amount")
    def _compute_difference(self):
        for line in self:
            line.difference = line.new_amount - line.old_amount

    @api.depends("leg_id", "codes", "old_amount", "new_amount")
    @api.depends_context("uid")
    def _compute_margin(self):
        """For the buyer alone: what it charges for the same components of the same tenant."""
        scope = self.env["program.isolation"]._scope()
        self.own_price = self.margin_before = self.margin_after = 0
        mine = self.filtered(lambda line: line.buyer_id and line.buyer_id.id == scope.node_id)
        # Safe: the reader's own sales of the very subscriptions that the lines are about.
        subscriptions = mine.sudo().leg_id.subscription_id
        facts = facts_adapter.read_facts(subscriptions, datetime.min)
        sales = {
            one.id: leg
            for one in subscriptions
            for leg in facts.legs.get(one.id, ())
            if leg.seller_id.id == scope.node_id and not leg.date_until
        }
        codes = {code for line in mine for code in (line.codes or "").split()}
        quantities = adapter.measured(mine.sudo().leg_id, codes)
        parties = Parties(mine.sudo().env)
        for line in mine:
            leg = sales.get(line.sudo().leg_id.subscription_id.id)
            if not leg:
                continue
            try:
                price = adapter.cost_on(
                    terms(leg.subscription_id, leg, facts),
                    set((line.codes or "").split()),
                    quantities.get(line.leg_id.id, {}),
                    line.day,
                )
                # Tax inside a price is nobody's margin.
                net = parties.net(leg, float(price))
            # Parked for what is wrong with it, which its subscription says.
            except (PriceMissing, UserError):
                continue
            own = leg.currency_id._convert(
                net, line.currency_id, leg.seller_id.company_id, line.day
            )
            line.own_price = own
            line.margin_before = own - line.old_amount
            line.margin_after = own - line.new_amount

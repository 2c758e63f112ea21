from datetime import datetime

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_date, formataddr
from odoo.tools.misc import formatLang

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

    def _outbox_price_notice(self):
        """Mail it under the seller's brand.

        :raises UserError: where seller or buyer has no address; the outbox shows and retries it
        """
        self.ensure_one()
        brand = self.env["program.brand"].search(
            [("program_node_id", "=", self.seller_id.id)], limit=1
        )
        sender = email_normalize(brand.support_email or "")
        if not sender:
            raise UserError(
                self.env._(
                    "The brand of %(seller)s has no support e-mail, so nothing leaves under it.",
                    seller=self.seller_id.name,
                )
            )
        addresses = self._addresses()
        if not addresses:
            raise UserError(
                self.env._(
                    "%(buyer)s has no e-mail address to send the notice to.",
                    buyer=self.buyer_id.name or self.customer_id.name,
                )
            )
        subject = self.env._("Price change: %(name)s", name=self.name)
        if self.is_withdrawn:
            subject = self.env._("Withdrawn: %(name)s", name=self.name)
        self.env["mail.mail"].create(
            {
                "subject": subject,
                "email_from": formataddr((brand.name, sender)),
                "reply_to": sender,
                "email_to": ", ".join(addresses),
                "body_html": self._body(brand),
            }
        )

    def _addresses(self):
        """Managers and finance of a partner; the customer itself."""
        if self.customer_id:
            found = [self.customer_id.email]
        else:
            people = self.buyer_id.user_ids.filtered(
                lambda user: user.has_group("partner_governance.group_partner_finance")
            )
            found = people.mapped("email")
        return sorted({email_normalize(each or "") for each in found} - {False, ""})

    def _body(self, brand):
        if self.is_withdrawn:
            text = self.env._(
                "The price change announced for %(day)s is withdrawn. Your prices stay as they "
                "are.",
                day=format_date(self.env, self.first_day),
            )
            return Markup("<p>%s</p><p>%s</p>") % (text, brand.name)
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (
                line.leg_id.subscription_id.display_name,
                format_date(self.env, line.day),
                formatLang(self.env, line.old_amount, currency_obj=self.currency_id),
                formatLang(self.env, line.new_amount, currency_obj=self.currency_id),
            )
            for line in self.line_ids
        )
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>") % (
            self.env._("Contract"),
            self.env._("From"),
            self.env._("Today, a period"),
            self.env._("Then, a period"),
        )
        return Markup("<p>%s</p><table>%s%s</table><p>%s</p>") % (
            self.message or self.env._("Our prices change. This is what it means for you:"),
            head,
            rows,
            brand.name,
        )


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

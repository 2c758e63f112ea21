import base64
import json

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..adapters import quote as adapter
from ..adapters.campaign import own_versions, read_deferred
from ..adapters.facts import read_prices
from ..adapters.prices import PRICE_FIELDS
from ..adapters.scenario import scenario
from ..adapters.terms import version_on

COPIED = (
    "plan_id",
    "currency_id",
    "anchor_day",
    "timezone",
    "term_months",
    "trial_days",
    "discount_percent",
    "discount_months",
)


class BillingWhatIf(models.TransientModel):
    """What if: quantities, prices, discount, term, expected usage; shown by the engine of the
    run, copied to an offer, or saved for ``./setup/simulate billing`` (TB-070)."""

    _name = "billing.what.if"
    _description = "What if"
    _inherit = ["billing.quote.mixin"]

    program_node_id = fields.Many2one(
        "program.partner",
        readonly=True,
        default=lambda self: self.env["program.node.mixin"]._default_program_node(),
    )
    deal_id = fields.Many2one(
        "program.deal", help="The deal to which it is copied as an offer.", ondelete="cascade"
    )
    subscription_id = fields.Many2one("billing.subscription", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    tax_included = fields.Boolean(string="Prices include tax")
    plan_id = fields.Many2one("billing.plan", required=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", required=True)
    start_date = fields.Date(required=True, default=fields.Date.context_today)
    periods = fields.Integer(default=12, required=True)
    anchor_day = fields.Integer(default=1)
    timezone = fields.Char(default=lambda self: self.env.user.tz or "UTC", required=True)
    term_months = fields.Integer(string="Term (months)", default=12)
    trial_days = fields.Integer(string="Trial (days)")
    discount_percent = fields.Float(string="Discount (%)", digits=(5, 2))
    discount_months = fields.Integer(help="0: for as long as it runs.")
    line_ids = fields.One2many("billing.what.if.line", "what_if_id")
    file = fields.Binary(readonly=True)
    file_name = fields.Char(readonly=True)

    _periods_bound = models.Constraint(
        "CHECK (periods BETWEEN 1 AND 60)", "1 to 60 periods are looked at."
    )

    def _projection_fields(self):
        return [*super()._projection_fields(), "periods", "tax_included", "line_ids.quantity"]

    def _periods(self):
        return self.periods

    def _includes_tax(self):
        return self.tax_included

    @api.model
    def _open(self, values):
        return self.create(values)._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What if"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.onchange("plan_id")
    def _onchange_plan_id(self):
        if self.line_ids.component_id.plan_id != self.plan_id:
            self.line_ids = [Command.clear(), *self._plan_lines(self.plan_id)]

    @api.onchange("term_months")
    def _onchange_term_months(self):
        """A term is looked at to its end."""
        if self.term_months and self.plan_id.interval == "month":
            self.periods = min(max(self.term_months // self.plan_id.interval_count, 1), 60)

    @api.model
    def _plan_lines(self, plan):
        """A line for each component that is not optional, by the own list."""
        Offer = self.env["billing.offer"]
        book = self.env["billing.price.book"]._retail(
            self.env["program.node.mixin"]._default_program_node()
        )
        return [
            Command.create(Offer._line_values(component, book))
            for component in plan.component_ids.filtered(lambda one: not one.optional)
        ]

    def action_copy_to_offer(self):
        """An offer as it is here, for the deal chosen: nothing is typed twice."""
        self.ensure_one()
        if not self.deal_id:
            raise UserError(self.env._("Choose the deal that the offer is for."))
        Offer = self.env["billing.offer"]
        values = Offer._prefill(self.deal_id)
        values.update(_copied(self))
        values["profile_id"] = self.plan_id.profile_id.id
        values["start_date"] = self.start_date
        values["line_ids"] = _copied_lines(self.line_ids)
        book = self.env["billing.price.book"].browse(values["price_book_id"])
        if book.currency_id != self.currency_id or book.tax_included != self.tax_included:
            values["price_book_id"] = False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hosting offer"),
            "res_model": "billing.offer",
            "res_id": Offer.create(values).id,
            "view_mode": "form",
        }

    def action_save_scenario(self):
        """The input of ``./setup/simulate billing``, which gives the same charges."""
        self.ensure_one()
        terms, until = adapter.quote_terms(self, self._first_day(), self._periods())
        text = json.dumps(scenario(terms, until), indent=1, ensure_ascii=False)
        self.write(
            {
                "file": base64.b64encode(text.encode()),
                "file_name": f"what-if-{self.start_date}.json",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{self.file_name}?download=true",
            "target": "self",
        }


class BillingWhatIfLine(models.TransientModel):
    _name = "billing.what.if.line"
    _description = "Component in a what-if"
    _inherit = ["billing.quote.line.mixin"]
    _order = "id"

    what_if_id = fields.Many2one("billing.what.if", required=True, ondelete="cascade")
    plan_id = fields.Many2one(related="what_if_id.plan_id")
    component_id = fields.Many2one(
        "billing.plan.component",
        required=True,
        ondelete="cascade",
        domain="[('plan_id', '=', plan_id)]",
    )
    kind = fields.Selection(related="component_id.kind")
    quantity = fields.Float(
        digits=(16, 6), default=1, help="Of metered components: expected in a full period."
    )
    currency_id = fields.Many2one(related="what_if_id.currency_id")
    subtotal = fields.Monetary(string="Per period", compute="_compute_subtotal")

    @api.depends("quantity", *PRICE_FIELDS, "tiers_text", "what_if_id.discount_percent")
    def _compute_subtotal(self):
        for line in self:
            percent = adapter.decimal(line.what_if_id.discount_percent)
            line.subtotal = line._rated(percent)


class BillingOffer(models.Model):
    _inherit = "billing.offer"

    def action_what_if(self):
        """Try other figures; the offer stays as it is."""
        self.ensure_one()
        return self.env["billing.what.if"]._open(
            {
                **_copied(self),
                "deal_id": self.deal_id.id,
                "partner_id": self.partner_id.id,
                "tax_included": self.price_book_id.tax_included,
                "start_date": self._first_day(),
                "line_ids": _copied_lines(self.line_ids),
            }
        )


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    def action_what_if(self):
        """Try other figures on what stands today, at the prices of the reader's own sale."""
        self.ensure_one()
        self.check_access("read")
        leg = self._what_if_leg()
        day = max(self._today(), self.start_date)
        prices = read_prices(leg.price_book_id)
        days = read_deferred(leg, prices).get(leg.id)
        lines = []
        for component in self.plan_id.component_ids:
            now = self._standing(component.code, day)
            versions = prices.get((leg.price_book_id.id, component.code))
            there = now and now.there(component.kind) and component.kind != "one_off"
            if not (there and versions):
                continue
            quantity = component.default_quantity if component.kind == "metered" else now.quantity
            values = version_on(own_versions(versions, days), day)._price_values()
            lines.append(
                {"component_id": component.id, "quantity": float(quantity), **values},
            )
        return self.env["billing.what.if"]._open(
            {
                "subscription_id": self.id,
                "partner_id": leg.customer_id.id,
                "tax_included": leg.price_book_id.tax_included,
                "plan_id": self.plan_id.id,
                "currency_id": leg.currency_id.id,
                "start_date": day,
                "anchor_day": self.anchor_day,
                "timezone": self.timezone,
                "term_months": leg.term_months,
                "line_ids": [Command.create(values) for values in lines],
            }
        )

    def _what_if_leg(self):
        """The leg on which the reader's own node is the seller.

        :raises UserError: where there is none
        """
        node_id = self.env["program.isolation"]._scope().node_id
        finance = self.env.user.has_group("partner_governance.group_partner_finance")
        # Safe: the reader's own sale, and its own prices; wholesale ones are for finance (TRADE 7).
        leg = self.sudo().leg_ids.filtered(
            lambda one: (
                one.seller_id.id == node_id and not one.date_until and (finance or one.customer_id)
            )
        )[:1]
        if not leg:
            raise UserError(self.env._("You sell nothing of it: ask the partner that does."))
        return leg


class BillingPlan(models.Model):
    _inherit = "billing.plan"

    def action_what_if(self):
        """Try figures on the plan at the own list, without any deal."""
        self.ensure_one()
        WhatIf = self.env["billing.what.if"]
        book = self.env["billing.price.book"]._retail(
            self.env["program.node.mixin"]._default_program_node()
        )
        currency = book.currency_id or self.env.company.currency_id
        return WhatIf._open(
            {
                "plan_id": self.id,
                "currency_id": currency.id,
                "tax_included": book.tax_included,
                "line_ids": WhatIf._plan_lines(self),
            }
        )


def _copied(quote):
    """What an offer and a what-if have in common, as values for another one."""
    return {
        name: quote[name].id if quote._fields[name].type == "many2one" else quote[name]
        for name in COPIED
    }


def _copied_lines(lines):
    return [
        Command.create(
            {
                "component_id": line.component_id.id,
                "quantity": line.quantity,
                **line._price_values(),
            }
        )
        for line in lines
    ]

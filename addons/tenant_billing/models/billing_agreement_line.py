from datetime import date
from itertools import product

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..adapters.campaign import own_versions, read_deferred
from ..adapters.facts import read_prices
from ..adapters.prices import decimal, engine_price
from ..adapters.terms import versions_from
from ..engine.money import ONE, round_money
from ..engine.timeline import State


class BillingAgreementLine(models.Model):
    """One fee, service, commitment or pooled driver of an agreement, at its price."""

    _name = "billing.agreement.line"
    _description = "Line of a partner agreement"
    _inherit = ["billing.price.mixin", "billing.draft.line.mixin"]
    _order = "agreement_id, sequence, id"
    _rec_name = "code"

    agreement_id = fields.Many2one(
        "billing.agreement", required=True, index=True, ondelete="cascade"
    )
    seller_id = fields.Many2one(related="agreement_id.seller_id", store=True, index=True)
    buyer_id = fields.Many2one(related="agreement_id.buyer_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    plan_id = fields.Many2one(related="agreement_id.plan_id")
    sequence = fields.Integer(default=10)
    component_id = fields.Many2one(
        "billing.plan.component",
        required=True,
        ondelete="restrict",
        domain="[('plan_id', '=', plan_id)]",
    )
    code = fields.Char(related="component_id.code", store=True)
    kind = fields.Selection(related="component_id.kind")
    stream = fields.Selection(related="component_id.stream")
    portfolio = fields.Selection(related="component_id.portfolio")
    quantity = fields.Float(digits=(16, 6), default=1)
    subtotal = fields.Monetary(string="Per period", compute="_compute_subtotal")

    _component_uniq = models.Constraint(
        "UNIQUE (agreement_id, component_id)", "This component is in the agreement already."
    )

    @api.depends(
        "quantity", "price_model", "amount", "package_size", "tiers", "included", "minimum",
        "maximum", "currency_id",
    )  # fmt: skip
    def _compute_subtotal(self):
        for line in self:
            try:
                state = State(
                    decimal(line.quantity),
                    decimal(line.included),
                    decimal(line.minimum),
                    engine_price(line),
                    decimal(line.maximum) or None,
                )
                places = line.currency_id.decimal_places or 2
                line.subtotal = float(round_money(state.rate, places))
            # An unfinished price of a form costs nothing yet; saving checks it.
            except (ArithmeticError, KeyError, TypeError, ValueError):
                line.subtotal = 0

    @api.constrains("component_id", "agreement_id")
    def _check_plan(self):
        for line in self:
            if line.component_id.plan_id != line.agreement_id.plan_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is no component of the plan.", name=line.component_id.name
                    )
                )

    def _check_twice_charged(self):
        """A driver is charged by tenant or over the portfolio, never both (X-09)."""
        for line in self.filtered(lambda one: one.portfolio == "pool"):
            agreement = line.agreement_id
            # Safe: the seller's own wholesale prices for this partner.
            own = self.env["billing.price.book"].sudo()
            newest = own._wholesale(agreement.seller_id, agreement.buyer_id)
            legs = agreement._tenant_legs()
            prices = read_prices(newest | legs.price_book_id)
            deferred = read_deferred(legs, prices)
            # Tenants keep the book that they were signed by, with announced prices put off.
            signed = [(leg.price_book_id, deferred.get(leg.id, {})) for leg in legs]
            books = {(book, *sorted(days.items())): days for book, days in signed}
            books[(newest,)] = {}
            component = line.component_id
            codes = {component.pool_code}
            if component.meter_id:
                same = [("meter_id", "=", component.meter_id.id), ("portfolio", "=", False)]
                codes = set(component.sudo().search(same).mapped("code"))
            for ((book, *_days), days), code in product(books.items(), sorted(codes)):
                versions = own_versions(prices.get((book.id, code), ()), days)
                standing = versions_from(versions, agreement.start_date)
                if any(price.amount or price.tiers or price.minimum for price in standing):
                    raise UserError(
                        self.env._(
                            "%(buyer)s is charged “%(code)s” for each tenant by “%(book)s” "
                            "already. Set that price to 0 from %(day)s on, or take "
                            "“%(component)s” out.",
                            buyer=agreement.sudo().buyer_id.name,
                            code=code,
                            book=book.name,
                            day=agreement.start_date,
                            component=component.name,
                        )
                    )

    def _check_draft(self):
        self.agreement_id._check_own()
        if not self.env.su and any(one.state != "draft" for one in self.agreement_id):
            raise UserError(
                self.env._(
                    "It runs already. Change quantities on its subscription, prices in its price "
                    "book, the margin by a new line."
                )
            )


class BillingAgreementMargin(models.Model):
    """Percent off the seller's wholesale prices on all tenants of the partner, from a day on;
    read whenever these tenants are rated, never off a minimum (PG-023)."""

    _name = "billing.agreement.margin"
    _description = "Margin of a partner agreement"
    _order = "agreement_id, date_from, id"
    _rec_name = "percent"

    agreement_id = fields.Many2one(
        "billing.agreement", required=True, index=True, ondelete="cascade"
    )
    seller_id = fields.Many2one(related="agreement_id.seller_id", store=True, index=True)
    buyer_id = fields.Many2one(related="agreement_id.buyer_id", store=True, index=True)
    percent = fields.Float(string="Margin (%)", digits=(5, 2), required=True)
    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_until = fields.Date(string="Until", help="First day without it; empty: open.")
    codes = fields.Char(
        string="Components", help="Codes, with blanks between them; empty: all components."
    )

    _percent = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)", "A margin is above 0 and at most 100 percent."
    )
    _days = models.Constraint(
        "CHECK (date_until IS NULL OR date_until > date_from)", "A margin ends after it begins."
    )

    @api.model_create_multi
    def create(self, vals_list):
        margins = super().create(vals_list)
        margins.agreement_id._check_own()
        margins._refuse_past(margins.mapped("date_from"))
        for margin in margins:
            margin._trace("", margin._shown())
        return margins

    def write(self, vals):
        self.agreement_id._check_own()
        if vals.keys() - {"date_until"}:
            self._refuse_past(self.mapped("date_from"))
        self._refuse_past(filter(None, self.mapped("date_until")))
        before = {margin: margin._shown() for margin in self}
        done = super().write(vals)
        # And what it is changed to: neither its first day nor its end moves into the past.
        for name in {"date_from", "date_until"} & vals.keys():
            self._refuse_past(filter(None, self.mapped(name)))
        for margin in self:
            margin._trace(before[margin], margin._shown())
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_future(self):
        self.agreement_id._check_own()
        self._refuse_past(self.mapped("date_from"))
        for margin in self:
            margin._trace(margin._shown(), "")

    def _refuse_past(self, days):
        """What a running agreement charged by stays: a margin that began is ended, not changed."""
        today = fields.Date.context_today(self)
        running = any(one.state != "draft" for one in self.agreement_id)
        if running and not self.env.su and any(day < today for day in days):
            raise AccessError(
                self.env._(
                    "The margin of days gone by stays. End it from a day ahead, and "
                    "add another one."
                )
            )

    def _trace(self, old, new):
        # Safe: the seller is noted in the audit trail, shown to nobody here.
        self.env["governance.event"]._record(
            "billing.agreement.margin", self, self.sudo().seller_id, old, new
        )

    def _shown(self):
        return f"{self.percent:g}% {self.date_from}…{self.date_until or ''} {self.codes or ''}"

    @api.model
    def _factors(self, seller, buyer, day):
        """A function of a component's code: what is left of its wholesale price on a day, 0.9
        where 10 % are agreed."""
        rows = self._holding({(seller.id, buyer.id)}).get((seller.id, buyer.id), ())

        def left(code):
            found = ONE
            for percent, first, until, codes in rows:
                if first <= day < (until or date.max) and code in (codes or code).split():
                    found *= 1 - decimal(percent) / 100
            return found

        return left

    @api.model
    def _holding(self, pairs):
        """Margins of agreements that run or ran, by (seller id, buyer id), as
        ``(percent, first day, first day without it or None, codes or None)``."""
        found = {}
        if not pairs:
            return found
        for margin in self.search(
            [
                ("seller_id", "in", [seller for seller, _buyer in pairs]),
                ("buyer_id", "in", [buyer for _seller, buyer in pairs]),
                ("agreement_id.state", "in", ("running", "ended")),
            ]
        ):
            one = margin.agreement_id.subscription_id
            first = max(margin.date_from, one.start_date)
            ends = (margin.date_until, one.ended_on, one.end_date)
            until = min(filter(None, ends), default=None)
            if until is None or first < until:
                found.setdefault((margin.seller_id.id, margin.buyer_id.id), []).append(
                    (margin.percent, first, until, margin.codes)
                )
        return found

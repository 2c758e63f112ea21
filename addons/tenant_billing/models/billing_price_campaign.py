import hashlib
from datetime import datetime, timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..adapters import campaign as adapter
from ..adapters import facts as facts_adapter
from ..adapters.terms import PriceMissing, terms
from ..engine.campaign import effective_day


class BillingPriceCampaign(models.Model):
    """New prices of one book, announced with notice: at once for new offers, for running
    contracts at their renewal or after notice (TB-071, TRADE 6)."""

    _name = "billing.price.campaign"
    _description = "Price change"
    _order = "first_day desc, id desc"

    name = fields.Char(required=True)
    seller_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["program.node.mixin"]._default_program_node(),
    )
    book_id = fields.Many2one(
        "billing.price.book",
        string="Price book",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('seller_id', '=', seller_id), ('audience', 'in', ('retail', 'wholesale'))]",
    )
    currency_id = fields.Many2one(related="book_id.currency_id")
    first_day = fields.Date(required=True, help="New offers are priced by it from this day on.")
    notice_days = fields.Integer(
        string="Notice (days)", default=60, help="Running contracts get at least so many days."
    )
    message = fields.Text(help="What your buyers read beside their figures.")
    percent = fields.Float(
        string="Change (%)", digits=(7, 2), help="Fill the lines with today's prices changed by it."
    )
    line_ids = fields.One2many("billing.price.campaign.line", "campaign_id", copy=True)
    notice_line_ids = fields.One2many(
        "billing.price.notice.line", "campaign_id", string="Contracts", readonly=True
    )
    notice_ids = fields.One2many("billing.price.notice", "campaign_id", readonly=True)
    contract_count = fields.Integer(compute="_compute_counts", string="Running contracts")
    old_total = fields.Monetary(compute="_compute_counts", string="Revenue today, a period")
    new_total = fields.Monetary(compute="_compute_counts", string="Revenue then, a period")
    announced_on = fields.Date(readonly=True, copy=False)
    fingerprint = fields.Char(readonly=True, copy=False, help="What the preview was made from.")
    state = fields.Selection(
        [("draft", "Draft"), ("announced", "Announced"), ("withdrawn", "Withdrawn")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )

    _notice = models.Constraint("CHECK (notice_days >= 0)", "Notice is 0 days or more.")

    @api.depends("notice_line_ids.old_amount", "notice_line_ids.new_amount")
    def _compute_counts(self):
        for campaign in self:
            campaign.contract_count = len(campaign.notice_line_ids)
            campaign.old_total = sum(campaign.notice_line_ids.mapped("old_amount"))
            campaign.new_total = sum(campaign.notice_line_ids.mapped("new_amount"))

    @api.constrains("book_id", "seller_id")
    def _check_book(self):
        for campaign in self:
            book = campaign.book_id
            if book.seller_id != campaign.seller_id or book.audience not in (
                "retail",
                "wholesale",
            ):
                raise ValidationError(
                    self.env._("A price change is about one of your own lists of prices.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        campaigns = super().create(vals_list)
        campaigns._check_own()
        return campaigns

    def write(self, vals):
        self._check_own()
        if not self.env.su and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._("Your buyers know it. Withdraw it, and announce another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        self._check_own()
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("What was announced is never deleted."))

    def _check_own(self):
        scope = self.env["program.isolation"]._scope()
        # Safe: compares whose it is, tells nothing of it.
        if scope.kind != "system" and any(one.sudo().seller_id.id != scope.node_id for one in self):
            raise AccessError(self.env._("Only its seller announces a price change."))

    def _check_manager(self):
        self._check_own()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("“%(name)s” is announced already.", name=self.name))

    def action_fill(self):
        """A line for each price of the book that holds on the first day, changed by the percent."""
        self.ensure_one()
        self._check_manager()
        codes = sorted(set(self.book_id.price_ids.mapped("code")))
        self.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "code": code,
                        **self.book_id._price_of(code, self.first_day)._changed(self.percent),
                    }
                )
                for code in codes
                if self.book_id._price_of(code, self.first_day)
            ),
        ]
        return True

    def action_preview(self):
        """Work out the contracts concerned, from which day, at what they pay now and then."""
        self.ensure_one()
        self._check_manager()
        self._check_announceable()
        # Safe: the seller's own contracts; preview rows are read by the seller alone.
        own = self.sudo()
        own.notice_line_ids.unlink()
        values = own._contract_values()
        self.env["billing.price.notice.line"].sudo().create(values)
        own.fingerprint = own._state_of(values)
        return True

    def _check_announceable(self):
        today = fields.Date.context_today(self)
        if not self.line_ids:
            raise UserError(self.env._("No price changes yet: add a line."))
        if self.first_day <= today:
            raise UserError(
                self.env._("Choose a first day ahead: prices of days gone by stay as they are.")
            )
        there = self.book_id.price_ids.filtered(
            lambda price: (
                price.valid_from
                and price.valid_from >= self.first_day
                and price.code in self.line_ids.mapped("code")
            )
        )
        if there:
            raise UserError(
                self.env._(
                    "“%(book)s” has a price of “%(code)s” from %(day)s already. Choose another "
                    "first day, or take that line out.",
                    book=self.book_id.name,
                    code=there[0].code,
                    day=there[0].valid_from,
                )
            )

    def _contracts(self):
        """Running contracts priced by the book in something that changes, with these codes."""
        books = self.env["billing.price.book"].search([("id", "child_of", self.book_id.id)])
        lines = books._lineages()
        codes = set(self.line_ids.mapped("code"))
        legs = self.env["billing.leg"].search(
            [
                ("price_book_id", "in", books.ids),
                ("subscription_id.state", "in", ("active", "suspended")),
                "|",
                ("date_until", "=", False),
                ("date_until", ">", self.first_day),
            ]
        )
        for leg in legs:
            one = leg.subscription_id
            ends = [day for day in (one.ended_on, one.end_date) if day]
            if min(ends, default=self.first_day + timedelta(days=1)) <= self.first_day:
                continue
            nearer = lines[leg.price_book_id]
            nearer = nearer[: nearer.index(self.book_id)]
            own = {price.code for book in nearer for price in book.price_ids}
            concerned = (codes - own) & set(one.item_ids.mapped("code"))
            if concerned:
                yield leg, concerned

    def _contract_values(self):
        """Values of a notice line for each contract."""
        contracts = list(self._contracts())
        legs = self.env["billing.leg"].union(*(leg for leg, _codes in contracts))
        facts = facts_adapter.read_facts(legs.subscription_id, datetime.min)
        quantities = adapter.measured(legs, self.line_ids.mapped("code"))
        today = fields.Date.context_today(self)
        values = []
        for leg, codes in contracts:
            day = effective_day(
                self.first_day,
                today,
                self.notice_days,
                leg.price_change,
                leg.date_from,
                leg.term_months,
                leg.term_until or None,
            )
            lines = self.line_ids.filtered(lambda line, codes=codes: line.code in codes)
            one, used = leg.subscription_id, quantities.get(leg.id, {})
            thought = adapter.with_new_prices(facts, leg, lines, day)
            try:
                before, after = (
                    adapter.cost_on(terms(one, leg, each), codes, used, day)
                    for each in (facts, thought)
                )
            # Parked for what is wrong with it, which its subscription says.
            except PriceMissing:
                continue
            values.append(
                {
                    "campaign_id": self.id,
                    "seller_id": self.seller_id.id,
                    "leg_id": leg.id,
                    "day": day,
                    "codes": " ".join(sorted(codes)),
                    "old_amount": float(before),
                    "new_amount": float(after),
                }
            )
        return values

    def _state_of(self, values):
        """A hash of what is announced and what it was worked out from."""
        lines = [
            (line.code, sorted(line._price_values().items(), key=str)) for line in self.line_ids
        ]
        asked = (self.book_id.id, self.first_day, self.notice_days, lines, values)
        return hashlib.sha256(repr(asked).encode()).hexdigest()

    def action_announce(self):
        """Do what the preview showed: new versions in the book, days for running contracts, a
        notice for each buyer. Once."""
        self.ensure_one()
        self._check_manager()
        self._check_announceable()
        # Of two at once the later one fails to serialize and is tried again.
        self.lock_for_update()
        if not self.fingerprint:
            raise UserError(self.env._("Look at the preview first."))
        # Safe: the seller's own book and contracts, checked above.
        own = self.sudo()
        if own._state_of(own._contract_values()) != own.fingerprint:
            raise UserError(
                self.env._("Something has changed since the preview. Look at it again.")
            )
        own._announce()
        return True

    def _announce(self):
        self.write({"state": "announced", "announced_on": fields.Date.context_today(self)})
        self.env["billing.price"].create(
            [
                {
                    "book_id": self.book_id.id,
                    "code": line.code,
                    "valid_from": self.first_day,
                    "campaign_id": self.id,
                    **line._price_values(),
                }
                for line in self.line_ids
            ]
        )
        self._mark_followers()
        Notice = self.env["billing.price.notice"]
        for (buyer, customer), lines in self.notice_line_ids.grouped(
            lambda line: (line.leg_id.buyer_id, line.leg_id.customer_id)
        ).items():
            notice = Notice.create(
                {
                    "campaign_id": self.id,
                    "name": self.name,
                    "seller_id": self.seller_id.id,
                    "buyer_id": buyer.id,
                    "customer_id": customer.id,
                    "currency_id": self.currency_id.id,
                    "first_day": self.first_day,
                    "message": self.message,
                }
            )
            lines.write({"notice_id": notice.id, "buyer_id": buyer.id})
            self.env["program.outbox"]._post("price_notice", notice, self.seller_id)
        self.env["governance.event"]._record(
            "billing.price.campaign", self, self.seller_id, "", f"{self.first_day}"
        )

    def _mark_followers(self):
        """Lines that buyers who follow cost got by it go with it when it is withdrawn."""
        self.env["billing.price"].search(
            [
                ("from_cost", "=", True),
                ("valid_from", "=", self.first_day),
                ("code", "in", self.line_ids.mapped("code")),
                ("book_id.follow_cost", "=", True),
                ("book_id.seller_id.upline_id", "=", self.seller_id.id),
            ]
        ).campaign_id = self

    def action_withdraw(self):
        """Take it back before its first day: nothing was charged by it yet."""
        self.ensure_one()
        self._check_own()
        self.check_access("write")
        if self.state != "announced":
            raise UserError(self.env._("“%(name)s” is not announced.", name=self.name))
        if self.first_day <= fields.Date.context_today(self):
            raise UserError(
                self.env._("Its first day has come. Announce another change to go back.")
            )
        # Safe: the seller's own announcement, whose prices hold on no day yet.
        own = self.sudo()
        self.env["billing.price"].sudo().search([("campaign_id", "=", own.id)]).unlink()
        own.state = "withdrawn"
        for notice in own.notice_ids:
            notice.is_withdrawn = True
            self.env["program.outbox"]._post("price_notice", notice, own.seller_id)
        self.env["governance.event"]._record(
            "billing.price.campaign", self, own.seller_id, f"{own.first_day}", "withdrawn"
        )
        return True


class BillingPriceCampaignLine(models.Model):
    """One price that changes."""

    _name = "billing.price.campaign.line"
    _description = "New price"
    _inherit = ["billing.price.mixin"]
    _order = "campaign_id, code"
    _rec_name = "code"

    campaign_id = fields.Many2one(
        "billing.price.campaign", required=True, index=True, ondelete="cascade"
    )
    seller_id = fields.Many2one(related="campaign_id.seller_id", store=True, index=True)
    code = fields.Char(string="Component", required=True)
    current = fields.Char(string="Today", compute="_compute_current")

    _code_uniq = models.Constraint("UNIQUE (campaign_id, code)", "This price is in it already.")

    @api.depends("code", "campaign_id.book_id", "campaign_id.first_day")
    def _compute_current(self):
        for line in self:
            campaign = line.campaign_id
            price = campaign.book_id._price_of(line.code, campaign.first_day)
            shown = f"{price.amount:g}" if not price.tiers else (price.tiers_text or "")
            line.current = shown if price else ""

    @api.constrains("code")
    def _check_code(self):
        self._refuse_per_user(self.mapped("code"))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        self._check_draft()

    def _check_draft(self):
        self.campaign_id._check_own()
        if not self.env.su and any(one.state != "draft" for one in self.campaign_id):
            raise UserError(
                self.env._("Your buyers know it. Withdraw it, and announce another one.")
            )

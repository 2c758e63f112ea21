import hashlib
from datetime import datetime, timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..adapters import campaign as adapter
from ..adapters import facts as facts_adapter
from ..adapters.terms import PriceMissing, terms
from ..engine.campaign import effective_day


class BillingPriceCampaign(models.Model):
    """From the preview to the announcement, and back before the first day."""

    _inherit = "billing.price.campaign"

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
                    # A bundle stays one: what changes is its price.
                    "split_ids": self.book_id._price_of(line.code, self.first_day)._parts(),
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
            notice._queue_send()
        self.env["governance.event"]._record(
            "billing.price.campaign", self, self.seller_id, "", f"{self.first_day}"
        )

    def _mark_followers(self):
        """Lines that buyers who follow cost got by it go with it when it is withdrawn."""
        found = self.env["billing.price"].search(
            [
                ("from_cost", "=", True),
                ("valid_from", "=", self.first_day),
                ("code", "in", self.line_ids.mapped("code")),
                ("campaign_id", "=", False),
                ("book_id.follow_cost", "=", True),
                ("book_id.seller_id.upline_id", "=", self.seller_id.id),
            ]
        )
        for book, prices in found.grouped("book_id").items():
            # Of another cost book they come by another campaign, or by none.
            cost = book._cost_book()
            if self.book_id in cost._lineages().get(cost, ()):
                prices.campaign_id = self

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
        own.notice_ids.is_withdrawn = True
        # Who was not told yet is told nothing.
        (own.notice_ids - own.notice_ids._mute())._queue_send()
        self.env["governance.event"]._record(
            "billing.price.campaign", self, own.seller_id, f"{own.first_day}", "withdrawn"
        )
        return True

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..adapters import facts as facts_adapter
from ..adapters.parties import Parties
from ..adapters.prices import decimal
from ..engine.changes import next_boundary


class BillingPriceBook(models.Model):
    """The wholesale book that a partner tier gives (TRADE 7, PG-001)."""

    _inherit = "billing.price.book"

    grade_id = fields.Many2one(
        "res.partner.grade",
        string="For tier",
        index="btree_not_null",
        ondelete="restrict",
        help="A wholesale book of all partners right below you that hold this tier; empty: of "
        "any. A book of one partner goes before both.",
    )

    @api.constrains("grade_id", "audience", "for_node_id")
    def _check_grade(self):
        for book in self:
            if book.grade_id and (book.audience != "wholesale" or book.for_node_id):
                raise ValidationError(
                    self.env._(
                        "“%(book)s” is for a tier, so it is a wholesale book of all partners that "
                        "hold it: take out the partner, or the tier.",
                        book=book.name,
                    )
                )


class BillingLeg(models.Model):
    """What runs keeps its prices until it is renewed; then the tier of the day decides."""

    _inherit = "billing.leg"

    rebook_on = fields.Date(
        readonly=True,
        index="btree_not_null",
        copy=False,
        help="Renewed from this day on: by the wholesale book of the buyer's tier.",
    )

    def _renew(self):
        """A contract with a partner is priced anew; with one of a customer, those above it that
        have no term of their own."""
        ends = {leg: leg.term_until for leg in self}
        done = super()._renew()
        for leg, day in ends.items():
            unbound = leg.subscription_id.leg_ids.filtered(lambda each: not each.term_months)
            (leg | unbound if leg.customer_id else leg)._rebook_from(day)
        return done

    def _rebook_from(self, day):
        legs = self.filtered(
            lambda leg: (
                leg.buyer_id and not leg.date_until and leg.price_book_id.audience == "wholesale"
            )
        )
        legs.rebook_on = day

    def _rebook(self):
        """Go on by the book that the tier of the buyer gives, where it is another one."""
        self.ensure_one()
        day, old = self.rebook_on, self.price_book_id
        self.rebook_on = False
        book = self.env["billing.price.book"]._wholesale(self.seller_id, self.buyer_id)
        by_tier = book.grade_id or old.grade_id
        if not by_tier or book == old or book.currency_id != self.currency_id:
            return
        if book._missing(self.subscription_id.item_ids.mapped("code")) or day <= self.date_from:
            return
        following = self.create(
            {
                "subscription_id": self.subscription_id.id,
                "sequence": self.sequence,
                "seller_id": self.seller_id.id,
                "buyer_id": self.buyer_id.id,
                "price_book_id": book.id,
                "currency_id": self.currency_id.id,
                "date_from": day,
                "opening_day": self.opening_day,
                "trial_until": self.trial_until,
                **self._term_values(),
                "term_until": self.term_until,
            }
        )
        for discount in self.discount_ids.filtered(
            lambda each: not each.date_until or each.date_until > day
        ):
            discount.copy({"leg_id": following.id})
        self.date_until = day
        self.subscription_id._check_chain()
        self.env["governance.event"]._record(
            "billing.leg.rebook",
            following,
            self.seller_id,
            old.name,
            book.name,
            self.env._("tier of %(buyer)s", buyer=self.buyer_id.name),
        )

    def _same_parties(self):
        """Values of a contract that is only thought of, between the same two from today on."""
        return {
            "subscription_id": self.subscription_id.id,
            "seller_id": self.seller_id.id,
            "buyer_id": self.buyer_id.id,
            "currency_id": self.currency_id.id,
            "date_from": self.date_from,
        }


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    def _roll_terms(self, day):
        done = super()._roll_terms(day)
        due = self.env["billing.leg"].search(
            [
                ("subscription_id", "in", self.ids),
                ("rebook_on", "<=", day),
                ("date_until", "=", False),
                ("subscription_id.ended_on", "=", False),
            ]
        )
        for leg in due:
            leg._rebook()
        return done


class ProgramTierAssignment(models.Model):
    _inherit = "program.tier.assignment"

    def _start(self):
        """What is bound by no term is renewed with each period: it follows with the next one."""
        done = super()._start()
        bound = [("term_months", ">", 0), ("date_until", "=", False)]
        # Safe: prices of contracts follow a tier that was signed.
        legs = (
            self.env["billing.leg"]
            .sudo()
            .search(
                [
                    ("buyer_id", "in", self.program_node_id.ids),
                    ("date_until", "=", False),
                    ("subscription_id.state", "in", ("active", "suspended")),
                    ("subscription_id.leg_ids", "not any", bound),
                ]
            )
        )
        for one, own in legs.grouped("subscription_id").items():
            today = max(one._today(), one.start_date)
            own._rebook_from(next_boundary(one._calendar(), today))
        return done


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _tier_yearly_sum(self, grade):
        """What the purchases of the node would cost less in a year by the wholesale books of
        ``grade``, in its own currency; told to its manager and finance, and to those of the seller
        that sells to it."""
        self.ensure_one()
        if not self._reads_tier_sum():
            return super()._tier_yearly_sum(grade)
        # Safe: the reader is a party of each of these contracts, in a role that reads money.
        node = self.sudo()
        Leg, Book = node.env["billing.leg"], node.env["billing.price.book"]
        legs = Leg.search(
            [
                ("buyer_id", "=", node.id),
                ("seller_id", "=", node.upline_id.id),
                ("date_until", "=", False),
                ("subscription_id.state", "in", ("active", "suspended")),
                ("price_book_id.audience", "=", "wholesale"),
            ]
        )
        book = Book._wholesale(node.upline_id, node, grade)
        moving = legs.filtered(
            lambda leg: leg.price_book_id != book and book.currency_id == leg.currency_id
        )
        if not moving:
            return Decimal(0)
        facts = facts_adapter.read_facts(moving.subscription_id, datetime.min)
        facts = replace(facts, prices={**facts.prices, **facts_adapter.read_prices(book)})
        day, parties = node.env["billing.run"]._clock().date(), Parties(node.env)
        total = Decimal(0)
        for leg in moving:
            if book._missing(leg.subscription_id.item_ids.mapped("code")):
                continue
            then = Leg.new({**leg._same_parties(), "price_book_id": book.id})
            now = Leg.new({**leg._same_parties(), "price_book_id": leg.price_book_id.id})
            saved = now._monthly(facts, day, parties) - then._monthly(facts, day, parties)
            total += decimal(
                leg.currency_id._convert(
                    saved * 12, node.company_id.currency_id, node.company_id, day
                )
            )
        return total

    def _reads_tier_sum(self):
        scope = self.env["program.isolation"]._scope_of_person()
        if scope.kind == "system":
            return True
        # Safe: who the two parties are, compared with the reader's node.
        parties = self.id, self.sudo().upline_id.id
        finance = self.env.user.has_group("partner_governance.group_partner_finance")
        return finance and scope.node_id in parties

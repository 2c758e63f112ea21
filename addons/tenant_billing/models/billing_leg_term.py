from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..adapters import facts as facts_adapter
from ..adapters.parties import Parties
from ..adapters.prices import decimal
from ..adapters.terms import PriceMissing, terms
from ..engine.errors import BillingError
from ..engine.money import ZERO
from ..engine.mrr_contract import months_a_period
from ..engine.rating import recurring_rate
from ..engine.renewal import gap_months, notice_day, term_end

# A contract comes up for renewal these days before its term ends.
RENEWAL_DAYS = 120
RENEWALS = [
    ("auto", "Automatic"),
    ("offer", "By offer"),
    ("end", "Ends"),
]


class BillingTermMixin(models.AbstractModel):
    """How long a contract is bound, and what happens then."""

    _name = "billing.term.mixin"
    _description = "Has a term"

    term_months = fields.Integer(string="Term (months)", help="0: not bound.")
    notice_days = fields.Integer(string="Notice (days)", help="Before the end of the term.")
    renewal = fields.Selection(
        RENEWALS,
        required=True,
        default="auto",
        help="Automatic: for the same term again. By offer: it goes on until somebody decides.",
    )
    uplift_percent = fields.Float(
        string="Uplift (%)", digits=(5, 2), help="On the prices agreed, at each renewal."
    )

    _term = models.Constraint(
        "CHECK (COALESCE(term_months, 0) >= 0 AND COALESCE(notice_days, 0) >= 0)",
        "Term and notice are 0 or more.",
    )

    def _term_values(self):
        return {
            name: self[name] for name in ("term_months", "notice_days", "renewal", "uplift_percent")
        }


class BillingPriceBook(models.Model):
    _name = "billing.price.book"
    _inherit = ["billing.price.book", "billing.term.mixin"]


class BillingLeg(models.Model):
    """Term and renewal of a contract (TB-073, TB-074, TRADE 6)."""

    _name = "billing.leg"
    _inherit = ["billing.leg", "billing.term.mixin"]

    term_until = fields.Date(
        string="Term ends", index="btree_not_null", readonly=True, help="First day not bound."
    )
    notice_day = fields.Date(compute="_compute_notice_day", store=True)
    health_note = fields.Char(string="Health", compute="_compute_health_note")
    monthly_revenue = fields.Monetary(string="Revenue a month", compute="_compute_worth")
    monthly_margin = fields.Monetary(string="Own margin a month", compute="_compute_worth")
    proposed_revenue = fields.Monetary(string="Renewed, a month", compute="_compute_worth")
    gap_months = fields.Float(
        compute="_compute_worth",
        digits=(16, 1),
        help="Months for which you are bound upstream and your buyer is not.",
    )
    gap_amount = fields.Monetary(compute="_compute_worth", help="What you pay in those months.")

    @api.depends("term_until", "notice_days")
    def _compute_notice_day(self):
        for leg in self:
            leg.notice_day = leg.term_until and notice_day(leg.term_until, leg.notice_days)

    def _compute_health_note(self):
        """Hook: the health addon gives its band and reason; until then it says so."""
        self.health_note = self.env._("not connected")

    @api.depends_context("uid")
    def _compute_worth(self):
        """Recurring components at what stands today, for the reader's own sales alone."""
        day = self.env["billing.run"]._clock().date()
        subscriptions = self.subscription_id
        # Safe: beside the leg itself, the purchase of its very seller, for that seller alone.
        facts = facts_adapter.read_facts(subscriptions.sudo(), datetime.min)
        parties = Parties(self.sudo().env)
        for leg in self:
            revenue = leg.sudo()._monthly(facts, day, parties)
            leg.monthly_revenue = revenue
            uplift = leg.sudo()._uplift_due()
            leg.proposed_revenue = revenue * (1 + float(uplift) / 100)
            cost = leg.sudo()._purchase(facts) if leg.is_own else leg.browse()
            paid = cost._monthly(facts, day, parties) if cost else 0
            paid = paid and cost.currency_id._convert(
                paid, leg.currency_id, leg.sudo().seller_id.company_id, day
            )
            sides = leg.sudo()._side_cost(facts, day) if leg.is_own else 0
            leg.monthly_margin = revenue - paid - sides if leg.is_own else 0
            gap = gap_months(cost.term_until or None, leg.term_until or None)
            leg.gap_months, leg.gap_amount = float(gap), float(gap) * paid

    def _purchase(self, facts):
        """The leg by which this one's seller buys for the same subscription."""
        return next(
            (
                other
                for other in facts.legs.get(self.subscription_id.id, ())
                if other.buyer_id == self.seller_id and not other.date_until
            ),
            self.browse(),
        )

    def _monthly(self, facts, day, parties):
        """Net: tax inside a price is nobody's revenue."""
        one = self.subscription_id
        try:
            rate = recurring_rate(terms(one, self, facts), max(day, one.start_date))
            return parties.net(self, float(rate / decimal(one._months_a_period())))
        # Parked for what is wrong with it, which the subscription says.
        except (PriceMissing, BillingError, UserError):
            return 0

    # What the seller does about it.

    def action_renew(self):
        """Renew as it is: for the same term again, with the uplift agreed."""
        for leg in self:
            leg._check_renewable()
            ahead = leg.subscription_id._today() + timedelta(days=RENEWAL_DAYS)
            if leg.term_until > ahead:
                raise UserError(
                    self.env._(
                        "%(leg)s is bound until %(day)s already. It is renewed in the last "
                        "%(count)s days of its term.",
                        leg=leg.display_name,
                        day=leg.term_until,
                        count=RENEWAL_DAYS,
                    )
                )
            stated = leg.subscription_id.end_date
            if stated and stated <= leg.term_until:
                raise UserError(
                    self.env._(
                        "%(leg)s ends on %(day)s, as stated from the beginning: offer a new one.",
                        leg=leg.display_name,
                        day=stated,
                    )
                )
            # Safe: checked to be the seller's own contract.
            leg.sudo()._renew()
        return True

    def action_let_end(self):
        """Let it end with its term."""
        for leg in self:
            leg._check_renewable()
            if not leg.customer_id:
                raise UserError(
                    self.env._("Only a customer's contract ends by itself; a partner's with it.")
                )
            # Safe: checked to be the seller's own contract; the subscription may be a referral's.
            leg.sudo()._end_with_term()
        return True

    def _ends_by_itself(self):
        """Whether a subscription ends with this contract: a customer's, or a partner's own. One
        in between ends with the customer's."""
        return bool(self.customer_id or self.subscription_id.subject_node_id)

    def _end_with_term(self):
        """End with the term, or today where it is past: what was served stays charged."""
        one = self.subscription_id
        one.action_end(max(self.term_until, one._today()))

    def action_offer_change(self):
        self.ensure_one()
        self._check_renewable()
        return self.subscription_id.action_open_change()

    def _check_renewable(self):
        self.ensure_one()
        manager = self.env.user.has_group("partner_governance.group_partner_manager")
        if not self.is_own or not (self.env.su or manager):
            raise AccessError(self.env._("A contract is renewed by a manager of its seller."))
        if not self.term_until:
            raise UserError(self.env._("%(leg)s has no term.", leg=self.display_name))

    def _renew(self):
        for leg in self:
            end = leg.term_until
            leg._uplift(end)
            until = leg._next_term_end(end)
            stated = leg.subscription_id.end_date
            leg.term_until = min(until, stated) if stated and stated > end else until
            self.env["governance.event"]._record(
                "billing.leg.renew", leg, leg.seller_id, f"{end}", f"{leg.term_until}"
            )

    def _next_term_end(self, day):
        return term_end(self.date_from, self.term_months, day)

    def _has_own_prices(self):
        return self.price_book_id.audience in ("agreed", "agreement")

    def _uplift_due(self):
        """Percent by which a renewal raises the prices: those agreed alone."""
        return decimal(self.uplift_percent) if self._has_own_prices() else ZERO

    def _uplift(self, day):
        """The prices agreed, raised from ``day`` on; a list shared with others stays."""
        book, percent = self.price_book_id, self._uplift_due()
        if not percent:
            return
        for code in set(book.price_ids.mapped("code")):
            price = book._price_of(code, day)
            if price.valid_from == day:
                continue
            price.copy({"book_id": book.id, "valid_from": day, **price._marked_up(percent, ZERO)})


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    def _months_a_period(self):
        return float(months_a_period(self))

    def _roll_terms(self, day):
        """What is due by ``day`` at the end of a term: renewed, or ended, or left to an offer."""
        legs = self.env["billing.leg"].search(
            [
                ("subscription_id", "in", self.ids),
                ("term_until", "<=", day),
                ("date_until", "=", False),
                ("subscription_id.ended_on", "=", False),
            ]
        )
        for leg in legs:
            if leg.renewal == "end" and leg._ends_by_itself():
                leg._end_with_term()
                continue
            end = leg.subscription_id.end_date
            while (
                leg.renewal == "auto"
                and leg.term_months
                and leg.term_until <= day
                and not (end and end <= leg.term_until)
            ):
                leg._renew()

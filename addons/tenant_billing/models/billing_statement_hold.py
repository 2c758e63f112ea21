from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import holds as adapter
from ..adapters.prices import decimal
from ..engine.holds import CREDIT, FIRST, OFF, ORDER, PRICE, ZERO_TOTAL, holds, off_percent


class BillingStatement(models.Model):
    """Drafts that a person looks at before they are posted: held by rule, with the reason and
    last month beside it; one decision each (TRADE 4, TB-069)."""

    _inherit = "billing.statement"

    hold_state = fields.Selection(
        [("none", "Free"), ("held", "Held"), ("released", "Released"), ("parked", "Parked")],
        string="Held",
        default="none",
        required=True,
        index=True,
        readonly=True,
        copy=False,
    )
    hold_codes = fields.Json(readonly=True, copy=False, groups=fields.NO_ACCESS)
    hold_reason = fields.Char(string="Why held", compute="_compute_hold_reason")
    company_currency_id = fields.Many2one(
        related="seller_id.company_id.currency_id", string="Seller's currency"
    )
    month_amount = fields.Monetary(
        string="This month",
        currency_field="company_currency_id",
        readonly=True,
        help="This buyer's documents of the month up to this one, net.",
    )
    last_amount = fields.Monetary(
        string="Last month",
        currency_field="company_currency_id",
        readonly=True,
        help="This buyer's documents of last month up to the same day, net.",
    )
    difference = fields.Char(string="Change", compute="_compute_difference")
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null", groups=fields.NO_ACCESS
    )
    posting_day = fields.Date(readonly=True, index=True, help="Posted by itself on this day.")
    sending_day = fields.Date(readonly=True, index=True, help="Sent by itself on this day.")
    is_preview = fields.Boolean(readonly=True, help="Open to its buyer while it is a draft.")

    @api.depends("hold_codes")
    @api.depends_context("uid", "lang")
    def _compute_hold_reason(self):
        for one in self:
            # Safe: what its seller thinks of the buyer is told to whoever posts for it alone.
            codes = one.sudo().hold_codes if one.may_post else ()
            one.hold_reason = ", ".join(one._hold_text(each) for each in codes or ())

    def _hold_text(self, hold):
        texts = {
            FIRST: self.env._("first invoice of this buyer"),
            OFF: self.env._("off last month (%(change)s)", change=self.difference),
            ZERO_TOTAL: self.env._("zero"),
            CREDIT: self.env._("credit"),
            PRICE: self.env._(
                "price changed: %(names)s", names=", ".join(hold.get("components") or ())
            ),
            ORDER: self.env._("the buyer's order number is missing"),
        }
        return texts[hold["code"]]

    @api.depends("month_amount", "last_amount")
    def _compute_difference(self):
        for one in self:
            percent = off_percent(decimal(one.month_amount), decimal(one.last_amount))
            if percent is None:
                one.difference = self.env._("new") if one.month_amount else ""
            else:
                one.difference = f"{percent:+.1f} %"

    def _hold(self):
        """Ask the rules of drafts; what was decided already is not asked again."""
        asked = self.filtered(
            lambda one: one.state == "draft" and one.hold_state not in ("released", "parked")
        )
        policies = self.env["billing.close.policy"]._of(self.seller_id)
        details = self.env["billing.buyer"]._of(self)
        # Without rules, and where no buyer demands a number, there is nothing to ask.
        free = asked.filtered(
            lambda one: not policies[one.seller_id].hold_rules and adapter.pair(one) not in details
        )
        free.filtered(lambda one: one.hold_state != "none").hold_state = "none"
        free.filtered(lambda one: policies[one.seller_id].preview_open).is_preview = True
        asked -= free
        if not asked:
            return
        for one, draft in adapter.read_drafts(asked, details).items():
            found = holds(draft, policies[one.seller_id]._rules())
            one.write(
                {
                    "hold_state": "held" if found else "none",
                    "hold_codes": [
                        {"code": each.code, "components": list(each.components)} for each in found
                    ],
                    "month_amount": float(draft.month),
                    "last_amount": float(draft.last),
                    "is_preview": not found and policies[one.seller_id].preview_open,
                }
            )

    # One decision each.

    def _check_decide(self):
        """:raises AccessError: but for finance of the seller, or of its upline by mandate"""
        self._check_books()
        for one in self:
            if one.state != "draft":
                raise UserError(
                    self.env._("%(reference)s is issued already.", reference=one.reference)
                )

    def _decide(self, state):
        self._check_decide()
        # Safe: checked above to be drafts that the caller may post.
        own = self.sudo()
        policies = self.env["billing.close.policy"]._of(own.seller_id)
        for one in own:
            self.env["governance.event"]._record(
                f"billing.statement.{state}",
                one,
                one.seller_id,
                one.hold_state,
                state,
                reason=one.hold_reason,
            )
            one.write(
                {
                    "hold_state": state,
                    "decided_by_id": self.env.uid,
                    "is_preview": state == "released" and policies[one.seller_id].preview_open,
                }
            )

    def action_release(self):
        """It is right: it posts with the others."""
        # Safe: of documents that the reader may post; others are refused below.
        missing = (
            self.filtered("may_post")
            .sudo()
            .filtered(lambda one: any(each["code"] == ORDER for each in one.hold_codes or ()))
        )
        if missing:
            raise UserError(
                self.env._(
                    "%(reference)s needs the buyer's order number first: “Correct” leads to it.",
                    reference=missing[0].reference,
                )
            )
        self._decide("released")

    def action_park(self):
        """Not now: it stays a draft until somebody takes it up again."""
        self._decide("parked")

    def action_take_up(self):
        """Ask the rules again of what was parked or released."""
        self._decide("held")
        # Safe: checked by the decision above.
        self.sudo()._hold()

    def action_correct(self):
        """It is wrong: lead to the fact. Its charges are free again, so that what is corrected
        stands on the same document when the next run drafts it."""
        self.ensure_one()
        # The facts are the seller's alone, whoever posts for it.
        self._check_seller()
        self._check_decide()
        # Safe: checked above to be the seller's own draft.
        codes = {each["code"] for each in self.sudo().hold_codes or ()}
        if ORDER in codes:
            return self._open_fact("billing.buyer", self._buyer_details())
        # Safe: ids of what the seller's own draft bills; the action opens what the reader may.
        charges = self.sudo().charge_ids
        books, subscriptions = charges.leg_id.price_book_id, charges.subscription_id
        self.env["governance.event"]._record(
            "billing.statement.correct",
            self.sudo(),
            self.sudo().seller_id,
            self.reference,
            reason=self.hold_reason,
        )
        # Safe: checked above to be the seller's own draft.
        self.sudo()._dissolve()
        if codes == {PRICE}:
            return self._open_fact("billing.price.book", books)
        return self._open_fact("billing.subscription", subscriptions)

    def _buyer_details(self):
        # Safe: the details of this seller's own buyer.
        return self.env["billing.buyer"]._of(self.sudo())[adapter.pair(self.sudo())]

    def _open_fact(self, model, records):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct the fact"),
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
        }
        if len(records) == 1:
            action.update(view_mode="form", res_id=records.id)
        return action

    def _dissolve(self):
        """Take a draft back: its charges wait for the next run."""
        self.env["billing.run.failure"]._solve("post", self)
        if self.move_ids:
            self.move_ids.unlink()
        else:
            self.unlink()

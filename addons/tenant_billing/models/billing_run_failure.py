from odoo import api, fields, models
from odoo.exceptions import AccessError

from .billing_route import ROUTES

KEYS = {
    "book": ("subscription_id",),
    "draft": ("seller_id", "buyer_id", "customer_id", "currency_id", "billing_day", "route"),
    "post": ("statement_id",),
    "send": ("statement_id",),
    "commission": ("referral_id",),
}


class BillingRunFailure(models.Model):
    """What a run parked, why, and who looks after it. It is solved by itself once a run gets
    through with it; when a later run parks it again, the later row stands for it."""

    _name = "billing.run.failure"
    _description = "Parked in a billing run"
    _order = "id desc"
    _rec_name = "reason"

    # None of a commission, which is looked at every day, run or not.
    run_id = fields.Many2one("billing.run", index=True, ondelete="cascade")
    phase = fields.Selection(
        [
            ("book", "Booking"),
            ("draft", "Drafting"),
            ("post", "Posting"),
            ("send", "Sending"),
            ("commission", "Commission"),
        ],
        required=True,
        readonly=True,
    )
    subscription_id = fields.Many2one(
        "billing.subscription", index=True, ondelete="cascade", readonly=True
    )
    statement_id = fields.Many2one(
        "billing.statement", index=True, ondelete="cascade", readonly=True
    )
    referral_id = fields.Many2one(
        "billing.referral", index="btree_not_null", ondelete="cascade", readonly=True
    )
    seller_id = fields.Many2one("program.partner", ondelete="cascade", readonly=True)
    buyer_id = fields.Many2one("program.partner", ondelete="cascade", readonly=True)
    customer_id = fields.Many2one("res.partner", ondelete="cascade", readonly=True)
    currency_id = fields.Many2one("res.currency", ondelete="cascade", readonly=True)
    billing_day = fields.Date(readonly=True)
    route = fields.Selection(ROUTES, string="In the books", readonly=True)
    reason = fields.Text(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        ondelete="set null",
        domain="[('share', '=', False)]",
        help="Who looks after it.",
    )
    state = fields.Selection(
        [("open", "Parked"), ("again", "Parked again later"), ("solved", "Solved")],
        default="open",
        required=True,
        index=True,
        readonly=True,
    )
    first_at = fields.Datetime(
        string="Parked since", readonly=True, default=fields.Datetime.now, required=True
    )
    attempts = fields.Integer(readonly=True, default=1)

    @api.model
    def _park(self, run, phase, reason, values):
        """Add a row; one that stood for the same thing hands over its age and its owner."""
        same = [(name, "=", values.get(name)) for name in KEYS[phase]]
        before = self.search([("phase", "=", phase), ("state", "=", "open"), *same], limit=1)
        before.state = "again"
        return self.create(
            {
                "run_id": run.id,
                "phase": phase,
                "reason": reason,
                "user_id": before.user_id.id or self._first_owner().id,
                "first_at": before.first_at or fields.Datetime.now(),
                "attempts": before.attempts + 1,
                **values,
            }
        )

    @api.model
    def _first_owner(self):
        """The platform's administrator who is there the longest, until somebody takes over."""
        group = self.env.ref("partner_governance.group_platform_administrator")
        return group.user_ids.filtered(lambda user: user.active and user.id > 1).sorted("id")[:1]

    @api.model
    def _solve(self, phase, records):
        """Close what was parked of subscriptions or statements that a run got through with."""
        self.search(
            [
                ("phase", "=", phase),
                ("state", "=", "open"),
                (KEYS[phase][0], "in", records.ids),
            ]
        ).state = "solved"

    @api.model
    def _solve_drafts(self, statements):
        """Close what was parked of documents that are drafted now."""
        parked = self.search(
            [
                ("phase", "=", "draft"),
                ("state", "=", "open"),
                ("seller_id", "in", statements.seller_id.ids),
            ]
        )
        if parked:
            drafted = {tuple(one[name] for name in KEYS["draft"]) for one in statements}
            parked.filtered(
                lambda row: tuple(row[name] for name in KEYS["draft"]) in drafted
            ).state = "solved"

    def _subscriptions(self):
        """What a retry bills: the subscriptions behind the rows."""
        found = self.subscription_id | self.statement_id.charge_ids.subscription_id
        for row in self.filtered(lambda row: row.phase == "draft"):
            same = [(name, "=", getattr(row[name], "id", row[name])) for name in KEYS["draft"]]
            charges = self.env["billing.charge"].search([("statement_id", "=", False), *same])
            found |= charges.subscription_id
        return found

    def action_retry(self):
        """Bill what is parked now; what fails again is parked again, with what is wrong now."""
        if not self.env.user.has_group("partner_governance.group_platform_administrator"):
            raise AccessError(self.env._("Parked items are retried by the platform."))
        # Safe: the platform's administrators run billing.
        return self.sudo()._retry()

    def _retry(self):
        unsent = self.filtered(lambda row: row.phase == "send").statement_id
        unsent._queue_send()
        if referrals := self.referral_id.try_lock_for_update():
            today = self.env["billing.run"]._clock().date()
            self.env["billing.commission"]._book(referrals, today)
        rest = self.filtered(lambda row: row.phase not in ("send", "commission"))
        if not rest:
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        return self.env["billing.run"]._bill_now(rest._subscriptions())

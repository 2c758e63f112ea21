from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import message
from .labels import BANDS

KINDS = [
    ("30", "30 days"),
    ("90", "90 days"),
    ("180", "180 days"),
    ("regular", "Regular"),
]
FROZEN = frozenset(("account_id", "kind", "planned_date"))
SYSTEM_FIELDS = frozenset(
    ("state", "auto_cancelled", "held_date", "held_by_id", "score", "band", "change")
)


class CsReview(models.Model):
    """A talk with the customer about how it goes: planned, held with a result, or cancelled."""

    _name = "cs.review"
    _description = "Customer review"
    _inherit = ["cs.thread.mixin"]
    _order = "planned_date, id"

    account_id = fields.Many2one(
        "cs.account", string="Customer", required=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="account_id.tenant_id", store=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="account_id.program_node_id",
        string="Programme partner",
        store=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        related="account_id.user_id", string="Owner", store=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(KINDS, required=True, default="regular", string="Review")
    planned_date = fields.Date(
        string="Planned on",
        required=True,
        index=True,
        tracking=True,
        default=fields.Date.context_today,
    )
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    auto_cancelled = fields.Boolean(
        readonly=True, copy=False, help="Cancelled by the system with the go-live."
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_is_overdue")
    held_date = fields.Date(string="Held on", copy=False, readonly=True)
    held_by_id = fields.Many2one(
        "res.users", string="Held by", readonly=True, copy=False, index=True, ondelete="restrict"
    )
    outcome = fields.Selection(
        [
            ("on_track", "On track"),
            ("attention", "Needs attention"),
            ("at_risk", "At risk"),
            ("opportunity", "Ready for more"),
        ],
        copy=False,
        tracking=True,
    )
    notes = fields.Html(copy=False)
    # CS-003: the health that the review was held on, and since the review before it.
    score = fields.Float(digits=(5, 2), readonly=True, copy=False, aggregator=None)
    band = fields.Selection(BANDS, readonly=True, copy=False, string="Health at the review")
    change = fields.Float(
        string="Since the review before", digits=(5, 2), readonly=True, copy=False, aggregator=None
    )

    _kind_uniq = models.UniqueIndex(
        "(account_id, kind) WHERE kind != 'regular' AND state != 'cancelled'",
        "This review of the customer is planned already.",
    )

    @api.depends("account_id.name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for review in self:
            review.display_name = self.env._(
                "%(customer)s: %(kind)s",
                customer=review.account_id.name or "",
                kind=kinds.get(review.kind, ""),
            )

    @api.depends("state", "planned_date")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for review in self:
            planned = review.planned_date
            review.is_overdue = review.state == "planned" and bool(planned) and planned < today

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("state", "=", "planned"), ("planned_date", "<", today)]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_system_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_system_fields(vals)
        if FROZEN & vals.keys():
            for review in self:
                if review.state != "planned":
                    self._refuse_over(review)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A review is cancelled, never deleted: its history stays."))

    @api.model
    def _refuse_system_fields(self, names):
        if self.env.su:
            return
        for name in SYSTEM_FIELDS.intersection(names):
            raise UserError(message(self.env, "system_field", field=self._fields[name].string))

    def _refuse_over(self, review):
        states = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(message(self.env, "review_over", state=states[review.state].lower()))

    def action_hold(self):
        """The review took place today: it keeps the health it was held on, stays where it is,
        and the next regular one is planned after the last of the first three (CS-005).

        :raises UserError: codes ``review_over``, ``review_outcome``
        """
        self.check_access("write")
        today = fields.Date.context_today(self)
        for review in self:
            if review.state != "planned":
                self._refuse_over(review)
            if not review.outcome:
                raise UserError(message(self.env, "review_outcome"))
            account = review.account_id
            before = account.review_ids.filtered(lambda each: each.state == "held").sorted(
                "held_date"
            )[-1:]
            # Safe: the caller may write the review; its state has no other way in.
            review.sudo().write(
                {
                    "state": "held",
                    "held_date": today,
                    "held_by_id": self.env.uid,
                    "score": account.score,
                    "band": account.band,
                    "change": account.score - before.score if before.score else 0,
                }
            )
        self.account_id._plan_next_review()

    def action_cancel(self):
        self._move("planned", "cancelled")

    def action_plan(self):
        """Plan a cancelled review again."""
        self._move("cancelled", "planned")

    def _move(self, source, target):
        self.check_access("write")
        for review in self:
            if review.state != source:
                self._refuse_over(review)
        # Safe: the caller may write the review; its state has no other way in.
        self.sudo().write({"state": target, "auto_cancelled": False})

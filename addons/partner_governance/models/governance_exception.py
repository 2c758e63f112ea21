from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import expiry as engine
from ..exceptions import message


class GovernanceException(models.Model):
    """A deviation that somebody answers for, others signed, and that ends on a day (PG-121)."""

    _name = "governance.exception"
    _description = "Exception"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "governance.request.mixin",
    ]
    _request_kind = "exception"
    _order = "expiry, id desc"
    _mail_post_access = "read"

    name = fields.Char(string="What is deviated from", required=True, tracking=True)
    kind = fields.Selection(selection="_kinds", required=True, index=True, default="other")
    reason = fields.Text(required=True, help="Why the rule cannot be kept here.")
    compensation = fields.Text(string="What is done instead")
    owner_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        tracking=True,
    )
    expiry = fields.Date(
        string="Ends on",
        required=True,
        index=True,
        tracking=True,
        help="First day on which it no longer holds: at most a year from today.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("asked", "Waiting for signatures"),
            ("approved", "Running"),
            ("refused", "Refused"),
            ("expired", "Expired"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        index=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    is_holding = fields.Boolean(
        string="Holds today", compute="_compute_is_holding", search="_search_is_holding"
    )

    _running_idx = models.Index("(res_model, res_id, kind, expiry) WHERE state = 'approved'")

    @api.model
    def _kinds(self):
        """Kinds of exceptions; upper addons add theirs."""
        return [
            ("direct_deal", self.env._("Direct deal of the platform")),
            ("promise_upstream", self.env._("Promise beyond what is promised upstream")),
            ("drift", self.env._("Drift from the standard configuration")),
            ("extension", self.env._("Extension without a pattern")),
            ("integration", self.env._("Integration without a pattern")),
            ("taken_over", self.env._("Taken over, evidence missing")),
            ("other", self.env._("Other")),
        ]

    @api.depends("state", "expiry")
    def _compute_is_holding(self):
        today = fields.Date.context_today(self)
        for one in self:
            one.is_holding = bool(one.expiry) and engine.holds(one.state, one.expiry, today)

    @api.model
    def _search_is_holding(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return self._holding_domain()

    @api.model
    def _holding_domain(self):
        return [("state", "=", "approved"), ("expiry", ">", fields.Date.context_today(self))]

    @api.model
    def _running(self, kind, record):
        """Whether an approved exception of ``kind`` permits ``record`` something today."""
        return record.id in self._running_ids(kind, record)

    @api.model
    def _running_ids(self, kind, records):
        """Ids of those of ``records`` that a running exception of ``kind`` is about."""
        # Safe: answers yes or no about records that the caller's rule holds already.
        found = self.sudo()._read_group(
            [
                ("kind", "=", kind),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                *self._holding_domain(),
            ],
            ["res_id"],
        )
        return {ident for (ident,) in found}

    @api.model
    def _request(self, kind, record, name, reason, expiry):
        """Ask for an exception about ``record``; what rules call instead of a form."""
        one = self.create(
            {
                "kind": kind,
                "name": name,
                "reason": reason,
                "expiry": expiry,
                "res_model": record._name,
                "res_id": record.id,
            }
        )
        one.action_ask()
        return one

    @api.constrains("expiry")
    def _check_expiry(self):
        today = fields.Date.context_today(self)
        for one in self.filtered(lambda each: each.state in ("draft", "asked")):
            if code := engine.problem(today, one.expiry or None):
                raise UserError(message(self.env, code, what=one.name))

    def write(self, vals):
        """What was signed stays as it was signed: a longer or other one is asked for anew."""
        if SIGNED_FIELDS & vals.keys() and any(
            one.state not in ("draft", "refused") for one in self
        ):
            raise UserError(
                self.env._(
                    "An exception that has been asked for stays as it is. Withdraw it and ask for "
                    "a new one."
                )
            )
        return super().write(vals)

    def action_ask(self):
        """Ask for the signatures of those who answer for the rule that is deviated from."""
        for one in self:
            one.check_access("write")
            if one.state not in ("draft", "refused"):
                raise UserError(self.env._("“%(one)s” has been asked for already.", one=one.name))
            if code := engine.problem(fields.Date.context_today(one), one.expiry):
                raise UserError(message(self.env, code, what=one.name))
            one._ask(one.reason)
        return True

    def _signature_demands(self):
        """Its own manager answers for it; the upline, or the platform, lets it be so."""
        self.ensure_one()
        # Safe: who stands above a node, to whom the request goes.
        node = self.program_node_id.sudo()
        root = node._root()
        above = root if self.kind in AT_PLATFORM else node.upline_id or root
        role = "platform_staff" if above == root else "partner_manager"
        return [
            {
                "name": self.env._("Approver of the exception"),
                "node_id": above.id,
                "group_id": self._sign_group(role).id,
                "sequence": 10,
                "days": 2,
            }
        ]

    def action_withdraw(self):
        """No longer needed, or asked for by mistake: it holds no more from now."""
        for one in self:
            one.check_access("write")
            if one.state not in ("draft", "asked", "approved"):
                raise UserError(self.env._("“%(one)s” is over already.", one=one.name))
            one._withdraw()
        return True

    @api.model
    def _cron_expire(self):
        """Once a day: what is past its day is expired, and its owner is told."""
        today = fields.Date.context_today(self)
        ended = self.search([("state", "in", ("asked", "approved")), ("expiry", "<=", today)])
        for one in ended.filtered(lambda each: each.state == "asked"):
            one._withdraw_signatures(self.env._("its day has come before the signatures"))
        olds = {one: one.state for one in ended}
        ended.write({"state": "expired"})
        for one in ended:
            one._trace(olds[one], "expired")
            one.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Expired: back to the rule, or ask anew"),
                user_id=one.owner_id.id,
            )


# What deviates from a rule of the whole programme is the platform's to permit.
AT_PLATFORM = ("direct_deal", "taken_over")
SIGNED_FIELDS = frozenset(
    ("name", "kind", "reason", "compensation", "expiry", "res_model", "res_id", "subject_ref")
    + ("promise_availability", "promise_hours")
)

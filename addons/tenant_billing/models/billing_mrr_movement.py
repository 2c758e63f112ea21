import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..adapters import mrr as adapter
from ..engine.mrr import corrections

_logger = logging.getLogger(__name__)
BATCH = 100
RECORDED = "tenant_billing.mrr_recorded_until"
KINDS = [
    ("new", "New"),
    ("expansion", "Expansion"),
    ("contraction", "Contraction"),
    ("churn", "Churn"),
    ("reactivation", "Reactivation"),
    ("transfer_in", "Transferred in"),
    ("transfer_out", "Transferred out"),
]

# Only code can hold it: a movement goes with a contract that never came to be.
FORGET = object()


class BillingMrrMovement(models.Model):
    """A step of a contract's monthly recurring revenue (`engine.mrr` says what counts as what).

    Rows are added, never changed: what is learnt late is a row of the day on which it is learnt,
    and keeps the day that it is of, so that a month once reported stays as it was.
    """

    _name = "billing.mrr.movement"
    _description = "MRR movement"
    _inherit = ["billing.report.mixin"]
    _order = "day desc, id desc"
    _rec_name = "kind"

    leg_id = fields.Many2one(
        "billing.leg", string="Contract", required=True, ondelete="restrict", readonly=True
    )
    subscription_id = fields.Many2one(
        "billing.subscription", required=True, index=True, ondelete="restrict", readonly=True
    )
    plan_id = fields.Many2one("billing.plan", ondelete="restrict", readonly=True)
    tenant_id = fields.Many2one("hosting.tenant", index=True, ondelete="restrict", readonly=True)
    seller_id = fields.Many2one(
        "program.partner", required=True, index=True, ondelete="restrict", readonly=True
    )
    buyer_id = fields.Many2one(
        "program.partner", string="Partner", index=True, ondelete="restrict", readonly=True
    )
    customer_id = fields.Many2one("res.partner", index=True, ondelete="restrict", readonly=True)
    account = fields.Char(required=True, readonly=True, help="What is won or lost as one.")
    day = fields.Date(
        required=True, readonly=True, help="On which it counts: its own, or when it was learnt."
    )
    effective_day = fields.Date(required=True, readonly=True, help="On which it took effect.")
    is_late = fields.Boolean(
        string="Learnt late",
        compute="_compute_is_late",
        store=True,
        help="It counts on a later day.",
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    cause = fields.Selection(
        [
            ("contract", "Contract begins or ends"),
            ("price", "Price"),
            ("quantity", "Quantity"),
            ("pause", "Pause"),
        ],
        required=True,
        readonly=True,
    )
    revision = fields.Integer(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict", readonly=True)
    company_currency_id = fields.Many2one(
        "res.currency", required=True, ondelete="restrict", readonly=True
    )
    amount = fields.Monetary(
        string="In the contract's currency", readonly=True, aggregator=None, help="A month."
    )
    company_amount = fields.Monetary(
        string="MRR",
        currency_field="company_currency_id",
        readonly=True,
        help="A month, at the rate of the contract's first day for as long as it runs.",
    )
    logos = fields.Integer(
        string="Accounts", readonly=True, help="1: won with it, -1: lost with it."
    )
    rate = fields.Float(digits=(24, 12), readonly=True, aggregator=None)

    # The guard of exactly-once; all columns are NOT NULL.
    _key_uniq = models.UniqueIndex(
        "(leg_id, effective_day, kind, cause, revision)", "This movement is recorded already."
    )
    _by_seller = models.Index("(seller_id, account, day)")

    @api.depends("day", "effective_day")
    def _compute_is_late(self):
        for row in self:
            row.is_late = row.day != row.effective_day

    @api.depends("kind", "leg_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{labels.get(row.kind, '')} {row.leg_id.display_name}".strip()

    @api.model
    def _forget(self, legs):
        """Take out the movements of contracts that never came to be, with these contracts."""
        self.search([("leg_id", "in", legs.ids)]).with_context(mrr_forget=FORGET).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if self.env.context.get("mrr_forget") is FORGET:
            return
        raise UserError(self.env._("A movement is never deleted: what was reported stays."))

    @api.model
    def _cron(self):
        """Record what today's facts say, batch by batch, each subscription once a day."""
        today = self.env["billing.run"]._clock().date()
        Subscription = self.env["billing.subscription"]
        domain = [
            ("state", "!=", "draft"),
            "|",
            ("mrr_recorded_until", "=", False),
            ("mrr_recorded_until", "<", today),
        ]
        while found := Subscription.search(domain, limit=BATCH, order="id"):
            locked = found.try_lock_for_update(allow_referencing=True)
            self._record(locked, today)
            left = self.env["ir.cron"]._commit_progress(
                len(locked), remaining=Subscription.search_count(domain)
            )
            # All that is left is locked by others: the scheduler comes again.
            if not left or not locked:
                return
        self._all_recorded(today)

    @api.model
    def _rebuild(self, day=None):
        """Record all subscriptions in this transaction, whatever was recorded today: adds what
        is missing and nothing else.

        :param day: a date, or text of it; default: the database clock
        """
        day = fields.Date.to_date(day) or self.env["billing.run"]._clock().date()
        Subscription, last = self.env["billing.subscription"], 0
        while found := Subscription.search(
            [("state", "!=", "draft"), ("id", ">", last)], limit=BATCH, order="id"
        ):
            last = found[-1].id
            found.lock_for_update(allow_referencing=True)
            self._record(found, day)
        self._all_recorded(day)

    @api.model
    def _all_recorded(self, day):
        """From now on what is of this day or before was learnt late, of new subscriptions too."""
        day = max(day, self._recorded_until() or day)
        # Safe: writes a day.
        self.env["ir.config_parameter"].sudo().set_param(RECORDED, fields.Date.to_string(day))

    @api.model
    def _recorded_until(self):
        # Safe: reads a day.
        text = self.env["ir.config_parameter"].sudo().get_param(RECORDED)
        return fields.Date.to_date(text or None)

    @api.model
    def _record(self, subscriptions, day):
        """Record in a savepoint; what cannot be recorded leaves its batch alone.

        Never as of a day before one that is recorded: what it does not know would be taken back.
        """
        day = max([day, *filter(None, subscriptions.mapped("mrr_recorded_until"))])
        try:
            with self.env.cr.savepoint():
                self._add(subscriptions, day)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            if len(subscriptions) > 1:
                for one in subscriptions:
                    self._record(one, day)
                return
            _logger.exception("recurring revenue of %s was not recorded", subscriptions)
        subscriptions.mrr_recorded_until = day

    @api.model
    def _add(self, subscriptions, day):
        target = adapter.read_target(subscriptions, day)
        legs = self.env["billing.leg"].union(*target)
        kept = adapter.read_recorded(legs)
        general = self._recorded_until()
        return self.create(
            [
                adapter.movement_values(
                    row, revision, rate, leg.subscription_id.mrr_recorded_until or general, day
                )
                for leg, (rate, rows) in target.items()
                for row, revision in corrections(rows, kept.get(leg.id, ()))
            ]
        )


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    mrr_recorded_until = fields.Date(readonly=True, copy=False, index=True)

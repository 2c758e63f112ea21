import gc
import logging
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.zones import UTC, local_day
from ..exceptions import message

_logger = logging.getLogger(__name__)
# Subscriptions booked in one step. What a step reads once is spread over all of them; more at once
# buys little, and loses more where one of them fails.
BATCH = 50
PHASES = ("book", "draft", "post", "send")
# A lost serialization, a disk that is full, a database that goes away: no subscription is parked
# for it, the run goes on where it stands when the scheduler comes again.
NOBODYS_FAULT = (OperationalError, OSError, MemoryError)


@contextmanager
def uncollected():
    """Without Python's garbage collector: it would walk all that a batch has made so far, again
    and again, and find nothing to free (a tenth of a batch's time, measured). Core's own
    ``odoo.tools.gc.disabling_gc`` leaves it off after an exception."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class BillingRun(models.Model):
    """One run of billing: books charges, drafts documents, posts them, hands them to be sent.

    Every batch is a savepoint; a batch that fails is halved until the one that fails stands
    alone, which is parked with its reason. Each phase commits on its own when the scheduler
    runs it, so an interrupted run goes on where it stopped.
    """

    _name = "billing.run"
    _description = "Billing run"
    _order = "as_of desc, id desc"
    _rec_name = "as_of"

    as_of = fields.Date(
        required=True, default=lambda self: self._clock().date(), help="“Today” of this run."
    )
    by_clock = fields.Boolean(
        help="As of the database clock: each subscription at the day of its own time zone."
    )
    state = fields.Selection(
        [
            ("book", "Booking"),
            ("draft", "Drafting"),
            ("post", "Posting"),
            ("send", "Sending"),
            ("done", "Done"),
        ],
        default="book",
        required=True,
        index=True,
        readonly=True,
    )
    started_at = fields.Datetime(readonly=True)
    finished_at = fields.Datetime(readonly=True)
    total = fields.Integer(readonly=True, string="To do in this phase")
    done = fields.Integer(readonly=True, string="Done in this phase")
    progress = fields.Float(compute="_compute_progress")
    subscription_count = fields.Integer(readonly=True, string="Subscriptions")
    charge_count = fields.Integer(readonly=True, string="Charges")
    document_count = fields.Integer(readonly=True, string="Documents")
    posted_count = fields.Integer(readonly=True, string="Posted")
    failure_ids = fields.One2many("billing.run.failure", "run_id", string="Parked")
    failure_count = fields.Integer(compute="_compute_failure_count")
    remaining = fields.Integer(compute="_compute_progress", string="Left in this phase")
    problem = fields.Text(readonly=True, help="Why it does not go on.")

    @api.depends("total", "done", "state")
    def _compute_progress(self):
        for run in self:
            run.remaining = max(run.total - run.done, 0)
            if run.state == "done":
                run.progress = 100
            else:
                run.progress = 100 * run.done / run.total if run.total else 0

    @api.depends("failure_ids")
    def _compute_failure_count(self):
        for run in self:
            run.failure_count = len(run.failure_ids)

    @api.model
    def _clock(self):
        """The database clock, aware: the only source of “now” in billing."""
        return self.env.cr.now().replace(tzinfo=UTC)

    @api.model
    def _future_allowed(self):
        """Whether this database is one for demos and tests, where time may be ahead."""
        # Safe: reads one switch.
        value = (
            self.env["ir.config_parameter"].sudo().get_param("tenant_billing.allow_future_as_of")
        )
        return str(value or "").strip().lower() in ("1", "true", "yes")

    @api.constrains("as_of")
    def _check_as_of(self):
        latest = self._clock().date() + timedelta(days=1)
        for run in self:
            if run.as_of > latest and not self._future_allowed():
                raise UserError(
                    self.env._(
                        "%(day)s lies in the future. Only a database for demos or tests bills "
                        "ahead (parameter tenant_billing.allow_future_as_of).",
                        day=run.as_of,
                    )
                )

    def _as_of(self, timezone):
        """“Today” in a time zone: the run's day, or by the clock the day it is there."""
        return local_day(self._clock(), timezone) if self.by_clock else self.as_of

    def _usage_until(self, subscriptions):
        """Usage at or after this instant (naive UTC) cannot matter to the run."""
        latest = max([self.as_of, *filter(None, subscriptions.mapped("rated_until"))])
        return datetime.combine(latest + timedelta(days=2), time(0))

    @api.model
    def _run(self, as_of=None):
        """Do a whole run in this transaction: for tests, demos and scripts.

        :param as_of: a date, or text of it; default: the database clock
        """
        run = self._open(as_of)
        run._finish()
        return run

    def _finish(self):
        """Do all that is left in this transaction.

        :raises UserError: where somebody else holds what is left
        """
        while self.state != "done":
            if not self._step(lambda done, remaining=None: float("inf")):
                raise UserError(message(self.env, "subscription_busy"))

    @api.model
    def _open(self, as_of=None):
        # Safe: whoever may start a run starts the system's one.
        return self.sudo().create(
            {
                "as_of": fields.Date.to_date(as_of) or self._clock().date(),
                "by_clock": not as_of,
                "started_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _cron(self):
        """Go on with the oldest run under way, or begin today's."""
        whole = [("single", "=", False)]
        # A month that somebody closes goes first: that person is looking at it.
        closing = [("single", "=", True), ("statement_ids", "!=", False)]
        run = self.search([("state", "!=", "done"), *closing], order="id", limit=1)
        run = run or self.search([("state", "!=", "done"), *whole], order="id", limit=1)
        if not run:
            today = self._clock().date()
            if self.search_count([("as_of", "=", today), ("by_clock", "=", True), *whole], limit=1):
                return
            run = self._open()
        run = run.try_lock_for_update()
        if not run:
            return
        if not self.env["billing.charge"]._index_is_there():
            # Said where it is seen, and in the log; an exception would take back the saying.
            run._alarm(message(self.env, "index_missing"))
            return
        run._take_up()
        progress = self.env["ir.cron"]._commit_progress
        # Committed before any work: core puts off a job that is killed three times before it
        # has committed anything.
        progress(1, remaining=1)
        # At least one batch a call, then as many as the scheduler has time for.
        while run.state != "done" and run._step(progress):
            pass

    def action_start(self):
        """Hand the run to the scheduler; its progress shows here."""
        if not self.env.user.has_group("partner_governance.group_platform_administrator"):
            raise AccessError(self.env._("Billing is run by the platform's administrators."))
        self.env.ref("tenant_billing.cron_billing").sudo()._trigger()
        return True

    def _step(self, progress):
        """One batch of the phase at hand; the next phase when nothing is left of it.

        :param progress: ``_commit_progress``, or a stand-in that does not commit
        :return: seconds left, 0 to stop
        """
        if not self.env["billing.charge"]._index_is_there():
            raise UserError(message(self.env, "index_missing"))
        left, work = getattr(self, f"_next_{self.state}")()
        if not self.total:
            self.total = left
        if left and not work:
            # All that is left is locked by others: the scheduler comes again.
            self.attempts = 0
            progress(0, remaining=left)
            return 0
        if not work:
            following = (*PHASES, "done")[PHASES.index(self.state) + 1]
            self.write({"state": following, "total": 0, "done": 0, "attempts": 0})
            if following == "done":
                self.finished_at = fields.Datetime.now()
            return progress(0, remaining=0 if following == "done" else 1)
        count = len(work)
        if self._is_given_up():
            error = UserError(message(self.env, "worker_killed", count=self.attempts - 1))
            self._park(self.state, work, error)
        else:
            with uncollected():
                self._attempt(self.state, work)
        self.attempts = 0
        self.done += count
        return progress(count, remaining=max(left - count, 1))

    def _attempt(self, phase, work):
        """Do a batch in a savepoint; halve what fails, park what fails alone."""
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_do_{phase}")(work)
                return
        except NOBODYS_FAULT:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, one subscription is parked
            if len(work) == 1:
                self._park(phase, work, error)
                return
        middle = len(work) // 2
        self._attempt(phase, work[:middle])
        self._attempt(phase, work[middle:])

    def _park(self, phase, work, error):
        known = isinstance(error, UserError)
        if not known:
            _logger.warning("billing: parked in %s", phase, exc_info=error)
        reason = str(error) if known else self.env._("Unexpected error, see the server's log.")
        getattr(self, f"_mark_{phase}")(work, reason)
        values = {"seller_id": getattr(error, "billing_seller_id", False)}
        values.update(self._failed(phase, work))
        self.env["billing.run.failure"]._park(self, phase, reason, values)

    # Booking: batches of subscriptions.

    def _next_book(self):
        domain = [
            ("state", "!=", "draft"),
            "|",
            ("rated_run_id", "=", False),
            ("rated_run_id", "!=", self.id),
        ]
        Subscription = self.env["billing.subscription"]
        if self.single:
            domain.append(("id", "in", self.subscription_ids.ids))
        # A partner's own subscription counts what its tenants are charged, so tenants go first.
        portion, tenants = self._portion(BATCH), [*domain, ("subject_node_id", "=", False)]
        found = Subscription.search(tenants, limit=portion, order="id")
        found = found or Subscription.search(domain, limit=portion, order="id")
        locked = found.try_lock_for_update(allow_referencing=True)
        if self.total and found:
            return max(self.total - self.done, len(found)), locked
        return Subscription.search_count(domain) if found else 0, locked

    def _do_book(self, subscriptions):
        charges = subscriptions._book(self)
        self.subscription_count += len(subscriptions)
        self.charge_count += len(charges)
        Failure = self.env["billing.run.failure"]
        Failure._solve("book", subscriptions)
        for one, reason in subscriptions._behind(self):
            one.problem = reason
            Failure._park(self, "book", reason, self._failed("book", one))

    def _mark_book(self, subscription, reason):
        # Whoever reads the subscription may not read every contract of it: the reason, which may
        # name books and amounts, stands on the parked item.
        problem = message(self.env, "not_billed")
        subscription.write({"rated_run_id": self.id, "problem": problem})

    def _failed(self, phase, work):
        if phase == "book":
            return {"subscription_id": work.id}
        if phase in ("post", "send"):
            return {"statement_id": work.id, "seller_id": work.seller_id.id}
        seller, buyer, customer, currency, day, route, _charges = work[0]
        return {
            "seller_id": seller.id,
            "buyer_id": buyer.id,
            "customer_id": customer.id,
            "currency_id": currency.id,
            "billing_day": day,
            "route": route,
        }

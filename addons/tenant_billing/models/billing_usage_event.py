from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from ..adapters import usage_report as adapter
from ..engine import cloudevents
from ..engine.cloudevents import Rejected
from ..exceptions import message

AHEAD = timedelta(minutes=10)
OLDEST_DAYS = 35
# In a database for demos and tests, where time may be ahead, it may also be long ago.
DEMO_AHEAD, DEMO_DAYS = timedelta(days=3660), 400
BATCH = 1000


class BillingUsageEvent(models.Model):
    """A measurement on a tenant. Rows come in through `_ingest` alone."""

    _name = "billing.usage.event"
    _description = "Usage event"
    _order = "occurred_at desc, id desc"

    key_id = fields.Many2one("billing.usage.key", required=True, ondelete="restrict")
    tenant_id = fields.Many2one("hosting.tenant", required=True, ondelete="restrict")
    program_node_id = fields.Many2one("program.partner", index=True, ondelete="restrict")
    environment_id = fields.Many2one("hosting.environment", ondelete="restrict")
    meter_id = fields.Many2one("billing.meter", required=True, ondelete="restrict")
    dimensions = fields.Json(string="Dimensions by name")
    dimensions_key = fields.Char(string="Dimensions", required=True, default="")
    occurred_at = fields.Datetime(required=True)
    local_day = fields.Date(required=True)
    day_end = fields.Datetime(required=True)
    value = fields.Float(digits=(24, 9))
    label = fields.Char(help="Where different values count: the value.")

    _by_tenant = models.Index("(tenant_id, meter_id, local_day)")
    _by_time = models.Index("(tenant_id, meter_id, occurred_at)")
    # NaN is above every number for PostgreSQL, so the upper bound keeps it out too.
    _value_bounds = models.Constraint(
        "CHECK (value >= 0 AND value < 1e12)", "A measurement is at least 0 and below 10¹²."
    )

    @api.model
    def _ingest(self, events, oldest_days=None, dry=False, names=None):
        """Take decoded CloudEvents for the current user, who must be allowed to report.

        :param oldest_days: how old an event may be; default: the parameter
            ``tenant_billing.usage_oldest_days``
        :param dry: say what would happen, and take nothing
        :param names: what the caller calls the fields of an event, by their path
        :return: one ``{"id", "status", "error", "code", "field"}`` each; status is accepted,
            duplicate, conflict or rejected; the rest is None unless it is one of the latter two
        """
        now, names = self.env["billing.run"]._clock(), names or {}
        ahead, back = self._bounds(oldest_days)
        answers, reports = [], []
        for event in events:
            answer = dict.fromkeys(("id", "status", "error", "code", "field"))
            answer.update(id=cloudevents.identity(event), status="accepted")
            answers.append(answer)
            try:
                reports.append((answer, cloudevents.read(event, now, ahead, back)))
            except Rejected as error:
                self._reject(answer, error, names)
        directory = adapter.read_directory(self.env, [report for _, report in reports])
        rows = []
        for answer, report in reports:
            try:
                rows.append({"answer": answer, **directory.row(report)})
            except Rejected as error:
                self._reject(answer, error, names)
        self._take(rows, dry, names)
        return answers

    @api.model
    def _bounds(self, oldest_days=None):
        """How far ahead of the clock and how far back an event may lie (R-24)."""
        demo = self.env["billing.run"]._future_allowed()
        if oldest_days is None:
            # Safe: reads one number.
            parameters = self.env["ir.config_parameter"].sudo()
            value = parameters.get_param("tenant_billing.usage_oldest_days", "")
            oldest_days = int(value) if value.isdecimal() else DEMO_DAYS if demo else OLDEST_DAYS
        return (DEMO_AHEAD if demo else AHEAD), timedelta(days=min(oldest_days, 36500))

    def _reject(self, answer, error, names):
        field = names.get(error.field, error.field)
        text = message(self.env, error.code, field=field, **error.params)
        answer.update(status="rejected", error=text, code=error.code, field=field)

    def _take(self, rows, dry, names):
        """Insert what is new; tell repeats from conflicts."""
        # Safe: the root stands for the system itself.
        reporter = (
            self.env["program.node.mixin"]._default_program_node()
            or self.env["program.partner"].sudo()._root()
        )
        known = adapter.known_digests(self.env, reporter, rows)
        fresh = []
        for row in rows:
            report, answer = row["report"], row["answer"]
            digest = known.get((report.source, report.id))
            if digest is None:
                known[report.source, report.id] = report.digest
                fresh.append(row)
            elif digest == report.digest:
                answer["status"] = "duplicate"
            else:
                self._reject(answer, Rejected("usage_conflict", "id"), names)
                answer["status"] = "conflict"
        if dry or not fresh:
            return
        try:
            with self.env.cr.savepoint():
                for start in range(0, len(fresh), BATCH):
                    adapter.insert(self.env, reporter, fresh[start : start + BATCH])
        except UniqueViolation as error:
            # Somebody else reported one of them since this transaction began and cannot be seen
            # from here: the whole request is done again, and then tells repeat from conflict.
            raise ConcurrencyError("usage reported twice at one time") from error
        self.invalidate_model()

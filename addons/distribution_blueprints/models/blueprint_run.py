from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.steps import Outcome
from ..exceptions import message

# Longer than any call may take: who has not written for so long is dead.
LOCK_LIFE = timedelta(minutes=30)


class BlueprintRun(models.Model):
    """One application of a plan. The owner holds the tenant until the run ends, or until
    nothing was heard of it for ``LOCK_LIFE``."""

    _name = "blueprint.run"
    _description = "Run"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    plan_id = fields.Many2one(
        "blueprint.plan", required=True, readonly=True, index=True, ondelete="restrict"
    )
    connection_id = fields.Many2one(
        "hosting.connection", required=True, readonly=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="connection_id.tenant_id", store=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="connection_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    version_id = fields.Many2one(related="plan_id.version_id", store=True)
    user_id = fields.Many2one("res.users", string="Owner", required=True, readonly=True)
    state = fields.Selection(
        [
            ("queued", "Waiting to start"),
            ("running", "Running"),
            ("done", "Done"),
            ("interrupted", "Interrupted"),
            ("stopped", "Stopped"),
            ("refused", "Refused"),
        ],
        default="queued",
        required=True,
        readonly=True,
        index=True,
    )
    lock_until = fields.Datetime(readonly=True)
    total = fields.Integer(readonly=True)
    done = fields.Integer(string="Lines done", readonly=True)
    progress = fields.Float(compute="_compute_progress")
    progress_text = fields.Char(string="Now", readonly=True)
    code = fields.Char(readonly=True)
    key = fields.Char(readonly=True)
    text = fields.Char(string="How it ended", readonly=True)
    step_ids = fields.One2many("blueprint.run.step", "run_id", string="Journal")
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)

    _one_open = models.UniqueIndex(
        "(connection_id) WHERE state IN ('queued', 'running')",
        "Another run is under way for this tenant.",
    )

    @api.depends("plan_id")
    def _compute_name(self):
        for run in self:
            run.name = run.plan_id.name

    @api.depends("done", "total", "state")
    def _compute_progress(self):
        for run in self:
            whole = run.state == "done" or not run.total
            run.progress = 100 * (run.state == "done") if whole else 100 * run.done / run.total

    @api.model
    def _start(self, plan):
        """Take the tenant and queue a run.

        :raise UserError: somebody else is applying a plan to it; names who
        """
        connection = plan.connection_id
        connection.lock_for_update()
        open_run = self.search(
            [("connection_id", "=", connection.id), ("state", "in", ("queued", "running"))]
        )
        if open_run and open_run.lock_until < fields.Datetime.now():
            open_run._end(Outcome("interrupted", "process_died"))
            open_run.flush_recordset()  # the index allows one open run, so this one ends first
        elif open_run:
            since = fields.Datetime.context_timestamp(self, open_run.create_date)
            raise UserError(
                message(
                    self.env,
                    "run_open",
                    owner=open_run.user_id.name,
                    since=since.strftime("%H:%M"),
                )
            )
        plan.state = "applying"
        run = self.create(
            {
                "plan_id": plan.id,
                "connection_id": connection.id,
                "user_id": self.env.uid,
                "lock_until": fields.Datetime.now() + LOCK_LIFE,
            }
        )
        self.env["program.outbox"]._post("blueprint_run", run, run.program_node_id)
        return run

    def _end(self, outcome):
        """Keep how the run ended, on the run, its plan and its tenant."""
        detail = outcome.message or outcome.key
        text = (
            message(self.env, outcome.code, key=outcome.key, detail=detail)
            if outcome.code
            else self.env._("Everything that was agreed to is there.")
        )
        self.write(
            {
                "state": outcome.state,
                "code": outcome.code,
                "key": outcome.key,
                "text": text,
                "progress_text": False,
                "lock_until": False,
                "ended_at": fields.Datetime.now(),
            }
        )
        for skip in outcome.skipped:
            line = self.plan_id.line_ids.filtered(
                lambda x, skip=skip: (x.key, x.action) == (skip.key, skip.action)
            )
            line.outcome = message(self.env, skip.code, detail=skip.detail)
        ends = {"done": "applied", "refused": "stale"}
        self.plan_id.state = ends.get(outcome.state, "spent")
        if outcome.state == "done":
            self.connection_id.write({"blueprint_version_id": self.version_id.id})
        self.env["governance.event"]._record(
            "blueprint_run", self.tenant_id, node=self.program_node_id, new=outcome.state,
            reason=outcome.code,
        )  # fmt: skip

    def action_force_unlock(self):
        """End a run that hangs; the trail keeps who did it. A call that is under way may
        still finish on the tenant: plan again afterwards."""
        for run in self:
            run.tenant_id._check_may_deliver()
            if run.state not in ("queued", "running"):
                raise UserError(message(self.env, "run_not_open"))
            # Safe: checked above; a run's state has no other way in.
            run.sudo()._end(Outcome("interrupted", "lock_lost"))

    def action_plan_again(self):
        self.ensure_one()
        return self.plan_id.action_plan_again()

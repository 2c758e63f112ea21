import time

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..adapters import desired, rights
from ..adapters.tenant import Tenant, TenantError
from ..engine.apply import apply_plan
from ..engine.modules import READY
from ..engine.plan import make_plan
from ..engine.steps import Done, Outcome
from ..engine.talk import Patience
from .blueprint_run import LOCK_LIFE

PATIENCE = Patience(pause=3, polls=120, poll_pause=2)


class BlueprintRun(models.Model):
    """The driving loop of a run: journal, commit, send, journal, commit."""

    _inherit = "blueprint.run"

    def _outbox_blueprint_run(self):
        """Carry the run out with commits of its own: the journal must outlive this process."""
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env[self._name].browse(self.id)._carry_out()

    def _carry_out(self):
        """Never raises for what a tenant does, and never goes on by itself: what is left
        shows in the next plan (D-01)."""
        if self.state == "running":
            self._end(Outcome("interrupted", "process_died"))
            self._save()
            return
        if self.state != "queued":
            return
        self.write({"state": "running", "started_at": fields.Datetime.now()})
        self._commit()
        try:
            outcome = self._drive()
        except TenantError as error:
            self.env.cr.rollback()
            outcome = Outcome("interrupted", error.code, message=error.where)
        except UserError as error:
            self.env.cr.rollback()
            outcome = Outcome("stopped", "refused", message=str(error))
        self._end(outcome)
        self._save()

    def _commit(self):
        self.lock_until = fields.Datetime.now() + LOCK_LIFE
        self._save()

    def _save(self):
        # The cursor is the run's own: its journal must outlive this process.
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _drive(self):
        """Apply under the lock; refuses a plan that is not of the present state."""
        connection, version = self.connection_id, self.version_id
        resources = version._resources()
        tenant = Tenant(connection._transport(), connection.database_uuid or "")
        problems = tenant.preflight(resources)
        if problems:
            return Outcome("refused", problems[0].code, message=problems[0].detail)
        applied = connection._applied()
        live = tenant.read_live(resources, applied)
        today = fields.Date.context_today(self)
        plan = make_plan(resources, live, applied, connection._accepted(), today)
        if self.plan_id.fingerprint != plan.fingerprint:
            return Outcome("refused", "plan_stale")
        lines = self.plan_id.line_ids
        approved = {(x.key, x.action) for x in lines if x.approved}
        self.total = len(plan.changing())
        self._commit()
        return self._talk(
            apply_plan(plan, resources, live, applied, approved, self._patience()), tenant
        )

    def _talk(self, steps, tenant):
        """Carry out what the engine asks for, until it is through."""
        result = None
        while True:
            try:
                step = steps.send(result)
            except StopIteration as end:
                return end.value
            if self.state != "running":
                steps.close()
                return Outcome("interrupted", "lock_lost")
            result = self._take(step, tenant)

    def _take(self, step, tenant):
        """The result of one step; a change is journaled and committed before it is sent."""
        if step.op == "wait":
            self._wait(step.seconds)
            return Done()
        if step.op == "verified":
            self._keep(step.applied)
            return Done()
        if step.op == "forgotten":
            self.env["blueprint.applied"].search(self._applied_domain(step.key)).unlink()
            self._commit()
            return Done()
        if not step.changes_tenant:
            result = tenant.execute(step)
            if step.op == "poll" and result.kind == "ok":
                self._rights(tenant, result.value)
            return result
        names = ", ".join(step.names)
        return self._journaled(
            step.op, step.key, step.model, step.record_id, step.to_json(), step.payload_hash,
            lambda: tenant.execute(step), names,
        )  # fmt: skip

    def _journaled(self, op, key, model, record_id, payload, digest, call, names=""):
        entry = self.env["blueprint.run.step"].create(
            {
                "run_id": self.id,
                "number": len(self.step_ids) + 1,
                "op": op,
                "key": key,
                "res_model": model,
                "record_ref": record_id or 0,
                "payload": payload,
                "payload_hash": digest,
            }
        )
        self.progress_text = f"{op} {key} {names}".strip()
        self._commit()
        result = call()
        entry.write(
            {
                "state": result.kind,
                "code": getattr(result, "code", ""),
                "ended_at": fields.Datetime.now(),
            }
        )
        self._commit()
        return result

    def _rights(self, tenant, states):
        """Once the modules are there, give the key the rights that they bring."""
        wanted = (self.version_id.group_xmlids or "").split()
        if not wanted or not all(state in READY for state in states.values()):
            return
        groups = rights.missing_groups(tenant.wire, wanted)
        if groups:
            self._journaled(
                "rights", "", "res.users", 0, {"groups": wanted}, "",
                lambda: rights.grant(tenant.wire, groups),
            )  # fmt: skip

    def _keep(self, state):
        """Store what counts as applied now."""
        values = {**desired.applied_values(state), "run_id": self.id}
        Applied = self.env["blueprint.applied"]
        found = Applied.search(self._applied_domain(state.key))
        if found:
            found.write(values)
        else:
            Applied.create({"connection_id": self.connection_id.id, "key": state.key, **values})
        self.done += 1
        self._commit()

    def _applied_domain(self, key):
        return [("connection_id", "=", self.connection_id.id), ("key", "=", key)]

    def _wait(self, seconds):
        time.sleep(seconds)

    def _patience(self):
        return PATIENCE

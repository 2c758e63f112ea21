import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import desired, rights
from ..adapters.tenant import Tenant, TenantError
from ..engine.diff import ASK, CREATE, DRIFT
from ..engine.plan import make_plan
from ..exceptions import message

_logger = logging.getLogger(__name__)


class HostingConnection(models.Model):
    """What a tenant is set up with over this connection."""

    _inherit = "hosting.connection"

    blueprint_version_id = fields.Many2one(
        "blueprint.version", string="Applied version", readonly=True, copy=False,
        ondelete="restrict",
    )  # fmt: skip
    applied_ids = fields.One2many("blueprint.applied", "connection_id")
    drift_ids = fields.One2many("blueprint.drift", "connection_id")
    drift_count = fields.Integer(string="Open drift", compute="_compute_drift_count")
    drift_checked_at = fields.Datetime(readonly=True, copy=False)
    drift_error = fields.Char(readonly=True, copy=False)

    @api.depends("drift_ids.state")
    def _compute_drift_count(self):
        groups = self.env["blueprint.drift"]._read_group(
            [("connection_id", "in", self.ids), ("state", "=", "open")],
            ["connection_id"],
            ["__count"],
        )
        counts = {connection.id: count for connection, count in groups}
        for connection in self:
            connection.drift_count = counts.get(connection.id, 0)

    def _applied(self):
        return desired.read_applied(self.applied_ids)

    def _accepted(self):
        return desired.read_accepted(
            self.drift_ids.filtered(lambda drift: drift.state == "accepted")
        )

    def _tenant(self):
        return Tenant(self._transport(), self.database_uuid or "")

    def _observed(self, version):
        """The engine's plan for ``version`` on the tenant as it is now; reads only.

        :raise UserError: the tenant cannot be read, or something is in the way of planning
        """
        self.ensure_one()
        resources = version._resources()
        tenant = self._tenant()
        problems = tenant.preflight(resources)
        if problems:
            raise UserError("\n".join(message(self.env, p.code, detail=p.detail) for p in problems))
        applied = self._applied()
        try:
            live = tenant.read_live(resources, applied)
        except TenantError as error:
            raise UserError(
                message(self.env, error.code, detail=error.message or error.where)
            ) from None
        today = fields.Date.context_today(self)
        return make_plan(resources, live, applied, self._accepted(), today)

    def _plan(self, version):
        """A stored plan of ``version``; whoever may deliver to the tenant makes one.

        :raise UserError: see ``_observed``
        """
        self.ensure_one()
        self.tenant_id._check_may_deliver()
        version.check_access("read")
        # Safe: checked above; an engaged partner creates nothing by itself, the plan is the
        # tenant's.
        connection, version = self.sudo(), version.sudo()
        found = connection._observed(version)
        plan = self.env["blueprint.plan"].sudo()._store(connection, version, found)
        plan.user_id = self.env.uid
        return plan.with_env(self.env)

    def _action_plan(self, version):
        return {
            "type": "ir.actions.act_window",
            "res_model": "blueprint.plan",
            "res_id": self._plan(version).id,
            "view_mode": "form",
        }

    def _grant_rights(self, version):
        """Give the key's own user the rights that the version needs, as far as they exist."""
        # Safe: the caller has checked that the user may deliver to this tenant.
        tenant = self.sudo()._tenant()
        try:
            groups = rights.missing_groups(tenant.wire, (version.sudo().group_xmlids or "").split())
            result = rights.grant(tenant.wire, groups)
        except TenantError as error:
            result = error.result
        if result.kind != "ok":
            raise UserError(message(self.env, result.code, detail=result.message))
        self.env["governance.event"]._record(
            "blueprint_rights", self.tenant_id, node=self.program_node_id, new=str(len(groups))
        )

    def action_plan(self):
        self.ensure_one()
        return self.tenant_id.action_plan()

    def action_check_drift(self):
        """Compare the tenant with what was applied, now.

        :raise UserError: nothing was applied yet, or the tenant cannot be read
        """
        for connection in self:
            connection.tenant_id._check_may_deliver()
            # Safe: checked above; findings are facts of the tenant.
            connection.sudo()._check_drift()
        return self.action_open_drift() if len(self) == 1 else True

    def _check_drift(self):
        """Bring the findings up to date. Reads only on the tenant."""
        self.ensure_one()
        if not self.blueprint_version_id:
            raise UserError(
                message(self.env, "version_missing", tenant=self.tenant_id.display_name)
            )
        plan = self._observed(self.blueprint_version_id)
        findings, silenced = {}, set()
        for line in plan.lines:
            silenced |= {(line.key, note.field) for note in line.notes if note.reason == "accepted"}
            gone = line.reason == "deleted_on_tenant"
            if line.action not in (DRIFT, ASK) and not (line.action == CREATE and gone):
                continue
            common = {
                "res_model": line.model,
                "record_ref": line.record_id or 0,
                "who": line.who,
                "changed_at": line.when,
            }
            if gone:
                findings[line.key, ""] = {**common, "reason": line.reason, "before": line.key,
                                          "after": False}  # fmt: skip
                continue
            for change in line.changes:
                findings[line.key, change.field] = {
                    **common,
                    "reason": change.reason,
                    "before": desired.as_text(change.after),
                    "after": desired.as_text(change.before),
                }
        self.env["blueprint.drift"]._record_findings(self, findings, silenced)
        self.write({"drift_checked_at": fields.Datetime.now(), "drift_error": False})

    @api.model
    def _cron_check_drift(self):
        """Once a day per tenant; one that cannot be read keeps its reason and is left."""
        due = fields.Datetime.subtract(fields.Datetime.now(), hours=20)
        domain = [
            ("blueprint_version_id", "!=", False),
            ("tenant_id.state", "in", ("provisioned", "live")),
            "|",
            ("drift_checked_at", "=", False),
            ("drift_checked_at", "<", due),
        ]
        connections = self.search(domain, limit=50)
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            connection = connection.try_lock_for_update().filtered_domain(domain)
            if not connection:
                continue
            try:
                connection._check_drift()
            except UserError as error:
                self.env.cr.rollback()
                connection.write(
                    {"drift_checked_at": fields.Datetime.now(), "drift_error": str(error)}
                )
                _logger.info("no drift check of connection %s", connection.id)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def action_open_drift(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Drift"),
            "res_model": "blueprint.drift",
            "view_mode": "list,form",
            "domain": [("connection_id", "=", self.id)],
            "context": {"search_default_standing": 1},
        }

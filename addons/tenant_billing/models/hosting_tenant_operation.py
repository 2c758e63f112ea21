from odoo import api, fields, models
from odoo.exceptions import UserError

# What a finished operation on the production environment means for the tenant.
STATES = {"suspend": "suspended", "terminate": "terminated"}


class HostingTenant(models.Model):
    """What is done to a tenant's machines, and how it is reached (TB-047, TB-072)."""

    _inherit = "hosting.tenant"

    operation_ids = fields.One2many("hosting.operation", "tenant_id", string="Operations")
    connection_ids = fields.One2many("hosting.connection", "tenant_id", string="Connections")
    operation_count = fields.Integer(compute="_compute_operation_count")
    running_operation_id = fields.Many2one(
        "hosting.operation", string="Under way", compute="_compute_running_operation_id"
    )
    operation_progress = fields.Char(compute="_compute_running_operation_id")
    allowed_hosts = fields.Char(compute="_compute_allowed_hosts")

    @api.depends("operation_ids")
    def _compute_operation_count(self):
        groups = self.env["hosting.operation"]._read_group(
            [("tenant_id", "in", self.ids)], ["tenant_id"], ["__count"]
        )
        counts = {tenant.id: count for tenant, count in groups}
        for tenant in self:
            tenant.operation_count = counts.get(tenant.id, 0)

    @api.depends("operation_ids.state", "operation_ids.progress", "operation_ids.error")
    def _compute_running_operation_id(self):
        found = self.env["hosting.operation"].search(
            [("tenant_id", "in", self.ids), ("state", "in", ("requested", "running"))]
        )
        for tenant in self:
            operation = found.filtered(lambda o, tenant=tenant: o.tenant_id == tenant)[:1]
            tenant.running_operation_id = operation
            tenant.operation_progress = operation.progress or operation.error

    def _compute_allowed_hosts(self):
        self.allowed_hosts = ", ".join(self.env["hosting.connection"]._allow_hosts())

    def _production(self):
        """The production environment, empty before it is asked for."""
        self.ensure_one()
        return self.environment_ids.filtered(lambda each: each.kind == "production")[:1]

    def action_provision(self):
        """Ask for the production environment; made after the commit by the provisioner.

        Asking again while it is under way, or after it is there, changes nothing.
        """
        self.check_access("write")
        for tenant in self:
            if tenant.state not in ("requested", "approved"):
                raise UserError(
                    self.env._("%(tenant)s is provisioned already.", tenant=tenant.display_name)
                )
            if tenant.running_operation_id:
                continue
            # Safe: the caller may write the tenant; its environment is the tenant's own.
            environment = tenant._production().sudo() or self.env[
                "hosting.environment"
            ].sudo().create(
                {
                    "name": self.env._("Production"),
                    "tenant_id": tenant.id,
                    "kind": "production",
                }
            )
            self.env["hosting.operation"].sudo()._request(environment, "create")
        return self.action_open_operations() if len(self) == 1 else True

    def action_suspend(self):
        return self._action_operation("suspend", ("provisioned", "live"))

    def action_lift(self):
        return self._action_operation("lift", ("suspended",))

    def action_backup(self):
        return self._action_operation("backup", ("provisioned", "live", "suspended"))

    def action_terminate(self):
        return self._action_operation("terminate", ("provisioned", "live", "suspended"))

    def _action_operation(self, kind, states):
        """Ask for ``kind`` on the production environment of each tenant.

        :raise UserError: the tenant's state does not allow it
        """
        self.check_access("write")
        for tenant in self:
            if tenant.state not in states:
                label = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(tenant)s is “%(state)s”, so this cannot be done to it.",
                        tenant=tenant.display_name,
                        state=label[tenant.state],
                    )
                )
            # Safe: the caller may write the tenant; the operation is done to it alone.
            self.env["hosting.operation"].sudo()._request(tenant._production().sudo(), kind)
        return self.action_open_operations() if len(self) == 1 else True

    def _hosting_operation_done(self, operation):
        """Hook: an operation on one of the tenant's environments is done."""
        self.ensure_one()
        if operation.environment_id.kind != "production":
            return
        if operation.kind == "create" and self.state in ("requested", "approved"):
            self.state = "provisioned"
        elif operation.kind == "lift":
            self.state = "live" if self.has_gone_live else "provisioned"
        elif operation.kind in STATES:
            self.state = STATES[operation.kind]

    def action_open_operations(self):
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Operations"),
            "res_model": "hosting.operation",
            "view_mode": "list,form",
            "domain": [("tenant_id", "=", self.id)],
        }
        if self.running_operation_id:
            action.update(view_mode="form", res_id=self.running_operation_id.id)
        return action

    def action_open_connection(self):
        self.ensure_one()
        connection = self.connection_ids[:1]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connection"),
            "res_model": "hosting.connection",
            "view_mode": "form",
            "res_id": connection.id,
            "context": {"default_environment_id": self._production().id},
        }

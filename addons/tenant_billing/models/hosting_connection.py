import os
from datetime import timedelta

from odoo import api, fields, models

from ..adapters.transport import Limits
from ..engine.address_guard import parse_allow_hosts
from .odoo_connection_mixin import KEY_ALARM_DAYS


class HostingConnection(models.Model):
    """The way to a tenant's database over JSON-2: address, pinned identity, encrypted key."""

    _name = "hosting.connection"
    _inherit = ["odoo.connection.mixin"]
    _description = "Connection to a tenant"
    _order = "tenant_id, id"

    environment_id = fields.Many2one(
        "hosting.environment", required=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="environment_id.tenant_id", store=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="environment_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    url = fields.Char(required=True)
    active = fields.Boolean(default=True)
    allowed_hosts = fields.Char(compute="_compute_allowed_hosts")

    _environment_uniq = models.Constraint(
        "UNIQUE (environment_id)", "This environment has a connection already."
    )
    _database_uniq = models.UniqueIndex(
        "(database_uuid) WHERE database_uuid IS NOT NULL AND active",
        "Another connection leads to this database already.",
    )

    @api.depends("environment_id", "url")
    def _compute_display_name(self):
        for connection in self:
            tenant = connection.tenant_id.display_name or ""
            connection.display_name = f"{tenant} · {connection.environment_id.name or ''}"

    def _compute_allowed_hosts(self):
        self.allowed_hosts = ", ".join(self._allow_hosts())

    @api.model
    def _allow_hosts(self):
        """Exceptions to the address guard, given by the operator of this server for tenants that
        it runs itself."""
        return parse_allow_hosts(os.environ.get("CONTROL_PLANE_ALLOW_HOSTS"))

    @api.model
    def _limits(self):
        """A call may install modules: as long as a request may live on the other server."""
        return Limits(read=170, total=180)

    def _moved_fields(self):
        return (*super()._moved_fields(), "environment_id")

    def action_rotate_key(self):
        """Ask for a new key; the old one is revoked once the new one was seen to work."""
        for connection in self:
            connection.tenant_id.check_access("write")
            # Safe: the caller may write the tenant; only its own key is replaced.
            self.env["hosting.operation"].sudo()._request(
                connection.sudo().environment_id, "rotate_key"
            )
        return self.tenant_id.action_open_operations() if len(self) == 1 else True

    @api.model
    def _cron_rotate_keys(self):
        """Replace keys that expire soon, where the provisioner can do it by itself."""
        limit = fields.Date.today() + timedelta(days=KEY_ALARM_DAYS)
        due = self.search(
            [
                ("key_expires_on", "<=", limit),
                ("environment_id.provisioner_id.kind", "=", "local"),
                ("tenant_id.state", "in", ("provisioned", "live")),
            ]
        )
        for connection in due.filtered(lambda c: not c.tenant_id.running_operation_id):
            connection.action_rotate_key()

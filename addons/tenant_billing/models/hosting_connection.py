from datetime import timedelta

from odoo import api, fields, models

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

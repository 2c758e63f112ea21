from odoo import api, fields, models
from odoo.exceptions import UserError


class HostingEnvironment(models.Model):
    """One database of a tenant: production, staging or sandbox."""

    _name = "hosting.environment"
    _description = "Environment"
    _order = "tenant_id, kind, id"

    name = fields.Char(required=True)
    tenant_id = fields.Many2one("hosting.tenant", required=True, index=True, ondelete="restrict")
    program_node_id = fields.Many2one(
        related="tenant_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [("production", "Production"), ("staging", "Staging"), ("sandbox", "Sandbox")],
        required=True,
        default="production",
    )
    url = fields.Char()
    database = fields.Char()
    active = fields.Boolean(default=True)
    provisioner_id = fields.Many2one("hosting.provisioner", readonly=True, ondelete="restrict")
    local_port = fields.Integer(readonly=True, copy=False)
    connection_ids = fields.One2many("hosting.connection", "environment_id")
    operation_ids = fields.One2many("hosting.operation", "environment_id")

    def _open(self, url, database, login, key, expires_on=False):
        """Keep where the environment is reached, open its connection, and try it.

        ``key`` is the API key in clear; it is encrypted at once. Returns the connection.

        :raise UserError: the address or the key does not lead to an Odoo that answers
        """
        self.ensure_one()
        self.write({"url": url, "database": database})
        values = {"url": url, "database": database, "login": login}
        connection = self.connection_ids
        if connection:
            connection.write(values)
        else:
            connection = connection.create({"environment_id": self.id, **values})
        connection._set_key(key, expires_on)
        problem = connection._probe()
        if problem:
            raise UserError(problem)
        return connection

    @api.model
    def _local_ensure_running(self):
        """Start the servers of all local tenants that should run; called when the control
        plane starts. Returns the environments whose server runs now."""
        environments = self.search(
            [
                ("provisioner_id.kind", "=", "local"),
                ("database", "!=", False),
                ("local_port", "!=", 0),
                ("tenant_id.state", "in", ("approved", "provisioned", "live")),
            ]
        )
        for environment in environments:
            local = environment.provisioner_id._local()
            local.start(environment.database, environment.local_port)
        return environments

    def _local_set_password(self, login, password):
        """Give a user of a local tenant a password, for whoever takes the tenant over.

        The values reach the tenant on standard input, never as an argument.
        """
        self.ensure_one()
        self.provisioner_id._local_set_password(self.database, login, password)

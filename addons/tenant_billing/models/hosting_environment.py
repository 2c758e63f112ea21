from odoo import fields, models


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

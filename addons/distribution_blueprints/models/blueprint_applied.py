from odoo import fields, models


class BlueprintApplied(models.Model):
    """What was applied last, per connection and key: who moved is told by it."""

    _name = "blueprint.applied"
    _description = "Applied state"
    _order = "connection_id, key"

    connection_id = fields.Many2one(
        "hosting.connection", required=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="connection_id.tenant_id", store=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="connection_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    run_id = fields.Many2one("blueprint.run", ondelete="restrict")
    key = fields.Char(required=True)
    kind = fields.Char(required=True)
    res_model = fields.Char(required=True)
    record_ref = fields.Integer(string="Id on the tenant")
    values_json = fields.Json()
    lifecycle = fields.Char(required=True)
    removal = fields.Char(required=True)

    _key_uniq = models.Constraint(
        "UNIQUE (connection_id, key)", "This key is applied on the tenant already."
    )

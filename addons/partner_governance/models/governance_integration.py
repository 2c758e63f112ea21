from odoo import fields, models


class GovernanceIntegration(models.Model):
    """A connection of a project's Odoo with another system (PG-069)."""

    _name = "governance.integration"
    _description = "Integration"
    _inherit = ["mail.thread", "governance.patterned.mixin"]
    _order = "id desc"
    _pattern_kind = "integration"

    project_id = fields.Many2one(required=True)
    system = fields.Char(string="Other system", required=True)
    connector_id = fields.Many2one("governance.connector", index=True, ondelete="restrict")

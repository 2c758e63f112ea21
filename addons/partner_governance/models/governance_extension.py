from odoo import fields, models


class GovernanceExtension(models.Model):
    """A custom module or other extension beside the standard (PG-122)."""

    _name = "governance.extension"
    _description = "Extension"
    _inherit = ["mail.thread", "governance.patterned.mixin"]
    _order = "id desc"
    _pattern_kind = "extension"

    module_name = fields.Char(string="Technical name", required=True)

    _module_uniq = models.UniqueIndex(
        "(program_node_id, project_id, module_name) NULLS NOT DISTINCT",
        "This module is registered for the project already.",
    )

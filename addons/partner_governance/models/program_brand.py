from odoo import fields, models


class ProgramBrand(models.Model):
    """The name under which a node sells: what customers see on documents and in the portal."""

    _name = "program.brand"
    _description = "Brand"
    _inherit = ["program.node.mixin"]

    name = fields.Char(string="Trade name", required=True)
    legal_name = fields.Char()
    logo = fields.Image(max_width=512, max_height=512)
    primary_colour = fields.Char(default="#1f3a5f")
    footer = fields.Char()
    support_email = fields.Char()
    active = fields.Boolean(default=True)

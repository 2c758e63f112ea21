from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    program_node_id = fields.Many2one(
        "program.partner",
        string="Programme partner",
        index=True,
        ondelete="restrict",
        copy=False,
    )

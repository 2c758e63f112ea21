from odoo import fields, models


class ProgramDeal(models.Model):
    _inherit = "program.deal"

    tenant_ids = fields.One2many("hosting.tenant", "deal_id", string="Tenants")

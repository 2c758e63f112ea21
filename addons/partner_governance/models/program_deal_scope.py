from odoo import api, fields, models


class ProgramCommercialModel(models.Model):
    """Who prices and down to which floor, and what a partner of this model delivers."""

    _inherit = "program.commercial.model"

    price_authority = fields.Char(string="Sets the customer's price", translate=True)
    floor_rule = fields.Char(string="Discount floor", translate=True)
    service_scope = fields.Text(
        translate=True,
        help="What the partner delivers and what it does not; stands on its deals and is printed.",
    )


class ProgramDeal(models.Model):
    """What the partner delivers stands on its deal and is printed (PG-014)."""

    _inherit = "program.deal"

    model_code = fields.Selection(
        related="program_node_id.commercial_model_id.code", string="Commercial model"
    )
    service_scope = fields.Text(
        compute="_compute_service_scope", store=True, readonly=False, precompute=True
    )
    price_authority = fields.Char(
        related="program_node_id.commercial_model_id.price_authority", related_sudo=True
    )
    floor_rule = fields.Char(
        related="program_node_id.commercial_model_id.floor_rule", related_sudo=True
    )

    @api.depends("program_node_id")
    def _compute_service_scope(self):
        for deal in self:
            deal.service_scope = deal.program_node_id.commercial_model_id.service_scope

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
    """What this partner delivers and does not stands on its deals and is printed; where it says
    nothing, what its model says (PG-007, PG-014)."""

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
            # Safe: the statement of the deal's own partner.
            node = deal.sudo().program_node_id
            parts = [node.service_scope or node.commercial_model_id.service_scope]
            if node.service_scope and node.service_scope_out:
                parts.append(self.env._("Not included: %(what)s", what=node.service_scope_out))
            deal.service_scope = "\n".join(filter(None, parts))

from odoo import fields, models


class SaleOrder(models.Model):
    """Confirming the quotation of a deal is winning it, so it stops at the same gate."""

    _name = "sale.order"
    _inherit = ["sale.order", "governance.gated.mixin"]

    program_deal_id = fields.Many2one(related="opportunity_id.program_deal_id", string="Deal")

    def _gate_fields(self):
        return frozenset(("state", "opportunity_id"))

    def _gate_check(self):
        gate = self.env.ref("partner_governance.gate_commercial", raise_if_not_found=False)
        if not gate:
            return
        # Safe: the outcome is checked whoever moved the record, the superuser included.
        for order in self.sudo():
            if order.state == "sale" and order.opportunity_id.program_node_id:
                gate._guard(order.program_deal_id, order.name)

    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._gate_check()
        return orders

    def action_confirm(self):
        gate = self.env.ref("partner_governance.gate_commercial")
        for order in self:
            # Safe: the deal of the order's own opportunity.
            opportunity = order.sudo().opportunity_id
            if opportunity.program_node_id:
                gate._guard(opportunity.program_deal_id, order.name)
        return super().action_confirm()

from odoo import api, fields, models


class BillingStatement(models.Model):
    """What a statement tells its seller alone: both parties read the record, so the columns are
    read by nobody, and shown here by whose statement it is (DESIGN 4.1)."""

    _inherit = "billing.statement"

    decided_by = fields.Char(string="Decided", compute="_compute_of_seller")
    sent_address = fields.Char(string="Address", compute="_compute_of_seller")
    send_problem = fields.Char(string="Why not sent", compute="_compute_of_seller")

    @api.depends("decided_by_id", "sent_to", "send_error")
    @api.depends_context("uid")
    def _compute_of_seller(self):
        for one in self:
            # Safe: emptied below for whoever is not its seller.
            known = one.sudo()
            known = known if one.is_own else known.browse()
            one.decided_by = known.decided_by_id.name
            one.sent_address = known.sent_to
            one.send_problem = known.send_error

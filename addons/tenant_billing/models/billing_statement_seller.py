from odoo import api, fields, models


class BillingStatement(models.Model):
    """What a statement tells its seller alone: both parties read the record, so the columns are
    read by nobody, and shown here by whose statement it is (DESIGN 4.1)."""

    _inherit = "billing.statement"

    sent_to = fields.Char(groups=fields.NO_ACCESS)
    send_error = fields.Char(groups=fields.NO_ACCESS)
    push_error = fields.Char(groups=fields.NO_ACCESS)
    decided_by = fields.Char(string="Decided", compute="_compute_of_seller")
    sent_address = fields.Char(string="Address", compute="_compute_of_seller")
    send_problem = fields.Char(string="Why not sent", compute="_compute_of_seller")
    push_problem = fields.Char(string="Why not handed over", compute="_compute_of_seller")

    @api.depends("decided_by_id", "sent_to", "send_error", "push_error")
    @api.depends_context("uid")
    def _compute_of_seller(self):
        for one in self:
            # Safe: of documents alone that the reader posts, as their seller or by its mandate.
            known = one.sudo() if one.may_post else self.sudo().browse()
            one.decided_by = known.decided_by_id.name
            one.sent_address = known.sent_to
            one.send_problem = known.send_error
            one.push_problem = known.push_error

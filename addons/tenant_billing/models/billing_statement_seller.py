from odoo import api, fields, models


class BillingStatement(models.Model):
    """What a statement tells its seller alone: both parties read the record, so the columns are
    read by nobody, and shown here by whose statement it is (DESIGN 4.1)."""

    _inherit = "billing.statement"

    push_error = fields.Char(groups=fields.NO_ACCESS)
    decided_by = fields.Char(string="Decided", compute="_compute_of_seller")
    push_problem = fields.Char(string="Why not handed over", compute="_compute_of_seller")

    @api.depends("decided_by_id", "push_error")
    @api.depends_context("uid")
    def _compute_of_seller(self):
        for one in self:
            # Safe: of documents alone that the reader posts, as their seller or by its mandate.
            known = one.sudo() if one.may_post else self.sudo().browse()
            one.decided_by = known.decided_by_id.name
            one.push_problem = known.push_error

    def _is_sender(self):
        return self.may_post

from odoo import api, fields, models
from odoo.exceptions import UserError

# An object of this process: no caller over RPC can put it into a context.
ASSIGNED = object()


class ResPartner(models.Model):
    """A partner's tier is written by its approved assignment alone, whoever asks (PG-128)."""

    _inherit = "res.partner"

    grade_id = fields.Many2one(copy=False, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(partner.grade_id for partner in partners):
            self._refuse_tier()
        return partners

    def write(self, vals):
        if "grade_id" in vals and self.env.context.get("program_tier") is not ASSIGNED:
            wanted = vals["grade_id"] or False
            if any(partner.grade_id.id != wanted for partner in self):
                self._refuse_tier()
        return super().write(vals)

    def _refuse_tier(self):
        raise UserError(
            self.env._(
                "A partner's tier follows from its assessment and is signed: open the partner, "
                "assess it and ask for the tier there."
            )
        )


class SaleOrder(models.Model):
    """Core sets a tier when an order that sells one is confirmed: nobody buys a tier here."""

    _inherit = "sale.order"

    def _add_partnership(self):
        for order in self.filtered("assigned_grade_id"):
            order.message_post(
                body=self.env._(
                    "A partner's tier is not sold: “%(tier)s” was not given. It follows from the "
                    "partner's assessment.",
                    tier=order.assigned_grade_id.name,
                )
            )

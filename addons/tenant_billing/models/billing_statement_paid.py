from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingStatement(models.Model):
    """Whether a statement is paid, and what took it back."""

    _inherit = "billing.statement"

    credited_by_id = fields.Many2one(
        "billing.statement", index="btree_not_null", ondelete="restrict", readonly=True, copy=False
    )
    credit_of_ids = fields.One2many("billing.statement", "credited_by_id", readonly=True)

    def _paid(self):
        """Those that are issued and paid in full."""
        return self.filtered(lambda one: one.state == "issued" and one._is_paid())

    def _is_paid(self):
        """Hook: whether the buyer has paid in full, by the seller's books here; upper code says
        it for sellers that keep their own."""
        self.ensure_one()
        return self._invoice().payment_state in ("paid", "in_payment")

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Whoever is paid for a document that it does not read learns no number of it."""
        done = super()._compute_display_name()
        isolation = self.env["program.isolation"]
        scope = isolation._scope_of_person()
        known = self if scope.kind == "system" else isolation._visible(self, scope)
        for statement in self - known:
            statement.display_name = f"{statement.billing_day}"
        return done

    def _credit(self):
        if self.credited_by_id:
            raise UserError(self.env._("It was taken back already."))
        action = super()._credit()
        self.credited_by_id = action["res_id"]
        return action

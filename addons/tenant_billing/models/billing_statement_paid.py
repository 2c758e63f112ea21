from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingStatement(models.Model):
    """Whether a statement is paid, and what took it back."""

    _inherit = "billing.statement"

    credited_by_ids = fields.One2many(
        "billing.statement", "credit_of_id", string="Taken back by", readonly=True
    )

    def _paid(self):
        """Those that are issued and paid in full."""
        return self.filtered(lambda one: one.state == "issued" and one._is_paid())

    def _is_paid(self):
        """Whether the buyer has paid in full: by the seller's books here, or as a seller with
        books of its own reports it."""
        self.ensure_one()
        if self.route == "own":
            return self.reported_state == "paid"
        return self._invoice().payment_state in ("paid", "in_payment")

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Whoever is paid for a document that it does not read learns no number of it."""
        done = super()._compute_display_name()
        isolation = self.env["program.isolation"]
        scope = isolation._scope_of_person()
        # The desk names what it has parked, whosever it is.
        everything = scope.kind in ("system", "platform")
        known = self if everything else isolation._visible(self, scope)
        for statement in self - known:
            statement.display_name = f"{statement.billing_day}"
        return done

    def _credit(self):
        if self.credited_by_ids:
            raise UserError(self.env._("It was taken back already."))
        return super()._credit()

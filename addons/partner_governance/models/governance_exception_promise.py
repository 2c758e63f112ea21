from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine import rights


class GovernanceException(models.Model):
    """An exception for a promise permits what was signed, no more (PG-032, PG-121)."""

    _inherit = "governance.exception"

    promise_availability = fields.Float(
        string="Promised availability, % a month",
        digits=(6, 3),
        help="The promise may be as good as this, and no better.",
    )
    promise_hours = fields.Float(string="Promised answer within hours", digits=(6, 2))

    def action_ask(self):
        for one in self.filtered(lambda each: each.kind == "promise_upstream"):
            if not one.promise_availability:
                raise UserError(
                    self.env._(
                        "Say what “%(one)s” shall promise: its availability, and within how many "
                        "hours it is answered.",
                        one=one.name,
                    )
                )
        return super().action_ask()

    def _promise(self):
        self.ensure_one()
        return rights.Promise(
            Decimal(str(self.promise_availability or 0)), Decimal(str(self.promise_hours or 0))
        )

    @api.model
    def _permits_promise(self, right):
        """Whether a running exception about ``right``, or about who promises it, covers what it
        promises now."""
        # Safe: answers yes or no about a right that the caller writes.
        granter = right.sudo().granter_id
        about = Domain.OR(
            Domain("res_model", "=", each._name) & Domain("res_id", "=", each.id)
            for each in (right, granter)
        )
        kind = Domain("kind", "=", "promise_upstream")
        running = self.sudo().search(kind & about & Domain(self._holding_domain()))
        return any(not rights.exceeds(right._promise(), (one._promise(),)) for one in running)

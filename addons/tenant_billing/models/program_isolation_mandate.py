from odoo import api, models
from odoo.fields import Domain

# What the holder of a mandate reads of the seller's, and the field that says of which time.
MANDATED = {
    "billing.statement": "billing_day",
    "billing.charge": "billing_day",
    "billing.close": "month",
    "billing.parked": "billing_day",
}


class ProgramIsolation(models.AbstractModel):
    """An upline reads the documents that it posts for a seller, while its mandate runs, from the
    month on in which it began; it changes them by their actions alone (TRADE 1)."""

    _inherit = "program.isolation"

    @api.model
    def _reach(self, scope, model_name, mode):
        domain = super()._reach(scope, model_name, mode)
        day = MANDATED.get(model_name)
        if not day or mode != "read" or not scope.node_id or scope.kind not in STAFF:
            return domain
        for mandate in self.env["billing.mandate"]._held_by(scope.node_id):
            since = Domain(day, ">=", mandate._covers_from())
            if model_name == "billing.parked":
                since |= Domain(day, "=", False)
            domain |= Domain("seller_id", "=", mandate.seller_id.id) & since
        return domain


STAFF = ("staff", "platform")

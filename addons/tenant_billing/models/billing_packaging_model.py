from odoo import api, models
from odoo.exceptions import UserError


class BillingPackagingRule(models.Model):
    """The streams of the seller's commercial model come before every rule (PG-011, TB-028)."""

    _inherit = "billing.packaging.rule"

    @api.model
    def _check(self, components, node):
        # Safe: the commercial model of the partner that sells, which everybody reads.
        model = node.sudo().commercial_model_id
        refused = components.filtered(lambda one: not model._allows_stream(one.stream))
        if refused:
            raise UserError(
                self.env._(
                    "%(parts)s is not sold here: partners of the model “%(model)s” sell "
                    "%(streams)s. Take it out.",
                    parts=", ".join(refused.mapped("name")),
                    model=model.name,
                    streams=", ".join(model.stream_ids.mapped("name")),
                )
            )
        return super()._check(components, node)

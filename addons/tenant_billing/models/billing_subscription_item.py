from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..adapters import facts


class BillingSubscriptionItem(models.Model):
    """A version of one component of a subscription, from a day on. Versions are added, never
    changed: several of one day are one, the last standing."""

    _name = "billing.subscription.item"
    _description = "Component of a subscription"
    _order = "subscription_id, component_id, valid_from, id"

    subscription_id = fields.Many2one(
        "billing.subscription", required=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="subscription_id.program_node_id", store=True, index=True
    )
    component_id = fields.Many2one("billing.plan.component", required=True, ondelete="restrict")
    code = fields.Char(related="component_id.code", store=True)
    kind = fields.Selection(related="component_id.kind")
    valid_from = fields.Date(required=True)
    quantity = fields.Float(digits=(16, 6), default=1)
    ends = fields.Boolean(help="The component ends on this day.")
    reason = fields.Char()

    @api.depends("component_id", "valid_from")
    def _compute_display_name(self):
        for item in self:
            item.display_name = f"{item.component_id.display_name} {item.valid_from or ''}".strip()

    @api.constrains("quantity")
    def _check_quantity(self):
        if any(item.quantity < 0 for item in self):
            raise ValidationError(self.env._("A quantity must not be negative."))

    @api.constrains("component_id", "subscription_id", "valid_from")
    def _check_subscription(self):
        for item in self:
            if item.component_id.plan_id != item.subscription_id.plan_id:
                raise ValidationError(
                    self.env._(
                        "“%(component)s” is no component of the subscription's plan.",
                        component=item.component_id.name,
                    )
                )
            start = item.subscription_id.start_date
            if start and item.valid_from < start:
                raise ValidationError(
                    self.env._("A change cannot take effect before the subscription starts.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items.subscription_id._check_own()
        for one, added in items.grouped("subscription_id").items():
            if one.state != "draft":
                versions = [facts.version(item) for item in added]
                one._check_lowered(versions, one.item_ids - added)
                one._check_prices(set(added.filtered(lambda item: not item.ends).mapped("code")))
                one._check_packaging(added.mapped("valid_from"))
                # Safe: asks which meters other subscriptions of the same tenant charge.
                one.sudo()._check_meters()
        return items

    def write(self, vals):
        if {"subscription_id", "component_id", "valid_from", "quantity", "ends"} & vals.keys():
            running = self.filtered(lambda item: item.subscription_id.state != "draft")
            if running and not self.env.su:
                raise AccessError(
                    self.env._("Versions stay as they are: add one with the new quantity.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        if any(item.subscription_id.state != "draft" for item in self):
            raise UserError(self.env._("Versions stay as they are: add one with the new quantity."))

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BillingPlanComponent(models.Model):
    """Components of a partner's own subscription that look at all of its tenants (TRADE 1)."""

    _inherit = "billing.plan.component"

    portfolio = fields.Selection(
        [
            ("pool", "Summed over all tenants"),
            ("commitment", "Minimum commitment"),
        ],
        string="Of a partner's tenants",
        help="Summed: tiers run once over what all tenants of a partner use or order. Minimum "
        "commitment: what is missing to it after what the tenants were charged in the period.",
    )
    pool_code = fields.Char(
        string="Component summed",
        help="Code of the tenants' component whose quantities are summed; of metered components "
        "the meter says it.",
    )

    @api.constrains("portfolio", "pool_code", "kind", "timing", "meter_id")
    def _check_portfolio(self):
        for component in self.filtered("portfolio"):
            metered = component.kind == "metered"
            if component.portfolio == "commitment":
                wrong = component.kind != "recurring"
            else:
                wrong = component.kind == "one_off" or metered == bool(component.pool_code)
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: a minimum commitment is recurring; a sum over tenants is "
                        "metered, or recurring with the code of the component summed.",
                        name=component.name,
                    )
                )
            if component.timing != "arrears":
                raise ValidationError(
                    self.env._(
                        "“%(name)s” looks at what tenants used and were charged, so it is charged "
                        "in arrears.",
                        name=component.name,
                    )
                )
            if metered and component.meter_id.aggregation == "unique_count":
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: different values of several tenants cannot be summed.",
                        name=component.name,
                    )
                )

    def write(self, vals):
        if {"portfolio", "pool_code"} & vals.keys():
            # Safe: asks whether a subscription uses it, tells nothing of it.
            used = self.env["billing.subscription.item"].sudo()
            if used.search_count([("component_id", "in", self.ids)], limit=1):
                raise ValidationError(
                    self.env._(
                        "A subscription uses this component, so what it is measured by stays. Add "
                        "another component instead."
                    )
                )
        return super().write(vals)

    def _aggregation(self):
        """How the engine adds up what it is measured by: what is ordered, by time."""
        return self.meter_id.aggregation if self.meter_id else "time_weighted_average"


class BillingSubscriptionItem(models.Model):
    _inherit = "billing.subscription.item"

    @api.constrains("component_id", "subscription_id")
    def _check_portfolio(self):
        for item in self:
            component, one = item.component_id, item.subscription_id
            if component.portfolio and not one.subject_node_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” looks at all tenants of a partner: it stands on a partner "
                        "agreement, not on a tenant's subscription.",
                        name=component.name,
                    )
                )
            if one.subject_node_id and component.kind == "metered" and not component.portfolio:
                raise ValidationError(
                    self.env._(
                        "A partner is not measured itself: “%(name)s” has to be summed over its "
                        "tenants.",
                        name=component.name,
                    )
                )

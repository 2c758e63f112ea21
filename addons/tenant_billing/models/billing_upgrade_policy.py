from odoo import api, fields, models

from ..engine.renewal import term_end


class BillingPlan(models.Model):
    """Who upgrades a tenant of this plan to a new version, when, and at whose expense
    (TB-036)."""

    _inherit = "billing.plan"

    upgrade_by = fields.Selection(
        [("seller", "The seller"), ("platform", "The platform"), ("customer", "The customer")],
        string="Upgraded by",
    )
    upgrade_months = fields.Integer(
        string="Upgraded every (months)", help="0: as it is agreed each time."
    )
    upgrade_price = fields.Selection(
        [("included", "Included"), ("offer", "By offer"), ("hours", "By the hour")],
        string="Price of an upgrade",
    )

    _upgrade_months = models.Constraint("CHECK (upgrade_months >= 0)", "Months are 0 or more.")


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    upgrade_by = fields.Selection(related="plan_id.upgrade_by")
    upgrade_months = fields.Integer(related="plan_id.upgrade_months")
    upgrade_price = fields.Selection(related="plan_id.upgrade_price")
    upgraded_on = fields.Date(string="Last upgrade", help="Empty: never; counted from the start.")
    next_upgrade_date = fields.Date(
        string="Next upgrade", compute="_compute_next_upgrade_date", store=True, index=True
    )

    @api.depends("plan_id.upgrade_months", "upgraded_on", "start_date")
    def _compute_next_upgrade_date(self):
        for one in self:
            since = one.upgraded_on or one.start_date
            one.next_upgrade_date = since and term_end(since, one.plan_id.upgrade_months)

from odoo import fields, models


class BillingPlan(models.Model):
    """What is sold: components, charged at fixed intervals. Prices stand in price books."""

    _name = "billing.plan"
    _description = "Hosting plan"
    _inherit = ["program.node.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    program_published = fields.Boolean(
        string="Published", help="Partners below may sell this plan too."
    )
    profile_id = fields.Many2one("hosting.profile", ondelete="restrict")
    tier_level = fields.Integer(
        string="From governance tier",
        default=1,
        help="Offered for deals of this tier and above, until another plan takes over.",
    )
    interval = fields.Selection(
        [("day", "Day"), ("week", "Week"), ("month", "Month"), ("year", "Year")],
        required=True,
        default="month",
    )
    interval_count = fields.Integer(required=True, default=1)
    component_ids = fields.One2many("billing.plan.component", "plan_id", copy=True)
    active = fields.Boolean(default=True)

    _interval_positive = models.Constraint(
        "CHECK (interval_count > 0)", "The interval must be at least 1."
    )

    def _for_deal(self, deal):
        """The plan for a deal by its governance tier: the highest that it reaches."""
        plans = self.search([("tier_level", "<=", max(deal.tier_level, 1))])
        return plans.sorted(lambda plan: (-plan.tier_level, plan.sequence, plan.id))[:1]

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .billing_plan_component import STREAMS


class BillingCost(models.Model):
    """What a tenant costs a month that no contract of the programme charges: a provider's
    machine, a licence, own work. In the currency of its partner's company, without tax."""

    _name = "billing.cost"
    _description = "Own cost"
    _inherit = ["program.node.mixin"]
    _order = "date_from desc, id desc"

    name = fields.Char(string="Evidence", required=True, help="Where the figure comes from.")
    provider = fields.Char(help="Who charges it.")
    source = fields.Selection(
        [("entered", "Entered from a bill"), ("estimate", "Estimate")],
        required=True,
        default="entered",
    )
    tenant_id = fields.Many2one("hosting.tenant", index=True, ondelete="restrict")
    profile_id = fields.Many2one(
        "hosting.profile",
        ondelete="restrict",
        help="Of each tenant of this profile that you sell to, while you do.",
    )
    stream = fields.Selection(STREAMS, required=True, default="hosting")
    company_currency_id = fields.Many2one(related="program_node_id.company_id.currency_id")
    amount = fields.Monetary(string="A month", currency_field="company_currency_id", required=True)
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_until = fields.Date(string="Until", help="First day without it; empty: open.")

    _one_subject = models.Constraint(
        "CHECK ((tenant_id IS NULL) <> (profile_id IS NULL))",
        "A cost is of one tenant, or of the tenants of one profile.",
    )
    _days = models.Constraint(
        "CHECK (date_until IS NULL OR date_until > date_from)", "A cost ends after it begins."
    )

    @api.constrains("amount")
    def _check_amount(self):
        if any(cost.amount < 0 for cost in self):
            raise ValidationError(self.env._("A cost must not be negative."))

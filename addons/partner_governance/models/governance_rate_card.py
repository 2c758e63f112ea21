from odoo import fields, models


class GovernanceRateCard(models.Model):
    """What a partner asks and pays for a day of work and a month of hosting: its own, read by
    nobody above or below it."""

    _name = "governance.rate.card"
    _description = "Rates for estimates"
    _inherit = ["program.node.mixin"]
    _order = "tier_level desc, id"

    name = fields.Char(required=True, default=lambda self: self.env._("Our rates"))
    tier_level = fields.Integer(string="Of tier", help="0: of every tier.")
    currency_id = fields.Many2one(
        related="program_node_id.company_id.currency_id", related_sudo=True, compute_sudo=True
    )
    day_price = fields.Monetary(string="Price of a day", required=True)
    day_cost = fields.Monetary(string="Cost of a day", required=True)
    month_price = fields.Monetary(string="Hosting price a month")
    month_cost = fields.Monetary(string="Hosting cost a month")
    presales_days = fields.Float(string="Days before the contract", digits=(8, 2))

    _tier_uniq = models.Constraint(
        "UNIQUE (program_node_id, tier_level)", "There are rates for this tier already."
    )

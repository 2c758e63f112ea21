from odoo import api, fields, models


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    billing_day = fields.Integer(
        string="Billed on day",
        default=1,
        help="Day of the month on which the upline bills this partner, so that all tenants "
        "share one invoice; 0: on the due date of each charge.",
    )
    billing_route = fields.Selection(
        [("here", "Bills here"), ("own", "Own books")],
        compute="_compute_billing_route",
        help="A chart of accounts in its company makes a partner bill here.",
    )

    _billing_day = models.Constraint(
        "CHECK (billing_day BETWEEN 0 AND 31)", "The billing day is 1 to 31, or 0."
    )

    @api.depends("company_id.chart_template")
    def _compute_billing_route(self):
        for node in self:
            # Safe: tells whether books are kept here, nothing of what is in them.
            node.billing_route = "here" if node.sudo().company_id.chart_template else "own"

from odoo import fields, models


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    billing_day = fields.Integer(
        string="Billed on day",
        default=1,
        help="Day of the month on which the upline bills this partner, so that all tenants "
        "share one invoice; 0: on the due date of each charge.",
    )

    _billing_day = models.Constraint(
        "CHECK (billing_day BETWEEN 0 AND 31)", "The billing day is 1 to 31, or 0."
    )

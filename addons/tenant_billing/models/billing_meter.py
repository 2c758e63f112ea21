from odoo import api, fields, models


class BillingMeter(models.Model):
    """What is measured on a tenant, and how measurements add up."""

    _name = "billing.meter"
    _description = "Meter"
    _order = "sequence, code"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The name that usage events carry.")
    sequence = fields.Integer(default=10)
    unit = fields.Char(help="What one is, e.g. GB.", translate=True)
    aggregation = fields.Selection(
        [
            ("sum", "Sum"),
            ("max", "Highest level"),
            ("last", "Last level"),
            ("time_weighted_average", "Average level over time"),
            ("unique_count", "Different values"),
        ],
        required=True,
        default="sum",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A meter has this code already.")

    @api.constrains("code")
    def _check_code(self):
        self.env["billing.price.mixin"]._refuse_per_user(self.mapped("code"))

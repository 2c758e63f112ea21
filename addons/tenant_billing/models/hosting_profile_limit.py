from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HostingProfileLimit(models.Model):
    """How much of a meter a tenant of a hosting profile can use before it has to grow."""

    _name = "hosting.profile.limit"
    _description = "Capacity of a hosting profile"
    _order = "profile_id, meter_id"
    _rec_name = "meter_id"

    profile_id = fields.Many2one("hosting.profile", required=True, index=True, ondelete="cascade")
    meter_id = fields.Many2one(
        "billing.meter",
        required=True,
        ondelete="restrict",
        domain="[('aggregation', '!=', 'unique_count')]",
    )
    limit = fields.Float(
        digits=(24, 9), required=True, help="A level; of what is summed up: a day's sum."
    )

    _meter_uniq = models.Constraint(
        "UNIQUE (profile_id, meter_id)", "The profile has a limit of this meter already."
    )
    _positive = models.Constraint('CHECK ("limit" > 0)', "A limit is above 0.")

    @api.constrains("meter_id")
    def _check_meter(self):
        for one in self:
            if one.meter_id.aggregation == "unique_count":
                raise ValidationError(
                    self.env._(
                        "“%(meter)s” counts different values, which fill nothing up.",
                        meter=one.meter_id.name,
                    )
                )


class HostingProfile(models.Model):
    _inherit = "hosting.profile"

    limit_ids = fields.One2many("hosting.profile.limit", "profile_id", string="Capacity")

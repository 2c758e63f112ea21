from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a partner without a tier gets.
WITHOUT = {
    "protection_days": 30,
    "signs_tier": 1,
    "sandbox_limit": 1,
    "support_queue": "standard",
    "council_place": False,
}


class ResPartnerGrade(models.Model):
    """A partner tier: what must be reached, and what it gives."""

    _inherit = "res.partner.grade"

    threshold = fields.Integer(
        string="Points to reach", default=60, help="0 to 100, over all pillars."
    )
    floor_delivery = fields.Integer(string="Delivery, at least")
    floor_cloud = fields.Integer(string="Cloud operations, at least")
    floor_specialisation = fields.Integer(string="Specialisation, at least")
    criterion_ids = fields.One2many("program.tier.criterion", "grade_id", string="Criteria")
    # What it gives; each is read by ``program.partner._tier_benefit``.
    protection_days = fields.Integer(string="Days of deal protection", default=30)
    signs_tier = fields.Integer(
        string="Signs itself up to governance tier",
        default=1,
        help="Deals of a higher tier need the upline's signature.",
    )
    sandbox_limit = fields.Integer(string="Sandboxes", default=1)
    support_queue = fields.Selection(
        [("standard", "Standard"), ("priority", "Priority"), ("named", "Named engineer")],
        default="standard",
        required=True,
    )
    council_place = fields.Boolean(string="Place on the council")

    _points = models.Constraint(
        "CHECK (threshold BETWEEN 0 AND 100 AND floor_delivery BETWEEN 0 AND 100"
        " AND floor_cloud BETWEEN 0 AND 100 AND floor_specialisation BETWEEN 0 AND 100)",
        "Points are 0 to 100.",
    )

    @api.constrains("protection_days", "signs_tier", "sandbox_limit")
    def _check_benefits(self):
        for grade in self:
            if grade.protection_days < 0 or grade.sandbox_limit < 0:
                raise ValidationError(self.env._("What a tier gives cannot be less than nothing."))
            if grade.signs_tier not in range(4):
                raise ValidationError(self.env._("Governance tiers are 1, 2 and 3; 0 is none."))

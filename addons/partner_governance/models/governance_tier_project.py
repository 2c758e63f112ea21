from odoo import fields, models


class GovernanceTier(models.Model):
    """What a project of this tier begins with."""

    _inherit = "governance.tier"

    milestone_ids = fields.One2many("governance.tier.milestone", "tier_id", string="Milestones")
    role_ids = fields.One2many("governance.tier.role", "tier_id", string="Staffing")


class GovernanceTierMilestone(models.Model):
    """A milestone of governance that projects of a tier get, with its day (PG-115)."""

    _name = "governance.tier.milestone"
    _description = "Milestone of a governance tier"
    _order = "tier_id, days, id"

    tier_id = fields.Many2one("governance.tier", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True, translate=True)
    days = fields.Integer(string="Days after the start", required=True)
    is_go_live = fields.Boolean(
        string="Is the go-live", help="The gates before go-live stand before it."
    )

    _days_ahead = models.Constraint("CHECK (days >= 0)", "A milestone is not before the start.")


class GovernanceTierRole(models.Model):
    """A role that projects of a tier are staffed with, and the certificate that whoever fills it
    holds (PG-101, PG-104)."""

    _name = "governance.tier.role"
    _description = "Role demanded by a governance tier"
    _order = "tier_id, sequence, id"

    tier_id = fields.Many2one("governance.tier", required=True, ondelete="cascade", index=True)
    role_id = fields.Many2one("project.role", required=True, ondelete="restrict")
    sequence = fields.Integer(default=10)
    is_mandatory = fields.Boolean(
        string="Mandatory", default=True, help="A project cannot start while nobody fills it."
    )

    kind_id = fields.Many2one(
        "program.certification.kind",
        string="Certificate",
        ondelete="restrict",
        help="Whoever fills the role holds it on the day on which the project starts.",
    )

    _role_uniq = models.Constraint(
        "UNIQUE (tier_id, role_id)", "The tier demands this role already."
    )

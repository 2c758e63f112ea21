from odoo import fields, models


class GovernanceStakeholder(models.Model):
    """Somebody whom a project concerns, with the part they play (PG-118)."""

    _name = "governance.stakeholder"
    _description = "Stakeholder"
    _order = "project_id, influence desc, id"

    project_id = fields.Many2one("project.project", required=True, index=True, ondelete="cascade")
    program_node_id = fields.Many2one(
        related="project_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one("res.partner", string="Person", required=True, ondelete="restrict")
    role = fields.Selection(
        [
            ("sponsor", "Sponsor"),
            ("decider", "Decides"),
            ("key_user", "Key user"),
            ("project_lead", "Project lead"),
            ("finance", "Finance"),
            ("it", "IT"),
            ("other", "Other"),
        ],
        required=True,
        default="key_user",
    )
    influence = fields.Selection(
        [("1", "Low"), ("2", "Medium"), ("3", "High")], required=True, default="2"
    )
    accountable_for = fields.Char(string="Answers for")
    expects = fields.Char()

    _person_uniq = models.Constraint(
        "UNIQUE (project_id, partner_id, role)", "This person has that part already."
    )

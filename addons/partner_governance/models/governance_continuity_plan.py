from odoo import api, fields, models


class GovernanceContinuityPlan(models.Model):
    """What is done when something fails, who leads it, and when it was last tried (PG-133)."""

    _name = "governance.continuity.plan"
    _description = "Continuity plan"
    _inherit = ["mail.thread", "program.node.mixin", "governance.owned.mixin"]
    _order = "review_date, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    scenario = fields.Selection(
        [
            ("infrastructure", "Infrastructure incident"),
            ("person", "Key person is gone"),
            ("subcontractor", "Subcontractor fails"),
            ("security", "Security incident"),
            ("other", "Other"),
        ],
        required=True,
        default="infrastructure",
        index=True,
    )
    plan = fields.Text(required=True)
    review_date = fields.Date(string="Next exercise", required=True, tracking=True)
    owner_id = fields.Many2one(tracking=True)
    exercise_ids = fields.One2many("governance.continuity.exercise", "plan_id")
    last_exercise = fields.Date(compute="_compute_last_exercise", store=True)
    last_result = fields.Selection(
        selection=lambda self: (
            self.env["governance.continuity.exercise"]._fields["result"].selection
        ),
        compute="_compute_last_exercise",
        store=True,
    )

    @api.depends("exercise_ids.day", "exercise_ids.result")
    def _compute_last_exercise(self):
        for plan in self:
            last = plan.exercise_ids.sorted("day")[-1:]
            plan.last_exercise = last.day
            plan.last_result = last.result


class GovernanceContinuityExercise(models.Model):
    """One exercise of a plan, and what came of it."""

    _name = "governance.continuity.exercise"
    _description = "Exercise of a continuity plan"
    _order = "day desc, id desc"

    plan_id = fields.Many2one(
        "governance.continuity.plan", required=True, index=True, ondelete="cascade"
    )
    program_node_id = fields.Many2one(
        related="plan_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    day = fields.Date(required=True, default=fields.Date.context_today)
    result = fields.Selection(
        [("worked", "Worked"), ("partly", "Partly"), ("failed", "Failed")], required=True
    )
    findings = fields.Text()

    _not_ahead = models.Constraint(
        "CHECK (day <= CURRENT_DATE + 1)", "An exercise is recorded when it has been held."
    )

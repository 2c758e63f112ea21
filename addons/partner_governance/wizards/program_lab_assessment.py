from odoo import fields, models


class ProgramLabAssessment(models.TransientModel):
    """Asks the assessor for the points of each step."""

    _name = "program.lab.assessment"
    _description = "Assess a lab"

    attempt_id = fields.Many2one("program.lab.attempt", required=True, ondelete="cascade")
    line_ids = fields.One2many("program.lab.assessment.line", "assessment_id")

    def action_assess(self):
        self.attempt_id._assess({line.line_id.id: line.points for line in self.line_ids})
        return {"type": "ir.actions.act_window_close"}


class ProgramLabAssessmentLine(models.TransientModel):
    _name = "program.lab.assessment.line"
    _description = "Points of a step"

    assessment_id = fields.Many2one("program.lab.assessment", required=True, ondelete="cascade")
    line_id = fields.Many2one("program.lab.attempt.line", required=True, ondelete="cascade")
    name = fields.Char(related="line_id.name")
    note = fields.Char(related="line_id.note")
    most = fields.Integer(related="line_id.most")
    points = fields.Integer()

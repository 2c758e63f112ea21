from odoo import api, fields, models


class GovernanceQuestion(models.Model):
    """A question that the set of a kind of deal may ask; the answer is a field of the
    qualification."""

    _name = "governance.question"
    _description = "Qualification question"
    _order = "sequence, id"

    code = fields.Selection(selection="_selection_code", string="Answer", required=True)
    name = fields.Char(compute="_compute_name")
    sequence = fields.Integer(default=10)
    why = fields.Char(string="Why it is asked", translate=True)
    band_ids = fields.One2many("governance.question.band", "question_id", string="Bands")

    _code_uniq = models.Constraint("UNIQUE (code)", "This question is there already.")

    @api.model
    def _selection_code(self):
        return self.env["governance.qualification"]._questions()

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._selection_code())
        for question in self:
            question.name = labels.get(question.code, "")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._selection_code())
        for question in self:
            question.display_name = labels.get(question.code, "")

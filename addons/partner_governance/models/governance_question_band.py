from odoo import api, fields, models
from odoo.exceptions import ValidationError


class GovernanceQuestionBand(models.Model):
    """A band of answers and the points of complexity that it is worth (PG-082 … PG-090)."""

    _name = "governance.question.band"
    _description = "Scoring band"
    _order = "question_id, points, id"

    question_id = fields.Many2one(
        "governance.question", required=True, ondelete="cascade", index=True
    )
    question = fields.Selection(related="question_id.code")
    name = fields.Char(required=True, translate=True)
    operator = fields.Selection(
        [("at_least", "at least"), ("is", "is one of"), ("is_set", "is answered")],
        required=True,
        default="at_least",
    )
    value = fields.Char()
    points = fields.Integer(required=True)

    @api.depends("name", "points", "question_id.code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for band in self:
            band.display_name = f"{band.question_id.name}: {band.name} ({band.points})"

    @api.constrains("operator", "value")
    def _check_value(self):
        for band in self:
            if band.operator == "at_least":
                try:
                    float(band.value)
                except (TypeError, ValueError):
                    raise ValidationError(
                        self.env._("Band “%(band)s” starts at a number: give one.", band=band.name)
                    ) from None

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..adapters import profiles
from ..exceptions import message
from .labels import DIMENSIONS, DIRECTIONS


class CsMetric(models.Model):
    """Something measured of a customer, and how a value is judged by default (CS-006 to CS-009).

    Profiles copy direction, points and maximum age, so that a change here never changes what a
    released profile means.
    """

    _name = "cs.metric"
    _description = "Health metric"
    _order = "sequence, code"

    code = fields.Char(required=True, help="Stable name that measurements are sent under.")
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True, help="What is measured, and where it comes from.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    dimension = fields.Selection(DIMENSIONS, required=True)
    unit = fields.Char(translate=True)
    direction = fields.Selection(DIRECTIONS, required=True, default="higher")
    points = fields.Char(
        required=True,
        default="0=0; 100=100",
        help="Pairs of value and score with rising values, such as 0=100; 14=60; 45=0. Between "
        "two points the score runs straight, outside them it stays level.",
    )
    max_age = fields.Integer(
        string="Valid for (days)",
        required=True,
        default=30,
        help="An older value moves towards 50 for as long again, then counts as missing.",
    )
    source = fields.Selection(
        [
            ("system", "Measured here"),
            ("manual", "Judged by a person"),
            ("connected", "Reported by a connected system"),
        ],
        required=True,
        default="manual",
    )
    stop_when = fields.Selection(
        [("at_least", "is at least"), ("at_most", "is at most")],
        string="At risk when the value",
        help="A hard stop: the customer is at risk at once, whatever its score.",
    )
    stop_value = fields.Float(string="Limit", digits=(16, 4))

    _code_uniq = models.Constraint("UNIQUE (code)", "Another metric has this code.")

    @api.constrains("points", "direction", "max_age", "dimension")
    def _check_points(self):
        for metric in self:
            for code, name in profiles.check_metric(metric):
                raise ValidationError(message(self.env, code, metric=name))

    def copy_data(self, default=None):
        return [
            {**vals, "code": (default or {}).get("code") or f"{metric.code}_copy"}
            for metric, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.model
    def _names(self, codes):
        """The names behind a list of codes as kept on a score, ``"a, b"``."""
        wanted = [code for code in (codes or "").split(", ") if code]
        found = self.with_context(active_test=False).search([("code", "in", wanted)])
        names = {metric.code: metric.name for metric in found}
        return ", ".join(names.get(code, code) for code in wanted)

    def _stopped_by(self, value):
        """Whether a value is a hard stop of this metric."""
        self.ensure_one()
        if self.stop_when == "at_least":
            return value >= self.stop_value
        return self.stop_when == "at_most" and value <= self.stop_value

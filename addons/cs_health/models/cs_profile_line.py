from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..adapters import profiles
from ..exceptions import message
from .labels import DIMENSIONS, DIRECTIONS


class CsProfileLine(models.Model):
    """One metric of a profile, with its weight and with how its values are judged."""

    _name = "cs.profile.line"
    _description = "Metric of a health profile"
    _order = "profile_id, sequence, id"
    _rec_name = "metric_id"

    profile_id = fields.Many2one("cs.profile", required=True, index=True, ondelete="cascade")
    metric_id = fields.Many2one("cs.metric", required=True, index=True, ondelete="restrict")
    sequence = fields.Integer(related="metric_id.sequence", store=True)
    weight = fields.Float(required=True, default=1, digits=(8, 2))
    source = fields.Selection(related="metric_id.source")
    unit = fields.Char(related="metric_id.unit")
    dimension = fields.Selection(
        DIMENSIONS, compute="_compute_from_metric", store=True, precompute=True
    )
    direction = fields.Selection(
        DIRECTIONS, compute="_compute_from_metric", store=True, readonly=False, precompute=True
    )
    points = fields.Char(
        compute="_compute_from_metric",
        store=True,
        readonly=False,
        precompute=True,
        help="Pairs of value and score with rising values, such as 0=100; 14=60; 45=0.",
    )
    max_age = fields.Integer(
        string="Valid for (days)",
        compute="_compute_from_metric",
        store=True,
        readonly=False,
        precompute=True,
    )

    _metric_uniq = models.Constraint(
        "UNIQUE (profile_id, metric_id)", "The metric stands in this profile already."
    )

    # Only on the metric itself: a later change of the metric must not reach a released profile.
    @api.depends("metric_id")
    def _compute_from_metric(self):
        for line in self:
            line.dimension = line.metric_id.dimension
            line.direction = line.metric_id.direction
            line.points = line.metric_id.points
            line.max_age = line.metric_id.max_age

    @api.constrains("points", "direction", "max_age", "weight")
    def _check_points(self):
        for line in self:
            for code, name in profiles.check_metric(line):
                raise ValidationError(message(self.env, code, metric=name))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.profile_id._check_draft()
        return lines

    def write(self, vals):
        self.profile_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        self.profile_id._check_draft()

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from .labels import DIMENSIONS


class CsContribution(models.Model):
    """One metric's part of a score. The points of a snapshot sum exactly to its score, and
    their changes to the score's change (program-and-health.md 4)."""

    _name = "cs.contribution"
    _description = "Part of a health score"
    _order = "snapshot_id desc, id"
    _rec_name = "metric_id"

    snapshot_id = fields.Many2one("cs.snapshot", required=True, index=True, ondelete="cascade")
    metric_id = fields.Many2one("cs.metric", required=True, index=True, ondelete="restrict")
    dimension = fields.Selection(DIMENSIONS, required=True)
    unit = fields.Char(related="metric_id.unit")
    weight = fields.Float(digits=(8, 2), aggregator=None)
    state = fields.Selection(
        [
            ("fresh", "Up to date"),
            ("ageing", "Getting old"),
            ("old", "Too old"),
            ("missing", "Not connected"),
            ("unknown", "No data"),
            ("dropped", "No longer measured"),
        ],
        required=True,
        string="Data",
    )
    value = fields.Float(digits=(16, 4), aggregator=None)
    age = fields.Integer(string="Days old", aggregator=None)
    raw_score = fields.Float(
        string="Score of the value", digits=(5, 2), aggregator=None, help="Before ageing."
    )
    score = fields.Float(
        string="Metric's score", digits=(5, 2), aggregator=None, help="0 to 100, after ageing."
    )
    points = fields.Float(
        string="Adds to the score", digits=(5, 2), help="Sums to the customer's score."
    )
    change = fields.Float(
        string="Change since last", digits=(5, 2), help="Sums to the change of the score."
    )
    dimension_points = fields.Float(string="Adds to its dimension", digits=(5, 2), aggregator=None)
    value_text = fields.Char(string="Measured", compute="_compute_value_text")

    _metric_uniq = models.Constraint(
        "UNIQUE (snapshot_id, metric_id)", "A metric counts once in a score."
    )

    @api.depends("value", "state", "metric_id")
    @api.depends_context("lang")
    def _compute_value_text(self):
        """“12 days”, or a dash for what is not known."""
        for part in self:
            if part.state in ("missing", "unknown", "dropped"):
                part.value_text = "–"
                continue
            digits = 0 if part.value == int(part.value) else 2
            number = formatLang(self.env, part.value, digits=digits)
            part.value_text = f"{number} {part.unit or ''}".strip()

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import risk as engine
from ..exceptions import message

SCALE = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]
BANDS = [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")]


class GovernanceRisk(models.Model):
    """A risk of a partner: probability × impact before and after its treatment (PG-138…PG-142)."""

    _name = "governance.risk"
    _description = "Risk"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "governance.subject.mixin",
        "governance.owned.mixin",
    ]
    _order = "residual_score desc, id desc"
    _mail_post_access = "read"

    name = fields.Char(required=True, tracking=True)
    standard_id = fields.Many2one(
        "governance.risk.standard", readonly=True, ondelete="restrict", index=True, copy=False
    )
    source = fields.Selection(
        [
            ("standard", "Standard"),
            ("deviation", "Deviation"),
            ("flag", "Accepted flag"),
            ("own", "Recorded"),
        ],
        default="own",
        required=True,
        readonly=True,
        index=True,
    )
    description = fields.Text()
    treatment = fields.Selection(
        [("reduce", "Reduce"), ("avoid", "Avoid"), ("transfer", "Transfer"), ("accept", "Accept")],
        required=True,
        default="reduce",
    )
    treatment_note = fields.Text(string="What is done")
    probability = fields.Selection(SCALE, required=True, default="3", tracking=True)
    impact = fields.Selection(SCALE, required=True, default="3", tracking=True)
    residual_probability = fields.Selection(SCALE, required=True, default="3", tracking=True)
    residual_impact = fields.Selection(SCALE, required=True, default="3", tracking=True)
    score = fields.Integer(
        string="Inherent", compute="_compute_score", store=True, aggregator="max"
    )
    residual_score = fields.Integer(
        string="Residual", compute="_compute_score", store=True, index=True, aggregator="max"
    )
    band = fields.Selection(BANDS, compute="_compute_score", store=True, index=True)
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        default="open",
        required=True,
        tracking=True,
        index=True,
    )
    history_ids = fields.One2many("governance.risk.history", "risk_id", string="History")
    trend = fields.Selection(
        [("rising", "Rising"), ("steady", "Steady"), ("falling", "Falling")],
        compute="_compute_trend",
    )
    indicator_level = fields.Integer(
        string="Indicator (1–5)", readonly=True, help="0: nothing to measure yet.", copy=False
    )
    indicator_text = fields.Char(string="What the indicator found", readonly=True, copy=False)

    _standard_uniq = models.UniqueIndex(
        "(program_node_id, standard_id) WHERE standard_id IS NOT NULL",
        "The partner has this standard risk already.",
    )

    @api.depends("probability", "impact", "residual_probability", "residual_impact")
    def _compute_score(self):
        for risk in self:
            inherent, residual = risk._pairs()
            risk.score = engine.score(*inherent) if all(inherent) else 0
            risk.residual_score = engine.score(*residual) if all(residual) else 0
            risk.band = engine.band(risk.residual_score) or False

    def _pairs(self):
        return (
            (int(self.probability or 0), int(self.impact or 0)),
            (int(self.residual_probability or 0), int(self.residual_impact or 0)),
        )

    @api.depends("history_ids.residual_score")
    def _compute_trend(self):
        for risk in self:
            points = risk.history_ids.sorted(lambda row: (row.day, row.id))
            risk.trend = engine.trend(points.mapped("residual_score"))

    @api.constrains("probability", "impact", "residual_probability", "residual_impact")
    def _check_scores(self):
        for risk in self:
            for code in engine.problems(*risk._pairs()):
                raise ValidationError(message(self.env, code, what=risk.name))

    @api.model_create_multi
    def create(self, vals_list):
        risks = super().create(vals_list)
        risks._note_scores()
        return risks

    def write(self, vals):
        done = super().write(vals)
        if SCORED & vals.keys():
            self._note_scores()
        return done

    def _note_scores(self):
        """One row a day and risk: what a trend is made of."""
        today = fields.Date.context_today(self)
        # Safe: the history of the risks that the caller has just written, by the system.
        History = self.env["governance.risk.history"].sudo()
        rows = History.search([("risk_id", "in", self.ids), ("day", "=", today)])
        known = {row.risk_id.id: row for row in rows}
        new = []
        for risk in self:
            values = {
                "score": risk.score,
                "residual_score": risk.residual_score,
                "indicator_level": risk.indicator_level,
            }
            if risk.id in known:
                known[risk.id].write(values)
            else:
                new.append({**values, "risk_id": risk.id, "day": today})
        History.create(new)

    @api.model
    def _from_deviation(self, record, name, reason, owner=None):
        """The risk that a deviation from the standard architecture becomes (PG-119).

        ``record`` is the deal, project or tenant that deviates. Asked again for the same
        deviation, the open risk is kept.
        """
        return self._keep("deviation", record, name, reason, owner)

    @api.model
    def _from_flag(self, flag):
        """The risk of a red flag that a manager of the partner has accepted (PG-094)."""
        return self._keep(
            "flag", flag.deal_id, flag.name, flag.reason, flag.accepted_by_id, treatment="accept"
        )

    @api.model
    def _keep(self, source, record, name, reason, owner=None, **values):
        """The open risk of ``record`` with this name, made where there is none."""
        node = self._node_of(record)
        # Safe: recorded by the system for the record's own node, whoever reviews it.
        Risk = self.sudo()
        found = Risk.search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("name", "=", name),
                ("source", "=", source),
                ("state", "=", "open"),
            ],
            limit=1,
        )
        return found or Risk.create(
            {
                **values,
                "name": name,
                "description": reason,
                "source": source,
                "res_model": record._name,
                "res_id": record.id,
                "program_node_id": node.id,
                "owner_id": (owner or self.env.user).id,
                "review_date": fields.Date.add(fields.Date.context_today(self), days=30),
            }
        )


SCORED = frozenset(
    ("probability", "impact", "residual_probability", "residual_impact", "indicator_level")
)

from odoo import api, fields, models

from .labels import BANDS


class CsSnapshot(models.Model):
    """The health of one account on one day: what it was made from, by which rules, and why.

    Written by the system alone. A day that is scored again replaces its own snapshot and is
    compared with the day before, so that scoring twice changes nothing.
    """

    _name = "cs.snapshot"
    _description = "Health score of a day"
    _order = "day desc, id desc"

    account_id = fields.Many2one(
        "cs.account", string="Customer", required=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="account_id.tenant_id", store=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="account_id.program_node_id",
        string="Programme partner",
        store=True,
        index=True,
        ondelete="restrict",
    )
    day = fields.Date(required=True, index=True)
    stage = fields.Char(required=True)
    profile_id = fields.Many2one("cs.profile", required=True, index=True, ondelete="restrict")
    profile_version = fields.Integer(required=True, aggregator=None)
    has_score = fields.Boolean(help="Whether any metric of the score was known at all.")
    score = fields.Float(digits=(5, 2), aggregator="avg")
    change = fields.Float(
        string="Change since last",
        digits=(5, 2),
        aggregator=None,
        help="Against the last snapshot of an earlier day; 0 where either has no score.",
    )
    coverage = fields.Float(string="Data coverage", digits=(5, 4), aggregator="avg")
    sufficient = fields.Boolean(string="Enough data")
    adoption_score = fields.Float(string="Adoption", digits=(5, 2), aggregator="avg")
    support_score = fields.Float(string="Support load", digits=(5, 2), aggregator="avg")
    infrastructure_score = fields.Float(
        string="Infrastructure stability", digits=(5, 2), aggregator="avg"
    )
    expansion_score = fields.Float(string="Expansion potential", digits=(5, 2), aggregator="avg")
    adoption_coverage = fields.Float(digits=(5, 4), aggregator=None)
    support_coverage = fields.Float(digits=(5, 4), aggregator=None)
    infrastructure_coverage = fields.Float(digits=(5, 4), aggregator=None)
    expansion_coverage = fields.Float(digits=(5, 4), aggregator=None)
    band = fields.Selection(BANDS, required=True, index=True)
    computed_band = fields.Selection(BANDS, required=True)
    stops = fields.Char(string="Codes of the hard stops")
    stop_names = fields.Char(string="Hard stops", compute="_compute_stop_names")
    override_reason = fields.Char()
    # The state that the next day goes on from (engine.bands.BandState).
    state_band = fields.Selection(BANDS, required=True)
    pending_band = fields.Selection(BANDS)
    pending_runs = fields.Integer(aggregator=None)
    contribution_ids = fields.One2many("cs.contribution", "snapshot_id", string="Why this score")

    _day_uniq = models.Constraint("UNIQUE (account_id, day)", "This day is scored already.")

    @api.depends("stops")
    @api.depends_context("lang")
    def _compute_stop_names(self):
        for snapshot in self:
            snapshot.stop_names = snapshot.stops and self.env["cs.metric"]._names(snapshot.stops)

    @api.depends("account_id.name", "day")
    def _compute_display_name(self):
        for snapshot in self:
            snapshot.display_name = f"{snapshot.account_id.name or ''} {snapshot.day or ''}".strip()

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..exceptions import message
from .labels import BANDS, JUDGED, STAGES

# The worst first; a customer that nobody knows anything about comes before a healthy one.
RISK = {"red": 0, "amber": 1, "insufficient": 2, "green": 3}
COLORS = {"red": 1, "amber": 2, "green": 10}
SYSTEM_FIELDS = frozenset(
    (
        "tenant_id",
        "snapshot_id",
        "score",
        "has_score",
        "change",
        "coverage",
        "computed_band",
        "stops",
        "expansion_ready",
        "scored_on",
        "score_error",
        "stage_since",
        "override_band",
        "override_reason",
        "override_user_id",
        "override_from",
        "override_until",
    )
)


class CsAccount(models.Model):
    """A customer as customer success looks after it: stage, owner, reviews, health. No money."""

    _name = "cs.account"
    _description = "Customer success account"
    _inherit = ["cs.thread.mixin"]
    _order = "risk, score, id"
    _rec_names_search = ["name", "partner_id.name", "tenant_id.reference"]

    name = fields.Char(related="tenant_id.name", store=True)
    active = fields.Boolean(default=True)
    tenant_id = fields.Many2one("hosting.tenant", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(
        related="tenant_id.partner_id", string="Customer", store=True, index=True
    )
    program_node_id = fields.Many2one(
        related="tenant_id.program_node_id",
        string="Programme partner",
        store=True,
        index=True,
        ondelete="restrict",
    )
    go_live = fields.Date(related="tenant_id.go_live_date", store=True, string="Go-live")
    stage = fields.Selection(
        STAGES,
        required=True,
        default="implementation",
        index=True,
        tracking=True,
        group_expand=True,
    )
    stage_since = fields.Date(default=fields.Date.context_today, readonly=True)
    days_in_stage = fields.Integer(string="Days in this stage", compute="_compute_days_in_stage")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self.env.user,
    )
    backup_id = fields.Many2one(
        "res.users",
        string="Backup",
        index=True,
        ondelete="restrict",
        tracking=True,
        help="Takes over when the owner is away, or leaves.",
    )
    cadence_months = fields.Integer(
        string="Review every (months)",
        default=3,
        help="After the review at 180 days the next one is planned this many months later.",
    )
    review_ids = fields.One2many("cs.review", "account_id")
    next_review_id = fields.Many2one("cs.review", compute="_compute_next_review")
    next_review_date = fields.Date(string="Next review", compute="_compute_next_review")

    # What the last scoring found; written by the system alone.
    snapshot_id = fields.Many2one(
        "cs.snapshot", string="Last score", readonly=True, copy=False, ondelete="set null"
    )
    score = fields.Float(digits=(5, 2), readonly=True, copy=False, aggregator="avg")
    has_score = fields.Boolean(readonly=True, copy=False)
    change = fields.Float(
        string="Change since last", digits=(5, 2), readonly=True, copy=False, aggregator=None
    )
    coverage = fields.Float(
        string="Data coverage", digits=(5, 4), readonly=True, copy=False, aggregator="avg"
    )
    computed_band = fields.Selection(
        BANDS, default="insufficient", readonly=True, copy=False, required=True
    )
    band = fields.Selection(BANDS, compute="_compute_band", store=True, index=True, tracking=False)
    risk = fields.Integer(compute="_compute_band", store=True, index=True, aggregator=None)
    color = fields.Integer(compute="_compute_color")
    stops = fields.Char(string="Codes of the hard stops", readonly=True, copy=False)
    expansion_ready = fields.Boolean(readonly=True, copy=False)
    scored_on = fields.Date(readonly=True, copy=False, index=True)
    score_error = fields.Char(readonly=True, copy=False)

    override_band = fields.Selection(JUDGED, readonly=True, copy=False, tracking=True)
    override_reason = fields.Char(readonly=True, copy=False)
    override_user_id = fields.Many2one(
        "res.users", string="Overridden by", readonly=True, copy=False, ondelete="restrict"
    )
    override_from = fields.Date(readonly=True, copy=False)
    override_until = fields.Date(string="Override ends on", readonly=True, copy=False)

    _tenant_uniq = models.Constraint(
        "UNIQUE (tenant_id)", "This tenant has a customer success account already."
    )

    @api.depends("name", "tenant_id.reference")
    def _compute_display_name(self):
        for account in self:
            account.display_name = account.name or account.tenant_id.reference

    @api.depends("computed_band", "override_band")
    def _compute_band(self):
        """The override while there is one: the cron takes it away when it has ended."""
        for account in self:
            account.band = account.override_band or account.computed_band
            account.risk = RISK[account.band]

    @api.depends("band")
    def _compute_color(self):
        """The client's colour of a card: red, orange, green, none."""
        for account in self:
            account.color = COLORS.get(account.band, 0)

    @api.depends("stage_since")
    def _compute_days_in_stage(self):
        today = fields.Date.context_today(self)
        for account in self:
            # The day may have begun already where the stage was entered.
            account.days_in_stage = max((today - (account.stage_since or today)).days, 0)

    @api.depends("review_ids.state", "review_ids.planned_date")
    def _compute_next_review(self):
        planned = self.env["cs.review"].search(
            [("account_id", "in", self.ids), ("state", "=", "planned")],
            order="planned_date desc, id desc",
        )
        first = {review.account_id.id: review for review in planned}
        for account in self:
            account.next_review_id = first.get(account._origin.id)
            account.next_review_date = account.next_review_id.planned_date

    @api.constrains("user_id", "backup_id")
    def _check_backup(self):
        for account in self:
            if account.user_id == account.backup_id:
                raise ValidationError(
                    message(self.env, "owner_is_backup", account=account.display_name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_system_fields(vals)
        accounts = super().create(vals_list)
        accounts._plan_reviews()
        if accounts:
            # Safe: asks for the scoring, which reads nothing that the caller sees.
            self.env.ref("cs_health.cron_score").sudo()._trigger()
        return accounts

    def write(self, vals):
        self._refuse_system_fields(vals)
        if "stage" in vals:
            today = fields.Date.context_today(self)
            moved = self.filtered(lambda account: account.stage != vals["stage"])
            # Safe: the system's own note of when the caller's change happened.
            moved.sudo().stage_since = today
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A customer is archived, never deleted: its history stays."))

    @api.model
    def _refuse_system_fields(self, names):
        """A score comes from a scoring, an override through its dialog."""
        if self.env.su:
            return
        for name in SYSTEM_FIELDS.intersection(names):
            raise UserError(message(self.env, "system_field", field=self._fields[name].string))

    def _close(self):
        """The customer has left: nothing is planned or scored any more, all stays readable."""
        self.review_ids.filtered(lambda review: review.state == "planned").write(
            {"state": "cancelled", "auto_cancelled": True}
        )
        self.active = False

    def action_open_history(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("cs_health.cs_snapshot_action")
        return {
            **action,
            "domain": [("account_id", "=", self.id)],
            "context": {"search_default_known": 1},
            "display_name": self.name,
        }

    def action_open_samples(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("cs_health.cs_sample_action")
        return {
            **action,
            "domain": [("account_id", "=", self.id)],
            "context": {"default_account_id": self.id},
        }

    def action_open_tenant(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "hosting.tenant",
            "res_id": self.tenant_id.id,
            "view_mode": "form",
        }

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..adapters import profiles
from ..engine import bands
from ..engine.profile import check_profile
from ..exceptions import message
from .labels import STAGES


class CsProfile(models.Model):
    """Which metrics make up health, with what weight, at a lifecycle stage (CS-010).

    One profile serves the whole programme. A released version is frozen: the same inputs give
    the same score for every partner, and every snapshot names the version it was made by.
    """

    _name = "cs.profile"
    _description = "Health profile"
    _order = "code, version desc"

    code = fields.Char(required=True, default="standard")
    version = fields.Integer(required=True, default=1, readonly=True, copy=False)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    state = fields.Selection(
        [("draft", "Draft"), ("released", "Released"), ("retired", "Retired")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    stage = fields.Selection(STAGES, string="For stage", help="Empty: for every stage.")
    priority = fields.Integer(default=0, help="Where several profiles fit, the highest wins.")
    min_coverage = fields.Float(
        string="Coverage limit",
        digits=(5, 4),
        default=0.6,
        help="With less data than this a customer reads “insufficient data”, never healthy.",
    )
    red_enter = fields.Float(string="At risk below", digits=(5, 2), default=40)
    red_leave = fields.Float(string="No longer at risk from", digits=(5, 2), default=45)
    green_leave = fields.Float(string="No longer healthy below", digits=(5, 2), default=70)
    green_enter = fields.Float(string="Healthy from", digits=(5, 2), default=75)
    runs = fields.Integer(
        string="Days in a row", default=2, help="How often a new band must be asked for."
    )
    line_ids = fields.One2many("cs.profile.line", "profile_id", copy=True)
    released_at = fields.Datetime(string="Released on", readonly=True, copy=False)
    released_by_id = fields.Many2one(
        "res.users",
        string="Released by",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )

    _version_uniq = models.Constraint(
        "UNIQUE (code, version)", "This version of the profile exists already."
    )

    # What stays open on a released version: texts say the same in another way.
    _OPEN = frozenset(("name", "description", "state", "released_at", "released_by_id"))

    @api.depends("name", "version")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = self.env._(
                "%(name)s, version %(version)s", name=profile.name, version=profile.version
            )

    @api.constrains("min_coverage", "red_enter", "red_leave", "green_leave", "green_enter", "runs")
    def _check_limits(self):
        for profile in self:
            code = bands.check_thresholds(profiles.thresholds(profile))
            if not code and not 0 <= profile.min_coverage <= 1:
                code = "coverage_range"
            if code:
                raise ValidationError(message(self.env, code))

    def write(self, vals):
        if vals.keys() - self._OPEN:
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        self._check_draft()

    def _check_draft(self):
        for profile in self:
            if profile.state != "draft":
                raise UserError(message(self.env, "profile_frozen", profile=profile.display_name))

    def action_release(self):
        """Freeze the draft and let it judge from the next scoring on; the version before it
        retires. Raises UserError with the first thing that is wrong."""
        for profile in self:
            if profile.state != "draft":
                raise UserError(message(self.env, "profile_state", profile=profile.display_name))
            for error in check_profile(profiles.read_profile(profile)):
                code, _, name = error.partition(":")
                raise UserError(message(self.env, code, metric=name))
            before = self.search([("code", "=", profile.code), ("state", "=", "released")])
            before.state = "retired"
            profile.write(
                {
                    "state": "released",
                    "released_at": fields.Datetime.now(),
                    "released_by_id": self.env.uid,
                }
            )
            self.env["governance.event"]._record(
                "health_profile",
                profile,
                node=self.env["program.partner"].sudo()._root(),
                old=before[:1].display_name or "",
                new=profile.display_name,
            )

    def action_new_version(self):
        """A draft with the next number, as a copy of this one."""
        self.ensure_one()
        last = self.search([("code", "=", self.code)], order="version desc", limit=1)
        draft = self.copy({"version": last.version + 1})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

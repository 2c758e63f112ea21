from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_partner_tier import ASSIGNED

# An assessment that is older says nothing of the partner today.
FRESH_DAYS = 100


class ProgramTierAssignment(models.Model):
    """A tier of a partner from a day until a day: proposed from an assessment, signed, and the
    only writer of the partner's tier. What was is kept."""

    _name = "program.tier.assignment"
    _description = "Tier of a partner"
    _inherit = ["mail.thread", "program.node.mixin", "governance.signed.mixin"]
    _order = "date_from desc, id desc"
    _mail_post_access = "read"

    grade_id = fields.Many2one(
        "res.partner.grade", string="Tier", readonly=True, ondelete="restrict"
    )
    previous_id = fields.Many2one(
        "res.partner.grade", string="Tier before", readonly=True, ondelete="restrict"
    )
    basis = fields.Selection(
        [
            ("reached", "Threshold reached"),
            ("below_twice", "Two reviews below"),
            ("taken_over", "Taken over from an earlier programme"),
        ],
        required=True,
        readonly=True,
    )
    assessment_id = fields.Many2one(
        "program.tier.assessment", readonly=True, ondelete="restrict", index=True
    )
    reason = fields.Char(readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_until = fields.Date(
        string="Until", readonly=True, copy=False, help="The first day it holds no more."
    )
    state = fields.Selection(
        [
            ("proposed", "Waiting for signatures"),
            ("planned", "Signed, not begun"),
            ("running", "Running"),
            ("ended", "Ended"),
            ("refused", "Refused"),
        ],
        default="proposed",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
        index=True,
    )

    _one_running = models.UniqueIndex(
        "(program_node_id) WHERE state = 'running'", "A partner has one tier at a time."
    )
    _one_open = models.UniqueIndex(
        "(program_node_id) WHERE state IN ('proposed', 'planned')",
        "A change of this partner's tier is under way already.",
    )

    @api.depends("program_node_id", "grade_id")
    def _compute_display_name(self):
        for record in self:
            # Safe: the name of the partner whose tier the reader has.
            name = record.program_node_id.sudo().name
            record.display_name = f"{name}: {record.grade_id.name or self.env._('no tier')}"

    # Proposing

    @api.model
    def _propose_up(self, assessment):
        """The tier that a fresh assessment reached, asked for by a manager who may read it."""
        node = assessment.program_node_id
        today = fields.Date.context_today(self)
        if assessment.outcome != "up" or assessment.grade_id != node.grade_id:
            raise UserError(
                self.env._(
                    "This assessment reached no higher tier than %(node)s has. Assess it again.",
                    node=node.name,
                )
            )
        if assessment.day < fields.Date.subtract(today, days=FRESH_DAYS):
            raise UserError(
                self.env._("This assessment is of %(day)s: assess again.", day=assessment.day)
            )
        if not self.env.su and not self.env.user.has_group(
            "partner_governance.group_partner_manager"
        ):
            raise AccessError(self.env._("A manager of the partner or above it does this."))
        return self._propose(node, assessment.reached_id, "reached", today, assessment)

    @api.model
    def _propose(self, node, grade, basis, day, assessment=None, reason=""):
        """A change to ``grade`` from ``day``, waiting for its signatures."""
        # Safe: proposes only; who may propose is checked by the callers, who may sign by the
        # signatures.
        system = self.sudo()
        if system.search_count(
            [("program_node_id", "=", node.id), ("state", "in", ("proposed", "planned"))]
        ):
            raise UserError(
                self.env._("A change of the tier of %(node)s is under way already.", node=node.name)
            )
        made = system.create(
            {
                "program_node_id": node.id,
                "grade_id": grade.id,
                "previous_id": node.sudo().grade_id.id,
                "basis": basis,
                "assessment_id": assessment and assessment.id,
                "reason": reason,
                "date_from": day,
            }
        )
        made._event("tier_proposed", reason)
        made._ask_signatures(made._demands())
        return made.sudo(self.env.su)

    def _demands(self):
        """A manager of each master above the partner, then the programme manager."""
        node = self.program_node_id
        root = node._root()
        demands = []
        above = node.upline_id
        while above and not above.is_root:
            demands.append(self._demand(above, "group_partner_manager", 10))
            above = above.upline_id
        return [*demands, self._demand(root, "group_platform_staff", 20)]

    def _demand(self, node, group, sequence):
        return {
            "name": self.env._("Programme manager")
            if node.is_root
            else self.env._("Manager of the upline"),
            "node_id": node.id,
            "group_id": self.env.ref(f"partner_governance.{group}").id,
            "sequence": sequence,
            "days": 5,
        }

    @api.model
    def _take_over(self, node, grade, reason):
        """The tier that a partner brings from an earlier programme; reviews hold for it as for
        any other. Platform administrators alone ask for it, another of the platform signs."""
        if not self.env.su and not self.env.user.has_group(
            "partner_governance.group_platform_administrator"
        ):
            raise AccessError(self.env._("A platform administrator does this."))
        if not reason:
            raise UserError(self.env._("Say where the tier comes from."))
        today = fields.Date.context_today(self)
        return self._propose(node, grade, "taken_over", today, reason=reason)

    # Taking effect

    def _signed(self):
        """All signatures are there: it begins today, or on its day."""
        for record in self:
            record.state = "planned"
            if record.date_from <= fields.Date.context_today(record):
                record._start()

    def _sign_refused(self, reason):
        for record in self:
            record.write({"state": "refused", "reason": reason})
            record._event("tier_refused", reason)

    def _start(self):
        """End what ran, write the tier. Of new business it is asked at once; what runs keeps its
        terms until it is renewed, which is up to whoever reads the tier."""
        for record in self:
            running = self.search(
                [("program_node_id", "=", record.program_node_id.id), ("state", "=", "running")]
            )
            running.write({"state": "ended", "date_until": record.date_from})
            running.flush_recordset()
            record.state = "running"
            company = record.program_node_id.partner_id
            company.with_context(program_tier=ASSIGNED).grade_id = record.grade_id
            record._event("tier_changed", record.reason)
            record.message_post(
                body=self.env._(
                    "%(what)s from %(day)s.", what=record.display_name, day=record.date_from
                )
            )

    @api.model
    def _cron_start(self):
        """Begin what was signed for a later day."""
        due = self.search(
            [("state", "=", "planned"), ("date_from", "<=", fields.Date.context_today(self))],
            limit=200,
        )
        for record in due:
            record._start()
        self.env["ir.cron"]._commit_progress(len(due))

    def _event(self, kind, reason):
        self.env["governance.event"]._record(
            kind,
            self,
            node=self.sudo().program_node_id,
            old=self.previous_id.name or "",
            new=self.grade_id.name or "",
            reason=reason or "",
        )

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

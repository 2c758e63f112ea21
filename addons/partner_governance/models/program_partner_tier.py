from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_partner_grade import WITHOUT

# Which pillar leads on a path of 000 line 52.
PATHS = {"structured": "delivery", "hosting": "cloud", "vertical": "specialisation"}


class ProgramPartner(models.Model):
    """A partner's tier, the next step on its path, and what its tier gives."""

    _inherit = "program.partner"

    grade_id = fields.Many2one(related="partner_id.grade_id", string="Tier")
    grade_since = fields.Date(string="Since", compute="_compute_grade_since")
    vendor_level = fields.Selection(
        [("ready", "Ready"), ("silver", "Silver"), ("gold", "Gold")],
        string="Odoo's own level",
        tracking=True,
        help="What Odoo calls this partner. Our tier is never derived from it, nor it from ours.",
    )
    vendor_level_since = fields.Date(string="Odoo's level since")
    path = fields.Selection(
        [
            ("structured", "Ready partner → structured service provider"),
            ("hosting", "Hosting specialist → hosting partner"),
            ("vertical", "Implementer → specialist of a trade"),
        ],
        default="structured",
        required=True,
        help="Which pillar comes first in “next step on your path”.",
    )
    assessment_ids = fields.One2many(
        "program.tier.assessment", "program_node_id", string="Assessments"
    )
    assessment_id = fields.Many2one(
        "program.tier.assessment",
        string="Last assessment",
        compute="_compute_assessment_id",
        store=True,
        ondelete="set null",
    )
    tier_score = fields.Float(related="assessment_id.score", string="Points of the next tier")
    tier_next_id = fields.Many2one(related="assessment_id.target_id", string="Next tier")
    tier_next_step = fields.Text(related="assessment_id.next_step")
    tier_line_ids = fields.One2many(related="assessment_id.line_ids", string="Criteria")
    tier_assignment_ids = fields.One2many(
        "program.tier.assignment", "program_node_id", string="Tier changes"
    )
    specialisation_ids = fields.One2many(
        "program.specialisation", "program_node_id", string="Specialisations"
    )

    @api.depends("assessment_ids")
    def _compute_assessment_id(self):
        """The newest of each, by one query."""
        rows = self.env["program.tier.assessment"]._read_group(
            [("program_node_id", "in", self.ids)], ["program_node_id"], ["id:max"]
        )
        newest = {node.id: ident for node, ident in rows}
        for node in self:
            node.assessment_id = newest.get(node.id, False)

    @api.depends("tier_assignment_ids.state")
    def _compute_grade_since(self):
        rows = self.env["program.tier.assignment"]._read_group(
            [("program_node_id", "in", self.ids), ("state", "=", "running")],
            ["program_node_id"],
            ["date_from:max"],
        )
        since = {node.id: day for node, day in rows}
        for node in self:
            node.grade_since = since.get(node.id, False)

    @api.model
    def _reviewed_domain(self):
        """Partners that are reviewed each quarter: not the platform, nor who has stopped."""
        return [("is_root", "=", False), ("state", "not in", ("suspended", "ended"))]

    def _path_pillar(self):
        return PATHS[self.path]

    def _tier_owner(self):
        """Who sees to what the node lacks: its first manager, else its first person."""
        people = self.user_ids.filtered("active")
        manager = self.env.ref("partner_governance.group_partner_manager")
        return (people.filtered(lambda each: manager in each.all_group_ids) or people)[:1]

    def _tier_benefit(self, name):
        """What the node's tier gives of ``name`` (``protection_days``, ``signs_tier``,
        ``sandbox_limit``, ``support_queue``, ``council_place``); the platform gets the best."""
        self.ensure_one()
        # Safe: what a tier gives is known to the whole programme.
        node = self.sudo()
        grade = node.grade_id
        if node.is_root:
            grade = grade.search([], order="sequence", limit=1)
        return grade[name] if grade else WITHOUT[name]

    def _tier_yearly_sum(self, grade):
        """What the node would pay less in a year with ``grade``, in its own currency; below zero it
        pays more. False where nothing answers: whoever knows prices does."""
        return False

    def _tier_gives(self, grade):
        """What ``grade`` gives the node, a line each; the yearly sum where somebody knows it."""
        self.ensure_one()
        # Safe: what a tier gives is known to the whole programme.
        grade = grade.sudo()
        labels = dict(grade._fields["support_queue"]._description_selection(self.env))
        lines = [
            self.env._("%(days)s days of deal protection", days=grade.protection_days),
            self.env._(
                "signs deals up to governance tier %(level)s itself", level=grade.signs_tier
            ),
            self.env._("%(count)s sandboxes", count=grade.sandbox_limit),
            self.env._("support queue: %(queue)s", queue=labels[grade.support_queue]),
        ]
        if grade.council_place:
            lines.append(self.env._("a place on the council"))
        yearly = self._tier_yearly_sum(grade)
        if yearly is False:
            lines.append(self.env._("yearly sum on your own portfolio: not connected"))
        else:
            # Safe: the currency of the partner's own company.
            amount = self.sudo().company_id.currency_id.format(abs(float(yearly)))
            lines.append(
                self.env._("%(sum)s more a year on your own portfolio", sum=amount)
                if yearly < 0
                else self.env._("%(sum)s less a year on your own portfolio", sum=amount)
            )
        return "\n".join(lines)

    def action_assess(self):
        """Assess on demand; a second time on one day takes the place of the first."""
        self.ensure_one()
        self.check_access("read")
        if self.is_root:
            raise UserError(self.env._("The platform has no tier: it sets them."))
        if not self.env.user.has_group("partner_governance.group_partner_manager"):
            raise AccessError(self.env._("A manager of the partner or above it does this."))
        today = fields.Date.context_today(self)
        # Safe: of a partner that the reader may read; nothing hangs on what is taken away.
        self.env["program.tier.assessment"].sudo().search(
            [
                ("program_node_id", "=", self.id),
                ("kind", "=", "on_demand"),
                ("day", "=", today),
                ("assignment_ids", "=", False),
            ]
        ).unlink()
        made = self.env["program.tier.assessment"]._make(self, "on_demand", today)
        return {
            "type": "ir.actions.act_window",
            "res_model": made._name,
            "res_id": made.id,
            "view_mode": "form",
        }

    def action_tier_letter(self):
        self.ensure_one()
        return self.assessment_id.action_letter()

    def action_what_if(self):
        self.ensure_one()
        wizard = self.env["program.tier.what.if"]._of(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What if …"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

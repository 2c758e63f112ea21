from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import gates as adapter


class ProjectProject(models.Model):
    """A project of a won deal before it goes live."""

    _inherit = "project.project"

    gate_missing = fields.Text(
        string="Before go-live", compute="_compute_gate_missing", compute_sudo=True
    )

    gate_missing_links = fields.Json(
        string="Missing before go-live",
        compute="_compute_gate_missing",
        compute_sudo=True,
    )

    @api.depends(
        "program_deal_id.tier_level",
        "review_ids.state",
        "review_ids.valid_until",
        "review_ids.approval_ids.state",
    )
    def _compute_gate_missing(self):
        gates = self.env["governance.gate"]._of("go_live")
        for project in self:
            lacks = [lack for gate in gates for lack in gate._lacks(project)]
            project.gate_missing = "\n".join(lack.text for lack in lacks)
            project.gate_missing_links = adapter.fixes(self.env, lacks, project)

    def action_request_go_live(self):
        """Ask for the reviews that a go-live needs: architecture again, and readiness."""
        self.ensure_one()
        self.check_access("write")
        # Safe: whoever may write the project may ask; what is asked comes from the policy.
        project = self.sudo()
        for gate in self.env["governance.gate"].sudo()._of("go_live"):
            if gate._missing(project) and project._review_of(gate).state != "asked":
                gate._open_review(project)
        return True

    def _ask_reviews(self, gates, requester=None):
        """A project's reviews are asked for by its button; none follows by itself."""


class ProjectMilestone(models.Model):
    """The go-live of a project is a milestone, and reaching it is going live."""

    _name = "project.milestone"
    _inherit = ["project.milestone", "governance.gated.mixin"]

    is_go_live = fields.Boolean(string="Is the go-live")

    def _gate_fields(self):
        return frozenset(("is_reached", "is_go_live", "project_id"))

    def _gate_check(self):
        gates = self.env["governance.gate"].sudo()._of("go_live")
        # Safe: the outcome is checked whoever moved the record, the superuser included.
        for milestone in self.sudo():
            project = milestone.project_id
            if milestone.is_reached and milestone.is_go_live and project.program_deal_id:
                gates._guard(project, milestone.name)

    def write(self, vals):
        """The go-live of a deal's project stays its go-live: renaming is free, unmarking is not."""
        if "is_go_live" in vals and not vals["is_go_live"] and not self.env.su:
            for milestone in self.filtered("is_go_live"):
                if milestone.project_id.program_deal_id:
                    raise UserError(
                        self.env._(
                            "“%(milestone)s” is the go-live of %(project)s; its gates cannot be "
                            "taken away.",
                            milestone=milestone.name,
                            project=milestone.project_id.display_name,
                        )
                    )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        milestones = super().create(vals_list)
        milestones._gate_check()
        return milestones

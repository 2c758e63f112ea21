from odoo import api, fields, models
from odoo.exceptions import UserError


class ProjectProject(models.Model):
    """The readiness scorecard of a project's go-live (PG-070)."""

    _inherit = "project.project"

    scorecard_ids = fields.One2many("blueprint.scorecard", "project_id", string="Readiness")
    scorecard_score = fields.Integer(
        string="Ready (%)", compute="_compute_scorecard_score", compute_sudo=True
    )

    @api.depends("scorecard_ids.score")
    def _compute_scorecard_score(self):
        for project in self:
            project.scorecard_score = project.scorecard_ids[:1].score

    @api.depends("scorecard_ids.score", "scorecard_ids.verdict")
    def _compute_gate_missing(self):
        return super()._compute_gate_missing()

    def action_readiness(self):
        """Open the scorecard; whoever may fill it starts it."""
        self.ensure_one()
        self.check_access("read")
        # Safe: the card of a project that the caller reads.
        project = self.sudo()
        if not project.scorecard_ids:
            if not project.program_deal_id:
                raise UserError(
                    self.env._(
                        "“%(project)s” has no deal, so no gate stands before its go-live.",
                        project=project.display_name,
                    )
                )
            # Only whoever may fill the card keeps it: a refusal takes it back.
            card = project.env["blueprint.scorecard"]._of(project).with_user(self.env.user)
            card.check_access("write")
        return project.scorecard_ids._form()

    def action_request_go_live(self):
        """Open the scorecard while it says NO-GO: people are asked to sign after that."""
        done = super().action_request_go_live()
        # Safe: the caller may write the project, which `super` has checked.
        project = self.sudo()
        gates = self.env["governance.gate"].sudo()._of("go_live")
        if any(gate._waits_for_card(project) and gate._missing(project) for gate in gates):
            return project.env["blueprint.scorecard"]._of(project)._form()
        return done

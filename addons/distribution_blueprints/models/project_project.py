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

    def _ensure_scorecard(self):
        """The card of the project, made from the criteria in force when there is none; in sudo."""
        self.ensure_one()
        if self.scorecard_ids:
            return self.scorecard_ids
        gates = self.env["governance.gate"]._of("go_live").filtered("needs_scorecard")
        # Few rows of policy: pylint: disable-next=no-search-all
        criteria = self.env["blueprint.scorecard.criterion"].search([])
        names = self.env["blueprint.scorecard"]._frozen_fields()
        return self.env["blueprint.scorecard"].create(
            {
                "project_id": self.id,
                "threshold": max(gates.mapped("scorecard_threshold"), default=0),
                "line_ids": [
                    fields.Command.create({name: criterion[name] for name in names})
                    for criterion in criteria
                ],
            }
        )

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
            card = project._ensure_scorecard().with_user(self.env.user)
            card.check_access("write")
        return project.scorecard_ids._form()

    def action_request_go_live(self):
        """Open the scorecard while it says NO-GO: people are asked to sign after that."""
        done = super().action_request_go_live()
        # Safe: the caller may write the project, which `super` has checked.
        project = self.sudo()
        gates = self.env["governance.gate"].sudo()._of("go_live")
        if any(gate._waits_for_card(project) and gate._missing(project) for gate in gates):
            return project._ensure_scorecard()._form()
        return done

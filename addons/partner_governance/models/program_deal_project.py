from odoo import api, fields, models
from odoo.exceptions import UserError


class ProgramDeal(models.Model):
    """A won deal gets its project, planned as its governance tier demands."""

    _inherit = "program.deal"

    project_ids = fields.One2many("project.project", "program_deal_id", string="Projects")
    project_count = fields.Integer(compute="_compute_project_count")

    @api.depends("project_ids")
    def _compute_project_count(self):
        groups = self.env["project.project"]._read_group(
            [("program_deal_id", "in", self.ids)], ["program_deal_id"], ["__count"]
        )
        counts = {deal.id: count for deal, count in groups}
        for deal in self:
            deal.project_count = counts.get(deal.id, 0)

    def action_start_project(self):
        """The deal's project with the milestones, the seats and the owner that its tier demands
        (PG-115, PG-101); again opens it."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "won":
            raise UserError(
                self.env._("%(deal)s is not won yet, so it has no project.", deal=self.display_name)
            )
        if not self.tier_id:
            raise UserError(
                self.env._("%(deal)s has no governance tier: qualify it.", deal=self.display_name)
            )
        if not self.project_ids:
            self._make_project()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Project"),
            "res_model": "project.project",
            "res_id": self.project_ids[:1].id,
            "view_mode": "form",
        }

    def _make_project(self):
        # Two clicks at once: the second waits, fails to serialize, and finds the first's project.
        self.lock_for_update()
        owner = self.user_id or self.env.user
        # Safe: the project of the caller's own deal, for the deal's node, as its tier says.
        project = (
            self.env["project.project"]
            .sudo()
            .create(
                {
                    "name": self.company_name,
                    "program_node_id": self.program_node_id.id,
                    "company_id": self.program_node_id.company_id.id,
                    "program_deal_id": self.id,
                    "governance_tier_id": self.tier_id.id,
                    "governance_state": "planned",
                    "user_id": owner.id,
                    "allow_milestones": True,
                    "privacy_visibility": "employees",
                }
            )
        )
        project._plan_governance(self.tier_id, fields.Date.context_today(self))
        self._project_made(project)
        self.env["governance.event"]._record(
            "project_made", project, node=self.program_node_id, new=self.tier_id.name
        )
        return project

    def _project_made(self, project):
        """Hook: what a new project gets besides, as checklists."""

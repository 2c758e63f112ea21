from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ProgramDeal(models.Model):
    """A won deal gets its project, planned as its governance tier demands."""

    _inherit = "program.deal"

    project_ids = fields.One2many("project.project", "program_deal_id", string="Projects")
    project_count = fields.Integer(compute="_compute_project_count")
    can_start_project = fields.Boolean(compute="_compute_can_start_project")

    @api.depends("project_ids")
    def _compute_project_count(self):
        groups = self.env["project.project"]._read_group(
            [("program_deal_id", "in", self.ids)], ["program_deal_id"], ["__count"]
        )
        counts = {deal.id: count for deal, count in groups}
        for deal in self:
            deal.project_count = counts.get(deal.id, 0)

    @api.depends("state", "project_ids", "program_node_id")
    @api.depends_context("uid")
    def _compute_can_start_project(self):
        """What the button would refuse is not offered."""
        for deal in self:
            # Safe: whether there is a project, also one that the reader does not reach.
            open_ = deal.state == "won" and not deal.sudo().project_ids
            deal.can_start_project = open_ and deal._may_start_project()

    def action_start_project(self):
        """The deal's project with the milestones, the seats and the owner that its tier demands
        (PG-115, PG-101); again opens it, for whoever reads it."""
        self.ensure_one()
        self.check_access("read")
        # Safe: whether there is one; who opens it reads it by its own rules.
        project = self.sudo().project_ids[:1]
        if not project and not self._may_start_project():
            raise AccessError(
                self.env._(
                    "The project of %(deal)s is started by people of its own partner in the role "
                    "sales or delivery.",
                    deal=self.display_name,
                )
            )
        if self.state != "won":
            raise UserError(
                self.env._("%(deal)s is not won yet, so it has no project.", deal=self.display_name)
            )
        if not self.tier_id:
            raise UserError(
                self.env._("%(deal)s has no governance tier: qualify it.", deal=self.display_name)
            )
        project = project or self._make_project()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Project"),
            "res_model": "project.project",
            "res_id": project.id,
            "view_mode": "form",
        }

    def _may_start_project(self):
        """Whoever changes the deal, and those of its own partner who deliver what it sold."""
        self.ensure_one()
        if self.has_access("write"):
            return True
        delivers = self.env.user.has_group("partner_governance.group_partner_delivery")
        return delivers and self.env["program.isolation"]._is_of_own_node(self, "program_node_id")

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

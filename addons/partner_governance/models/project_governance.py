from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import staffing as adapter
from ..engine import staffing as engine


class ProjectProject(models.Model):
    """A project under governance: where it comes from, who staffs it, whether it has started."""

    _inherit = "project.project"

    program_deal_id = fields.Many2one(
        "program.deal",
        string="Deal registration",
        index=True,
        ondelete="restrict",
        copy=False,
        readonly=True,
    )
    governance_tier_id = fields.Many2one(
        "governance.tier", index=True, ondelete="restrict", copy=False, readonly=True
    )
    governance_state = fields.Selection(
        [("planned", "Planned"), ("started", "Started")],
        string="Governance",
        copy=False,
        readonly=True,
        index=True,
    )
    staffing_ids = fields.One2many("governance.staffing", "project_id", string="Staffing")
    stakeholder_ids = fields.One2many("governance.stakeholder", "project_id")
    integration_ids = fields.One2many("governance.integration", "project_id")
    extension_ids = fields.One2many("governance.extension", "project_id")
    start_obstacles = fields.Text(string="Before it starts", compute="_compute_start_obstacles")

    @api.depends("staffing_ids.user_id", "staffing_ids.is_mandatory", "governance_state")
    def _compute_start_obstacles(self):
        for project in self:
            found = project._start_obstacles() if project.governance_state == "planned" else []
            project.start_obstacles = "\n".join(found)

    def _start_obstacles(self):
        """What a project lacks before it may start, as sentences; upper parts add theirs."""
        self.ensure_one()
        kinds = {
            one.role_id.id: one.kind_id for one in self.governance_tier_id.role_ids if one.kind_id
        }
        open_seats = engine.unfilled(
            adapter.seats(
                self.staffing_ids,
                {role: kind.id for role, kind in kinds.items()},
                self._certified_pairs(),
            )
        )
        roles = self.env["project.role"].browse([seat.role for seat in open_seats])
        return [self._say_open_seat(role, kinds.get(role.id)) for role in roles]

    def _say_open_seat(self, role, kind):
        if not kind:
            return self.env._("nobody fills the role “%(role)s”", role=role.name)
        return self.env._(
            "nobody who holds the certificate “%(kind)s” fills the role “%(role)s” (page "
            "Governance, “Filled by”: a certified person of the partner or of one engaged for it)",
            kind=kind.name,
            role=role.name,
        )

    def _certified_pairs(self):
        """``{(user id, certificate id)}`` of the people on the seats who work for the partner, or
        for one that is engaged for the deal or the project, and are certified today."""
        # Safe: whether people who stand on the reader's own project are certified.
        own = self.sudo()
        running = (own.engagement_ids | own.program_deal_id.engagement_ids).filtered(
            lambda one: one.state == "running"
        )
        Certification = own.env["program.certification"]
        found = Certification._read_group(
            [
                ("user_id", "in", own.staffing_ids.user_id.ids),
                ("program_node_id", "in", (own.program_node_id | running.partner_id).ids),
                *Certification._valid_domain(),
            ],
            ["user_id", "kind_id"],
        )
        return {(user.id, kind.id) for user, kind in found}

    def action_start_governed(self):
        """The project starts: its mandatory roles are filled (PG-101)."""
        for project in self:
            project.check_access("write")
            if project.governance_state != "planned":
                raise UserError(
                    self.env._("%(project)s has started already.", project=project.name)
                )
            if missing := project._start_obstacles():
                raise UserError(
                    self.env._(
                        "%(project)s cannot start: %(missing)s.",
                        project=project.name,
                        missing="; ".join(missing),
                    )
                )
            # Safe: the caller may write the project; its start has no other way in.
            project.sudo().governance_state = "started"
            self.env["governance.event"]._record(
                "project_started",
                project,
                node=project.program_node_id,
                old="planned",
                new="started",
            )
        return True

    def _plan_governance(self, tier, start):
        """Milestones and seats that ``tier`` demands, from ``start`` on (PG-115, PG-101)."""
        self.ensure_one()
        planned = engine.schedule(start, [(one.id, one.days) for one in tier.milestone_ids])
        self.env["project.milestone"].create(
            adapter.milestone_values(self, tier.milestone_ids, planned, self.user_id)
        )
        self.env["governance.staffing"].create(
            [
                {
                    "project_id": self.id,
                    "role_id": role.role_id.id,
                    "is_mandatory": role.is_mandatory,
                }
                for role in tier.role_ids
            ]
        )


class ProjectMilestone(models.Model):
    _inherit = "project.milestone"

    user_id = fields.Many2one("res.users", string="Owner", index=True, ondelete="restrict")
    is_governance = fields.Boolean(string="Of the governance tier", readonly=True, copy=False)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_governance(self):
        if any(one.is_governance and not self.env.su for one in self):
            raise UserError(
                self.env._("A milestone of the governance tier stays; give it another day.")
            )


class ProjectTask(models.Model):
    """A task that carries out a change waits until the change is approved (PG-117)."""

    _name = "project.task"
    _inherit = ["project.task", "governance.gated.mixin"]

    change_request_id = fields.Many2one(
        "governance.change.request", index=True, ondelete="restrict", tracking=True
    )

    @api.depends("change_request_id.state")
    def _compute_state(self):
        done = super()._compute_state()
        for task in self._waiting_for_change():
            if task.state in WORKING:
                task.state = "04_waiting_normal"
        return done

    def _waiting_for_change(self):
        # Safe: whether a task may go on is the same for everybody who works on it.
        return self.filtered(
            lambda task: (
                task.change_request_id
                and task.change_request_id.sudo().state not in ("approved", "started", "done")
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        # A new task is in progress by default: of a change that is not approved it waits.
        new = tasks._waiting_for_change().filtered(lambda task: task.state == "01_in_progress")
        new.state = "04_waiting_normal"
        tasks._gate_check()
        return tasks

    def write(self, vals):
        """The change of a task is not swapped for another, or none, while it waits for it."""
        if "change_request_id" in vals and not self.env.su:
            for task in self._waiting_for_change():
                if task.change_request_id.id != vals["change_request_id"]:
                    raise UserError(
                        self.env._(
                            "“%(task)s” waits for %(change)s: have it approved, or cancel the "
                            "task.",
                            task=task.name,
                            change=task.change_request_id.sudo().display_name,
                        )
                    )
        return super().write(vals)

    def _gate_fields(self):
        return frozenset(("state", "change_request_id"))

    def _gate_check(self):
        for task in self._waiting_for_change():
            if task.state in WORKING:
                raise UserError(
                    self.env._(
                        "“%(task)s” carries out %(change)s, which is not approved: it waits "
                        "until the change is.",
                        task=task.name,
                        change=task.change_request_id.sudo().display_name,
                    )
                )


WORKING = ("01_in_progress", "02_changes_requested", "03_approved", "1_done")

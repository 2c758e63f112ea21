from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ProgramChecklist(models.Model):
    """A checklist or script filled in for a partner, a deal or a project, and signed off
    (PG-056, PG-067, PG-068)."""

    _name = "program.checklist"
    _description = "Checklist"
    _inherit = ["program.node.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    program_node_id = fields.Many2one(required=True, readonly=True)
    version_id = fields.Many2one(
        "program.artefact.version",
        string="From",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    kind = fields.Selection(related="version_id.artefact_id.kind", store=True, index=True)
    deal_id = fields.Many2one("program.deal", readonly=True, index=True, ondelete="restrict")
    project_id = fields.Many2one("project.project", readonly=True, index=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", string="Responsible", ondelete="restrict")
    line_ids = fields.One2many("program.checklist.line", "checklist_id")
    passed_count = fields.Integer(string="Passed", compute="_compute_result", store=True)
    failed_count = fields.Integer(string="Failed", compute="_compute_result", store=True)
    open_count = fields.Integer(string="Open", compute="_compute_result", store=True)
    percent = fields.Integer(string="Done", compute="_compute_result", store=True)
    result = fields.Selection(
        [("open", "Open"), ("failed", "Failed"), ("passed", "Passed")],
        compute="_compute_result",
        store=True,
    )
    state = fields.Selection(
        [("open", "Open"), ("signed", "Signed off")],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    signed_uid = fields.Many2one(
        "res.users", string="Signed off by", readonly=True, ondelete="restrict", copy=False
    )
    signed_on = fields.Datetime(readonly=True, copy=False)

    @api.depends("line_ids.result")
    def _compute_result(self):
        for checklist in self:
            results = checklist.line_ids.mapped("result")
            checklist.passed_count = results.count("pass")
            checklist.failed_count = results.count("fail")
            checklist.open_count = results.count("open")
            checklist.percent = (
                100 * (len(results) - checklist.open_count) // len(results) if results else 0
            )
            checklist.result = (
                "failed"
                if checklist.failed_count
                else "open"
                if checklist.open_count or not results
                else "passed"
            )

    def action_sign(self):
        """Sign it off: every point passed or does not apply; who is engaged fills it in only."""
        isolation = self.env["program.isolation"]
        own = isolation._is_of_own_node(self, "program_node_id")
        if isolation._scope().fenced and not own:
            raise AccessError(self.env._("The partner whose checklist it is signs it off."))
        for checklist in self:
            checklist.check_access("write")
            if not self.env.user.has_groups(
                "partner_governance.group_partner_manager,partner_governance.group_platform_staff"
            ):
                raise AccessError(self.env._("Managers sign checklists off."))
            if checklist.state == "signed":
                raise UserError(self.env._("%(what)s is signed off.", what=checklist.name))
            if checklist.result != "passed":
                left = checklist.line_ids.filtered(lambda line: line.result in ("open", "fail"))
                raise UserError(
                    self.env._(
                        "%(what)s cannot be signed off. Not passed: %(points)s.",
                        what=checklist.name,
                        points="; ".join(left.mapped("name")),
                    )
                )
        # Safe: the checklist is the caller's to write and every point has passed.
        self.sudo().write(
            {
                "state": "signed",
                "signed_uid": self.env.uid,
                "signed_on": fields.Datetime.now(),
            }
        )
        for checklist in self.sudo():
            self.env["governance.event"]._record(
                "checklist_signed", checklist, node=checklist.program_node_id, new="signed"
            )
        return True

    def _form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }


class ProgramChecklistLine(models.Model):
    _name = "program.checklist.line"
    _description = "Point of a checklist"
    _order = "checklist_id, sequence, id"

    checklist_id = fields.Many2one(
        "program.checklist", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, readonly=True)
    expected = fields.Char(string="Passes when", readonly=True)
    result = fields.Selection(
        [("open", "Open"), ("pass", "Pass"), ("fail", "Fail"), ("na", "Does not apply")],
        default="open",
        required=True,
    )
    note = fields.Char(string="Evidence")
    link = fields.Char()
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    done_uid = fields.Many2one(
        "res.users", string="Seen by", readonly=True, ondelete="restrict", copy=False
    )
    done_on = fields.Datetime(string="Seen on", readonly=True, copy=False)

    def _files_fixed(self):
        """Those whose files stay as they are: `ir.attachment` asks."""
        return self.filtered(lambda line: line.checklist_id.state == "signed")

    def write(self, vals):
        self.check_access("write")
        signed = self.checklist_id.filtered(lambda each: each.state == "signed")
        if signed:
            raise UserError(
                self.env._("%(what)s is signed off and stays as it is.", what=signed[0].name)
            )
        done = super().write(vals)
        if vals.get("result") and "done_uid" not in vals:
            for line in self:
                if line.result in ("pass", "na") and not (line.note or line.link or line.file):
                    raise UserError(
                        self.env._(
                            "“%(point)s” needs evidence: a note, a link or a file.", point=line.name
                        )
                    )
            # Safe: who has set the result, which the caller could.
            self.sudo().write({"done_uid": self.env.uid, "done_on": fields.Datetime.now()})
        return done


class ProgramArtefactVersion(models.Model):
    _inherit = "program.artefact.version"

    def _make_checklist(self, node=None, project=None, deal=None):
        """A checklist with this version's points, for the caller's partner or ``node``."""
        self.ensure_one()
        self.check_access("read")
        owner = node or self.env["program.node.mixin"]._default_program_node()
        # Safe: an empty checklist of the node itself, from a version that the caller reads.
        return (
            self.env["program.checklist"]
            .sudo()
            .create(
                {
                    "name": self.display_name,
                    "program_node_id": owner.id,
                    "version_id": self.id,
                    "project_id": project.id if project else False,
                    "deal_id": deal.id if deal else False,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "sequence": line.sequence,
                                "name": line.name,
                                "expected": line.expected,
                            },
                        )
                        for line in self.line_ids.filtered(lambda line: line.section == "check")
                    ],
                }
            )
            .sudo(False)
        )

    @api.model
    def _current_for(self, node, kind):
        """The newest published versions of a kind that ``node`` works by: its own before its
        upline's, up to the platform's.

        :return: versions of the nearest owner, one per artefact
        """
        # Safe: published versions of the node and of those above it.
        path = [int(ident) for ident in (node.sudo().parent_path or "").strip("/").split("/")]
        versions = self.sudo().search(
            [
                ("state", "=", "published"),
                ("artefact_id.active", "=", True),
                ("artefact_id.kind", "=", kind),
                ("program_node_id", "in", path),
                "|",
                ("program_node_id", "=", node.id),
                ("program_published", "=", True),
            ],
            order="number",
        )
        newest = {version.artefact_id: version for version in versions}
        nearest = max(
            (path.index(version.program_node_id.id) for version in newest.values()), default=0
        )
        return self.browse(
            version.id
            for version in newest.values()
            if path.index(version.program_node_id.id) == nearest
        )


class ProjectProject(models.Model):
    """Each project of a partner starts with its migration checklist (PG-067)."""

    _inherit = "project.project"

    checklist_ids = fields.One2many("program.checklist", "project_id", string="Checklists")

    @api.model_create_multi
    def create(self, vals_list):
        projects = super().create(vals_list)
        projects._ensure_migration_checklist()
        return projects

    def _ensure_migration_checklist(self):
        Version = self.env["program.artefact.version"]
        current = {
            node: Version._current_for(node, "migration") for node in self.sudo().program_node_id
        }
        for project in self.filtered(lambda each: not each.is_template):
            # Safe: the project's own checklist, from what its node's branch works by.
            own = project.sudo()
            for version in current.get(own.program_node_id, Version):
                version.sudo()._make_checklist(own.program_node_id, project=own)

    def action_run_warehouse_scripts(self):
        """One checklist per warehouse test script that the project's partner works by."""
        self.ensure_one()
        self.check_access("write")
        # Safe: the project is the caller's to write; scripts are those of its own branch.
        own = self.sudo()
        for version in self.env["program.artefact.version"]._current_for(
            own.program_node_id, "warehouse_test"
        ):
            if version not in own.checklist_ids.version_id:
                version.sudo()._make_checklist(own.program_node_id, project=own)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Checklists"),
            "res_model": "program.checklist",
            "view_mode": "list,form",
            "domain": [("project_id", "=", self.id)],
        }

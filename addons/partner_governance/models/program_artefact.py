from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("blueprint", "Architecture blueprint"),
    ("security", "Security checklist"),
    ("sow", "Statement-of-work template"),
    ("support_matrix", "Support matrix"),
    ("process_map", "Process map"),
    ("migration", "Migration checklist"),
    ("warehouse_test", "Warehouse test script"),
    ("integration", "Integration pattern"),
    ("playbook", "Playbook or template"),
]


class ProgramArtefact(models.Model):
    """One document of the library; its versions are what partners accept (PG-055, PG-065)."""

    _name = "program.artefact"
    _description = "Artefact"
    _inherit = ["program.node.mixin", "mail.thread"]
    _order = "kind, name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    kind = fields.Selection(KINDS, required=True, index=True)
    active = fields.Boolean(default=True)
    program_node_id = fields.Many2one(readonly=True, required=True)
    program_published = fields.Boolean(
        string="Published to the branch",
        tracking=True,
        help="The owner's sub-partners see its published versions.",
    )
    must_accept = fields.Boolean(
        string="Partners accept it", default=True, help="Each new version asks for it again."
    )
    process = fields.Char(help="The business process that a map shows, e.g. order to cash.")
    reference = fields.Char(string="Package", help="What it is sold or delivered with.")
    version_ids = fields.One2many("program.artefact.version", "artefact_id", string="Versions")
    version_id = fields.Many2one(
        "program.artefact.version",
        string="Current version",
        compute="_compute_version_id",
        store=True,
        ondelete="restrict",
    )
    number = fields.Integer(related="version_id.number", string="Current number")
    accepted_on = fields.Datetime(compute="_compute_accepted")
    accepted_number = fields.Integer(string="Accepted version", compute="_compute_accepted")
    acceptance = fields.Selection(
        [("none", "Not asked"), ("asked", "To accept"), ("accepted", "Accepted")],
        string="My acceptance",
        compute="_compute_accepted",
    )
    is_own = fields.Boolean(compute="_compute_is_own")

    @api.constrains("kind", "process")
    def _check_process(self):
        for artefact in self:
            if artefact.kind == "process_map" and not (artefact.process or "").strip():
                raise ValidationError(
                    self.env._(
                        "“%(what)s” is a process map: say which process it shows (field "
                        "“Process”).",
                        what=artefact.name,
                    )
                )

    @api.depends("version_ids.state", "version_ids.number")
    def _compute_version_id(self):
        for artefact in self:
            published = artefact.version_ids.filtered(lambda each: each.state == "published")
            artefact.version_id = published.sorted("number")[-1:]

    @api.depends("version_ids.acceptance_ids")
    @api.depends_context("uid")
    def _compute_accepted(self):
        node_id = self.env["program.isolation"]._scope().node_id
        rows = self.env["program.artefact.acceptance"].search(
            [("artefact_id", "in", self.ids), ("program_node_id", "=", node_id)], order="number"
        )
        last = {row.artefact_id: row for row in rows}
        for artefact in self:
            row = last.get(artefact)
            artefact.accepted_on = row.accepted_on if row else False
            artefact.accepted_number = row.number if row else 0
            asked = artefact.must_accept and artefact.version_id and not artefact.is_own
            if row and row.version_id == artefact.version_id:
                artefact.acceptance = "accepted"
            else:
                artefact.acceptance = "asked" if asked else "none"

    @api.depends_context("uid")
    def _compute_is_own(self):
        for artefact in self:
            artefact.is_own = self.env["program.isolation"]._is_of_own_node(
                artefact, "program_node_id"
            )

    def action_new_version(self):
        """A draft that begins as the current version is."""
        self.ensure_one()
        self.check_access("write")
        draft = self.version_ids.filtered(lambda version: version.state == "draft")[:1]
        if not draft:
            last = self.version_id
            draft = self.env["program.artefact.version"].create(
                {
                    "artefact_id": self.id,
                    "body": last.body,
                    "link": last.link,
                    "line_ids": [Command.create(line._content()) for line in last.line_ids],
                }
            )
        return draft._form(self.env._("Draft"))

    def action_accept(self):
        """Accept the current version for the caller's partner."""
        for artefact in self:
            artefact.version_id._accept()
        return True

    def action_fill_in(self):
        """A checklist of the caller's partner from the current version."""
        self.ensure_one()
        if not self.version_id.line_ids:
            raise UserError(self.env._("“%(what)s” has no points to fill in yet.", what=self.name))
        return self.version_id._make_checklist()._form()

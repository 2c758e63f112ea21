from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

CONTENT = frozenset(("artefact_id", "body", "file", "file_name", "link", "line_ids", "change_note"))


class ProgramArtefactVersion(models.Model):
    """A version of an artefact: written while a draft, frozen once published (PG-055)."""

    _name = "program.artefact.version"
    _description = "Version of an artefact"
    _order = "artefact_id, number desc, id desc"

    artefact_id = fields.Many2one(
        "program.artefact", required=True, ondelete="restrict", index=True
    )
    program_node_id = fields.Many2one(
        related="artefact_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(related="artefact_id.kind")
    number = fields.Integer(string="Version", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published")],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        copy=False,
    )
    program_published = fields.Boolean(
        string="Published to the branch", compute="_compute_program_published", store=True
    )
    change_note = fields.Char(string="What is new")
    body = fields.Html(sanitize=True)
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    link = fields.Char()
    line_ids = fields.One2many("program.artefact.line", "version_id", copy=True)
    published_on = fields.Datetime(readonly=True, copy=False)
    published_uid = fields.Many2one(
        "res.users", string="Published by", readonly=True, ondelete="restrict", copy=False
    )
    acceptance_ids = fields.One2many("program.artefact.acceptance", "version_id")

    _number_uniq = models.UniqueIndex(
        "(artefact_id, number) WHERE number > 0", "This version exists already."
    )

    @api.depends("artefact_id", "number")
    def _compute_display_name(self):
        for version in self:
            number = version.number or self.env._("draft")
            version.display_name = f"{version.artefact_id.name} {number}"

    @api.depends("state", "artefact_id.program_published")
    def _compute_program_published(self):
        for version in self:
            version.program_published = (
                version.state == "published" and version.artefact_id.program_published
            )

    def _files_fixed(self):
        """Those whose files stay as they are: `ir.attachment` asks."""
        return self.filtered(lambda version: version.state == "published")

    def write(self, vals):
        if CONTENT & vals.keys():
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        for version in self:
            if version.state == "published":
                raise UserError(
                    self.env._(
                        "%(what)s is published and stays as it was accepted. Make a new version.",
                        what=version.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        self._check_draft()

    def action_publish(self):
        for version in self:
            version.check_access("write")
            version._check_draft()
            if not (version.body or version.file or version.link or version.line_ids):
                raise UserError(self.env._("A version without any content cannot be published."))
            last = max(version.artefact_id.version_ids.mapped("number"), default=0)
            # Safe: the version is the caller's to write; state and number have no other way in.
            version.sudo().write(
                {
                    "number": last + 1,
                    "state": "published",
                    "published_on": fields.Datetime.now(),
                    "published_uid": self.env.uid,
                }
            )
            self.env["governance.event"]._record(
                "artefact_published",
                version,
                node=version.program_node_id,
                new=version.display_name,
                reason=version.change_note or "",
            )
        return True

    def _accept(self):
        """Record that the caller's partner accepts these versions; again: a no-op.

        :raise AccessError: the caller works for nobody, or is no manager
        """
        node_id = self.env["program.isolation"]._scope().node_id
        if not (node_id and self.env.user.has_group("partner_governance.group_partner_manager")):
            raise AccessError(self.env._("Managers accept artefacts for their partner."))
        self.check_access("read")
        self._accept_for(self.env["program.partner"].browse(node_id))

    def _accept_for(self, node):
        """As `_accept`, for a node whose manager's act has been checked."""
        # Safe: adds the node's own acceptance of versions published to it.
        Acceptance = self.env["program.artefact.acceptance"].sudo()
        done = Acceptance.search(
            [("version_id", "in", self.ids), ("program_node_id", "=", node.id)]
        ).version_id
        fresh = self.sudo().filtered(lambda version: version.state == "published") - done
        rows = Acceptance.create(
            [
                {"version_id": version.id, "program_node_id": node.id, "user_id": self.env.uid}
                for version in fresh
            ]
        )
        for row in rows:
            self.env["governance.event"]._record(
                "artefact_accepted", row.version_id, node=node, new=row.version_id.display_name
            )
        return rows

    def _form(self, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }


class ProgramArtefactLine(models.Model):
    """A point of a checklist, script or template."""

    _name = "program.artefact.line"
    _description = "Point of an artefact"
    _order = "version_id, sequence, id"

    version_id = fields.Many2one(
        "program.artefact.version", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    section = fields.Selection(
        [
            ("check", "Check"),
            ("scope", "Scope"),
            ("exclusion", "Exclusion"),
            ("assumption", "Assumption"),
        ],
        default="check",
        required=True,
    )
    name = fields.Char(required=True)
    expected = fields.Char(string="Passes when")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.version_id._check_draft()
        return lines

    def write(self, vals):
        self.version_id._check_draft()
        return super().write(vals)

    def _content(self):
        """Its words, for the next version."""
        self.ensure_one()
        return {name: self[name] for name in ("sequence", "section", "name", "expected")}

    @api.ondelete(at_uninstall=False)
    def _unlink_of_drafts_only(self):
        self.version_id._check_draft()


class ProgramArtefactAcceptance(models.Model):
    """Which version a partner accepted, when, and by whom."""

    _name = "program.artefact.acceptance"
    _description = "Acceptance of an artefact"
    _order = "accepted_on desc, id desc"

    version_id = fields.Many2one(
        "program.artefact.version", required=True, ondelete="restrict", index=True
    )
    artefact_id = fields.Many2one(related="version_id.artefact_id", store=True, index=True)
    number = fields.Integer(related="version_id.number", string="Number", store=True)
    program_node_id = fields.Many2one(
        "program.partner", string="Partner", required=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", string="Accepted by", required=True, ondelete="restrict")
    accepted_on = fields.Datetime(required=True, default=fields.Datetime.now)

    _once = models.Constraint(
        "UNIQUE (version_id, program_node_id)", "This partner has accepted this version already."
    )


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _accept_published_artefacts(self, upline):
        done = super()._accept_published_artefacts(upline)
        ancestors = [int(ident) for ident in (self.parent_path or "").strip("/").split("/")]
        newest = {}
        published = self.env["program.artefact.version"].search(
            [
                ("program_published", "=", True),
                ("program_node_id", "in", ancestors),
                ("artefact_id.must_accept", "=", True),
            ],
            order="number",
        )
        for version in published:
            newest[version.artefact_id] = version.id
        self.env["program.artefact.version"].browse(newest.values())._accept_for(self)
        return done

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

EVIDENCE = ("evidence_file", "evidence_link", "evidence_note")


class ProgramOnboardingItem(models.Model):
    """One requirement of one partner: its evidence, and who accepted it (PG-051…054)."""

    _name = "program.onboarding.item"
    _description = "Onboarding item"
    _order = "program_node_id, stage_sequence, sequence, id"

    program_node_id = fields.Many2one(
        "program.partner",
        string="Partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    requirement_id = fields.Many2one(
        "program.onboarding.requirement", required=True, readonly=True, ondelete="restrict"
    )
    name = fields.Char(related="requirement_id.name")
    wanted = fields.Char(related="requirement_id.evidence", string="What is wanted")
    stage_id = fields.Many2one(related="requirement_id.stage_id", store=True, index=True)
    stage_sequence = fields.Integer(
        related="requirement_id.stage_id.sequence", string="Stage number", store=True
    )
    sequence = fields.Integer(related="requirement_id.sequence", store=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("submitted", "Submitted"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("not_needed", "Not needed"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    evidence_file = fields.Binary(string="File", attachment=True)
    evidence_name = fields.Char(string="File name")
    evidence_link = fields.Char(string="Link")
    evidence_note = fields.Text(string="Note")
    user_id = fields.Many2one("res.users", string="Owner", ondelete="restrict")
    due_date = fields.Date(string="Due")
    submitted_uid = fields.Many2one(
        "res.users", string="Submitted by", readonly=True, ondelete="restrict"
    )
    decided_uid = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(readonly=True)
    refusal = fields.Char(string="Why refused", readonly=True)
    inherited_from_id = fields.Many2one(
        "program.partner", string="Standard of", readonly=True, ondelete="restrict"
    )
    can_submit = fields.Boolean(compute="_compute_can")
    can_decide = fields.Boolean(compute="_compute_can")

    _once = models.Constraint(
        "UNIQUE (program_node_id, requirement_id)", "This partner has this requirement already."
    )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can(self):
        isolation = self.env["program.isolation"]
        for item in self:
            own = isolation._is_of_own_node(item, "program_node_id")
            brings = own or item.program_node_id._acts_as() == "upline"
            item.can_submit = brings and item.state in ("open", "refused")
            item.can_decide = item.state == "submitted" and not item._obstacle()

    def _files_fixed(self):
        """Those whose files stay as they are: `ir.attachment` asks."""
        return self.filtered(lambda item: item.state in ("submitted", "accepted"))

    def write(self, vals):
        if not self.env.su and any(name in vals for name in (*EVIDENCE, "evidence_name")):
            if fixed := self._files_fixed():
                raise UserError(
                    self.env._(
                        "The evidence for “%(what)s” has been submitted and stays as it is. If it "
                        "is refused, you can change it.",
                        what=fixed[0].name,
                    )
                )
            if vals.keys() <= {*EVIDENCE, "evidence_name"} and self._check_brings():
                # Safe: of a partner that lets its upline act for it, its evidence alone.
                return super(ProgramOnboardingItem, self.sudo()).write(vals)
        return super().write(vals)

    def _check_brings(self):
        """Let the partner's own people bring evidence, or its upline with its consent, which
        the partner reads afterwards (X-06).

        :return: whether the upline acts for all of the partners
        :raise AccessError: for anybody else
        """
        acting = self.filtered(lambda item: item.program_node_id._acts_as() == "upline")
        (self - acting).check_access("write")
        for item in acting:
            item.check_access("read")
            item.program_node_id._check_acts_for(
                self.env._("Evidence for “%(what)s”", what=item.name)
            )
        return acting == self

    def _obstacle(self):
        """Why the current user cannot accept or refuse, or an empty text."""
        self.ensure_one()
        if self.env.su:
            return ""
        # Safe: compares whose item it is with the caller's own binding.
        item, scope = self.sudo(), self.env["program.isolation"]._scope()
        node = item.program_node_id
        if scope.node_id == node.id:
            return self.env._("Your own evidence is accepted by your upline, never by yourself.")
        if scope.node_id not in (node.upline_id.id, node._root().id):
            return self.env._(
                "“%(what)s” is accepted by %(upline)s.", what=item.name, upline=node.upline_id.name
            )
        user = self.env.user
        if not user.has_groups(
            "partner_governance.group_partner_manager,partner_governance.group_platform_staff"
        ):
            return self.env._("Evidence is accepted by managers.")
        if item.submitted_uid == user:
            return self.env._("You submitted this evidence, so somebody else must accept it.")
        return ""

    def action_submit(self):
        self._check_brings()
        for item in self:
            if item.state not in ("open", "refused"):
                raise UserError(self.env._("“%(what)s” is not open.", what=item.name))
            if not any(item[name] for name in EVIDENCE):
                raise UserError(
                    self.env._(
                        "“%(what)s” needs evidence first: a file, a link or a note.", what=item.name
                    )
                )
        # Safe: the item is the caller's to write; its state has no other way in.
        self.sudo().write({"state": "submitted", "submitted_uid": self.env.uid, "refusal": False})
        return True

    def action_accept(self):
        self._decide("accepted")
        self.sudo().program_node_id._onboarding_advance()
        return True

    def action_refuse(self, reason=""):
        if not reason:
            raise UserError(self.env._("Say what must change before you accept it."))
        self._decide("refused", reason)
        return True

    def _decide(self, state, reason=""):
        for item in self:
            item.check_access("read")
            if obstacle := item._obstacle():
                raise AccessError(obstacle)
            if item.state != "submitted":
                raise UserError(
                    self.env._("“%(what)s” has not been submitted, or is decided.", what=item.name)
                )
        # Safe: who may decide has been checked just above; the state has no other way in.
        self.sudo().write(
            {
                "state": state,
                "decided_uid": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "refusal": reason,
            }
        )
        for item in self.sudo():
            self.env["governance.event"]._record(
                f"onboarding_{state}",
                item,
                node=item.program_node_id,
                old="submitted",
                new=state,
                reason=reason,
            )

    def action_open(self):
        """The item in a dialog, from the page that lists it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

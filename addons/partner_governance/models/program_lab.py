from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine import certification as engine


class ProgramLab(models.Model):
    """A guided exercise: steps with points; passing it makes a certificate (PG-060)."""

    _name = "program.lab"
    _description = "Lab"
    _inherit = ["program.node.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    program_node_id = fields.Many2one(readonly=True, required=True)
    program_published = fields.Boolean(string="Published to the branch")
    kind_id = fields.Many2one(
        "program.certification.kind",
        string="Leads to",
        ondelete="restrict",
        help="Labs of the platform alone lead to its certificates.",
    )
    pass_percent = fields.Integer(string="Passed from (%)", default=80)
    step_ids = fields.One2many("program.lab.step", "lab_id")

    @api.constrains("kind_id", "program_node_id")
    def _check_kind(self):
        # Safe: whose lab it is.
        for lab in self.sudo().filtered("kind_id"):
            if not lab.program_node_id.is_root:
                raise ValidationError(
                    self.env._(
                        "“%(lab)s” leads to no certificate: those of the programme are reached "
                        "by labs of the platform.",
                        lab=lab.name,
                    )
                )

    def action_attempt(self):
        """The caller tries it."""
        self.ensure_one()
        self.check_access("read")
        if not self.step_ids:
            raise UserError(self.env._("“%(lab)s” has no steps yet.", lab=self.name))
        # Safe: an attempt of the caller itself, for its own partner.
        attempt = (
            self.env["program.lab.attempt"]
            .sudo()
            .create(
                {
                    "lab_id": self.id,
                    "person_id": self.env.user.partner_id.id,
                    "program_node_id": self.env["program.isolation"]._scope().node_id,
                    "line_ids": [
                        Command.create({"step_id": step.id, "name": step.name, "most": step.points})
                        for step in self.step_ids
                    ],
                }
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": attempt._name,
            "res_id": attempt.id,
            "view_mode": "form",
            "name": self.name,
        }


class ProgramLabStep(models.Model):
    _name = "program.lab.step"
    _description = "Step of a lab"
    _order = "lab_id, sequence, id"

    lab_id = fields.Many2one("program.lab", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    instruction = fields.Text(translate=True)
    points = fields.Integer(default=10, required=True)


class ProgramLabAttempt(models.Model):
    """One person's try at a lab, scored by an assessor of its upline or the platform."""

    _name = "program.lab.attempt"
    _description = "Attempt at a lab"
    _inherit = ["program.node.mixin"]
    _order = "id desc"

    lab_id = fields.Many2one("program.lab", required=True, readonly=True, ondelete="restrict")
    program_node_id = fields.Many2one(required=True, readonly=True)
    person_id = fields.Many2one(
        "res.partner", string="Person", required=True, readonly=True, ondelete="restrict"
    )
    sandbox_id = fields.Many2one("program.sandbox", index=True, ondelete="restrict")
    line_ids = fields.One2many("program.lab.attempt.line", "attempt_id", string="Steps")
    state = fields.Selection(
        [
            ("running", "Running"),
            ("submitted", "To assess"),
            ("passed", "Passed"),
            ("failed", "Failed"),
        ],
        default="running",
        required=True,
        readonly=True,
        index=True,
    )
    pass_percent = fields.Integer(
        string="Passed from (%)",
        compute="_compute_pass_percent",
        store=True,
        precompute=True,
        help="As the lab said when the attempt began.",
    )
    score = fields.Float(string="Score (%)", digits=(5, 1), readonly=True)
    assessor_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    assessed_on = fields.Date(readonly=True)
    certification_id = fields.Many2one(
        "program.certification", string="Certificate", readonly=True, ondelete="restrict"
    )
    can_assess = fields.Boolean(compute="_compute_can_assess")

    @api.depends("lab_id")
    def _compute_pass_percent(self):
        for attempt in self:
            # Safe: a number of the lab that is tried.
            attempt.pass_percent = attempt.lab_id.sudo().pass_percent

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_assess(self):
        for attempt in self:
            attempt.can_assess = attempt.state == "submitted" and not attempt._obstacle()

    def _obstacle(self):
        """Why the current user cannot assess, or an empty text."""
        if self.env.su:
            return ""
        # Safe: compares whose attempt it is with the caller's own binding.
        attempt, scope = self.sudo(), self.env["program.isolation"]._scope()
        root = attempt.program_node_id._root()
        node = attempt.program_node_id
        if attempt.person_id == self.env.user.partner_id:
            return self.env._("Nobody assesses its own lab.")
        if scope.node_id not in (node.upline_id.id, root.id):
            return self.env._("Labs are assessed by the upline or the platform.")
        if not self.env.user.has_groups(
            "partner_governance.group_partner_delivery,partner_governance.group_platform_staff"
        ):
            return self.env._("Labs are assessed by delivery people.")
        return ""

    def action_submit(self):
        for attempt in self:
            attempt.check_access("write")
            if attempt.state != "running":
                raise UserError(self.env._("This attempt has been submitted already."))
        # Safe: the attempt is the caller's partner's; its state has no other way in.
        self.sudo().write({"state": "submitted"})
        return True

    def action_open_assessment(self):
        self.ensure_one()
        self.check_access("read")
        wizard = self.env["program.lab.assessment"].create(
            {
                "attempt_id": self.id,
                "line_ids": [
                    Command.create({"line_id": line.id, "points": line.points})
                    for line in self.line_ids
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assess"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _assess(self, points):
        """Score the steps and pass or fail.

        :param points: {line id: points reached}
        :raise UserError: more points than a step has, or not submitted
        """
        self.ensure_one()
        self.check_access("read")
        if obstacle := self._obstacle():
            raise AccessError(obstacle)
        # Safe: who may assess has been checked just above; nobody writes scores otherwise.
        attempt = self.sudo()
        if attempt.state != "submitted":
            raise UserError(self.env._("This attempt has not been submitted, or is assessed."))
        lines = attempt.line_ids
        reached = [points.get(line.id, 0) for line in lines]
        try:
            score = engine.lab_score(reached, lines.mapped("most"))
        except ValueError as error:
            raise UserError(
                self.env._("A step gives no more points than it has, and none below 0.")
            ) from error
        for line, count in zip(lines, reached, strict=True):
            line.points = count
        passed = score >= attempt.pass_percent
        attempt.write(
            {
                "score": float(score),
                "state": "passed" if passed else "failed",
                "assessor_id": self.env.uid,
                "assessed_on": fields.Date.context_today(self),
            }
        )
        if passed:
            attempt._passed()

    def _passed(self):
        """What passing makes: the certificate, and the steps of tracks that ask for this lab."""
        # A partner's own lab from before that was refused certifies nobody either.
        if self.lab_id.kind_id and self.lab_id.program_node_id.is_root:
            self.certification_id = self.env["program.certification"].create(
                {
                    "program_node_id": self.program_node_id.id,
                    "person_id": self.person_id.id,
                    "kind_id": self.lab_id.kind_id.id,
                    "issuer_id": self.assessor_id.id,
                }
            )
        steps = self.env["program.enrolment.step"].search(
            [
                ("enrolment_id.person_id", "=", self.person_id.id),
                ("lab_id", "=", self.lab_id.id),
                ("done_on", "=", False),
            ]
        )
        steps.write({"done_on": self.assessed_on, "done_uid": self.assessor_id.id})
        self.program_node_id._onboarding_advance()


class ProgramLabAttemptLine(models.Model):
    _name = "program.lab.attempt.line"
    _description = "Step of an attempt"
    _order = "attempt_id, id"

    attempt_id = fields.Many2one(
        "program.lab.attempt", required=True, ondelete="cascade", index=True
    )
    step_id = fields.Many2one("program.lab.step", required=True, readonly=True, ondelete="restrict")
    name = fields.Char(readonly=True)
    most = fields.Integer(string="Of", readonly=True)
    points = fields.Integer(readonly=True)
    note = fields.Char(string="What was done")

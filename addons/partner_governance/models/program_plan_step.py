from odoo import api, fields, models
from odoo.exceptions import UserError


class ProgramPlanStep(models.Model):
    """One of the seven steps of the programme's plan, with its exit evidence (PG-071)."""

    _name = "program.plan.step"
    _description = "Step of the programme plan"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    program_node_id = fields.Many2one(
        "program.partner",
        string="Programme of",
        default=lambda self: self.env["program.partner"].sudo()._root(),
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one("res.users", string="Owner", ondelete="restrict", tracking=True)
    date_start = fields.Date(string="From", tracking=True)
    date_end = fields.Date(string="Until", tracking=True)
    exit_criterion = fields.Char(string="Done when", translate=True)
    evidence_note = fields.Text(string="Exit evidence")
    evidence_link = fields.Char(string="Link")
    state = fields.Selection(
        [("planned", "Planned"), ("running", "Running"), ("done", "Done")],
        default="planned",
        required=True,
        readonly=True,
        tracking=True,
    )
    done_on = fields.Date(readonly=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "This step exists already.")

    def action_start(self):
        # Safe: the plan is written by platform administrators alone; the state by its buttons.
        self.check_access("write")
        self.sudo().write({"state": "running"})
        return True

    def action_done(self):
        """:raise UserError: the exit evidence is missing, or an earlier step is not done"""
        for step in self:
            step.check_access("write")
            if not (step.evidence_note or step.evidence_link):
                raise UserError(
                    self.env._(
                        "“%(step)s” needs its exit evidence first: %(criterion)s.",
                        step=step.name,
                        criterion=step.exit_criterion or "",
                    )
                )
            before = self.search([("sequence", "<", step.sequence), ("state", "!=", "done")])
            if before - self:
                raise UserError(
                    self.env._(
                        "“%(step)s” follows on “%(before)s”, which is not done.",
                        step=step.name,
                        before=before[0].name,
                    )
                )
            # Safe: see action_start.
            step.sudo().write({"state": "done", "done_on": fields.Date.context_today(self)})
            self.env["governance.event"]._record(
                "plan_step_done", step, node=step.program_node_id, new=step.name
            )
        return True

    @api.model
    def _is_done(self, code):
        # Safe: whether a step of the programme is done.
        return bool(self.sudo().search_count([("code", "=", code), ("state", "=", "done")]))


class ProgramGateSubject(models.Model):
    """One of the five subjects that must be governed before scaled recruitment (X-08)."""

    _name = "program.gate.subject"
    _description = "Subject of the programme gate"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    criterion = fields.Char(string="Green when", translate=True)
    user_id = fields.Many2one("res.users", string="Owner", ondelete="restrict", tracking=True)
    evidence_note = fields.Text(string="Evidence")
    evidence_link = fields.Char(string="Link")
    review_on = fields.Date(
        string="Confirm again by", tracking=True, help="After that day it is red by itself."
    )
    confirmed_on = fields.Date(readonly=True, tracking=True)
    confirmed_uid = fields.Many2one(
        "res.users", string="Confirmed by", readonly=True, ondelete="restrict"
    )
    is_green = fields.Boolean(string="Green", compute="_compute_is_green")

    _code_uniq = models.Constraint("UNIQUE (code)", "This subject exists already.")

    @api.depends("confirmed_on", "review_on")
    def _compute_is_green(self):
        today = fields.Date.context_today(self)
        for subject in self:
            subject.is_green = bool(
                subject.confirmed_on and (not subject.review_on or subject.review_on >= today)
            )

    def action_confirm(self):
        for subject in self:
            subject.check_access("write")
            if not (subject.evidence_note or subject.evidence_link):
                raise UserError(
                    self.env._("“%(subject)s” needs evidence first.", subject=subject.name)
                )
            # Safe: the gate is written by platform administrators alone.
            subject.sudo().write(
                {
                    "confirmed_on": fields.Date.context_today(self),
                    "confirmed_uid": self.env.uid,
                }
            )
            self.env["governance.event"]._record("gate_subject_green", subject, new=subject.name)
        return True

    def action_withdraw(self):
        self.check_access("write")
        # Safe: as above.
        self.sudo().write({"confirmed_on": False, "confirmed_uid": False})
        return True

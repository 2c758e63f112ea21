from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError


class ProgramTrack(models.Model):
    """What a person in a role learns, step by step (PG-064)."""

    _name = "program.track"
    _description = "Learning track"
    _inherit = ["program.node.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    role = fields.Selection(
        [
            ("sales", "Sales"),
            ("delivery", "Delivery"),
            ("support", "Support"),
            ("manager", "Manager"),
        ],
        required=True,
    )
    active = fields.Boolean(default=True)
    program_node_id = fields.Many2one(readonly=True, required=True)
    program_published = fields.Boolean(string="Published to the branch")
    step_ids = fields.One2many("program.track.step", "track_id")


class ProgramTrackStep(models.Model):
    _name = "program.track.step"
    _description = "Step of a track"
    _order = "track_id, sequence, id"

    track_id = fields.Many2one("program.track", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    lab_id = fields.Many2one(
        "program.lab", ondelete="restrict", help="Done by passing this lab, and no other way."
    )
    link = fields.Char()


class ProgramEnrolment(models.Model):
    """A person on a track."""

    _name = "program.enrolment"
    _description = "Enrolment"
    _inherit = ["program.node.mixin"]
    _order = "id desc"

    track_id = fields.Many2one("program.track", required=True, index=True, ondelete="restrict")
    role = fields.Selection(related="track_id.role", store=True)
    program_node_id = fields.Many2one(readonly=True, required=True)
    person_id = fields.Many2one(
        "res.partner", string="Person", required=True, index=True, ondelete="restrict"
    )
    due_date = fields.Date()
    step_ids = fields.One2many("program.enrolment.step", "enrolment_id", string="Steps")
    percent = fields.Integer(string="Progress", compute="_compute_percent", store=True)
    next_step = fields.Char(compute="_compute_percent", store=True)

    _once = models.Constraint(
        "UNIQUE (track_id, person_id)", "This person is on this track already."
    )

    @api.depends("track_id", "person_id")
    def _compute_display_name(self):
        for each in self:
            each.display_name = f"{each.person_id.name}: {each.track_id.name}"

    @api.depends("step_ids.done_on")
    def _compute_percent(self):
        for each in self:
            left = each.step_ids.filtered(lambda step: not step.done_on)
            total = len(each.step_ids)
            each.percent = 100 * (total - len(left)) // total if total else 0
            each.next_step = left[:1].name or False

    @api.constrains("person_id", "program_node_id")
    def _check_person(self):
        for each in self.sudo():
            if each.person_id.program_node_id != each.program_node_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work for %(node)s.",
                        person=each.person_id.name,
                        node=each.program_node_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        enrolments = super().create(vals_list)
        for each in enrolments:
            # Safe: the enrolment's own steps, from the track that the caller chose.
            each.sudo().step_ids = [
                Command.create({"step_id": step.id}) for step in each.track_id.sudo().step_ids
            ]
        return enrolments


class ProgramEnrolmentStep(models.Model):
    _name = "program.enrolment.step"
    _description = "Step of an enrolment"
    _order = "enrolment_id, sequence, id"

    enrolment_id = fields.Many2one(
        "program.enrolment", required=True, ondelete="cascade", index=True
    )
    step_id = fields.Many2one(
        "program.track.step", required=True, readonly=True, ondelete="restrict"
    )
    name = fields.Char(related="step_id.name")
    link = fields.Char(related="step_id.link")
    sequence = fields.Integer(related="step_id.sequence", store=True)
    lab_id = fields.Many2one(related="step_id.lab_id", store=True, index=True)
    done_on = fields.Date(readonly=True)
    done_uid = fields.Many2one("res.users", string="Seen by", readonly=True, ondelete="restrict")

    def action_done(self):
        for step in self:
            step.check_access("write")
            if step.lab_id:
                raise UserError(
                    self.env._(
                        "“%(step)s” is done by passing the lab “%(lab)s”.",
                        step=step.name,
                        lab=step.lab_id.name,
                    )
                )
        # Safe: a step of the caller's own partner that no lab decides.
        self.sudo().write({"done_on": fields.Date.context_today(self), "done_uid": self.env.uid})
        return True

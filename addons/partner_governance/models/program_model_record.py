from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ProgramModelRecord(models.Model):
    """What a partner has brought for a demand of its model: evidence, its days, who accepted it."""

    _name = "program.model.record"
    _description = "Record of a commercial model"
    _inherit = ["mail.thread", "program.node.mixin"]
    _order = "program_node_id, requirement_id, date_from desc, id desc"
    _mail_post_access = "read"

    program_node_id = fields.Many2one(required=True)
    requirement_id = fields.Many2one(
        "program.model.requirement", string="Demand", required=True, ondelete="restrict", index=True
    )
    description = fields.Text(related="requirement_id.description")
    summary = fields.Text(
        string="What was agreed", help="In a few sentences, or name the document that says it."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Evidence", help="The document itself."
    )
    date_from = fields.Date(
        string="Holds from", required=True, default=fields.Date.context_today, tracking=True
    )
    date_until = fields.Date(
        string="Until", help="First day on which it no longer holds.", tracking=True
    )
    state = fields.Selection(
        [
            ("draft", "In preparation"),
            ("submitted", "Waiting for acceptance"),
            ("accepted", "Accepted"),
            ("returned", "Sent back"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    accepted_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    accepted_on = fields.Date(readonly=True, copy=False)
    can_accept = fields.Boolean(compute="_compute_can_accept")

    _dates = models.Constraint(
        "CHECK (date_until IS NULL OR date_until > date_from)",
        "It has to hold for one day at least.",
    )

    @api.depends("requirement_id", "program_node_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = record.requirement_id.name

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_accept(self):
        for record in self:
            record.can_accept = record.state == "submitted" and not record._obstacle()

    def _obstacle(self):
        """Why the caller cannot accept it: a manager of the upline or of the platform does, and
        never the person who submitted it."""
        self.ensure_one()
        # Safe: compares the caller with the record's own upline.
        own, user = self.sudo(), self.env.user.sudo()
        if own.submitted_by_id == user:
            return self.env._("You submitted it, so somebody else accepts it.")
        scope = self.env["program.isolation"]._scope_of_person()
        upline = scope.kind == "staff" and scope.node_id == own.program_node_id.upline_id.id
        manager = user.has_group("partner_governance.group_partner_manager")
        if scope.kind == "system" or (manager and (upline or scope.kind == "platform")):
            return ""
        return self.env._("It is accepted by a manager of the upline or of the platform.")

    # `attachment_ids` does, and another content of it starts the record again.
    _files_are_named = True

    def _files_fixed(self):
        """Those whose files stay as they are: `ir.attachment` asks."""
        return self.filtered(lambda each: each.state in ("submitted", "accepted"))

    def write(self, vals):
        """What was accepted stays as it is: a change starts again."""
        content = {"summary", "attachment_ids", "requirement_id", "date_from", "date_until"}
        settled = self._files_fixed()
        if content & vals.keys() and settled:
            # Safe: takes an acceptance back, which was given for other words.
            settled.sudo()._set_state("draft", accepted_by_id=False, accepted_on=False)
        return super().write(vals)

    def action_submit(self):
        for record in self:
            record.check_access("write")
            if not record.summary and not record.attachment_ids:
                raise UserError(
                    self.env._(
                        "Say what was agreed, or attach the document, for “%(what)s”.",
                        what=record.display_name,
                    )
                )
            if record.state not in ("draft", "returned"):
                raise UserError(self.env._("It has been submitted already."))
            # Safe: the caller may write the record; its state has no other way in.
            record.sudo()._set_state("submitted", submitted_by_id=self.env.uid)

    def action_accept(self):
        for record in self:
            record._check_answer()
            # Safe: checked just above.
            record.sudo()._set_state(
                "accepted",
                accepted_by_id=self.env.uid,
                accepted_on=fields.Date.context_today(record),
            )

    def action_return(self):
        for record in self:
            record._check_answer()
            # Safe: checked just above.
            record.sudo()._set_state("returned")

    def _check_answer(self):
        self.check_access("read")
        if self.state != "submitted":
            raise UserError(self.env._("“%(what)s” was not submitted.", what=self.display_name))
        if obstacle := self._obstacle():
            raise AccessError(obstacle)

    def _set_state(self, state, **values):
        for record in self:
            old = record.state
            record._store({"state": state, **values})
            self.env["governance.event"]._record(
                "model_record", record, node=record.program_node_id, old=old, new=state
            )

    def _store(self, values):
        """Write past the rule that a change starts again."""
        return super().write(values)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _files_of(self, targets=()):
        """A record of a model names its evidence, wherever it was uploaded."""
        found = super()._files_of(targets)
        Record = self.env["program.model.record"]
        if self:
            # Safe: only the names of the documents are looked at.
            naming = Record.sudo().search([("attachment_ids", "in", self.ids)])
            found[Record._name].update(naming.ids)
        return found

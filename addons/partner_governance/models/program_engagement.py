from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class ProgramEngagement(models.Model):
    """A dated right of one partner to work on another's deal, project or tenant; never prices."""

    _name = "program.engagement"
    _description = "Engagement"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"

    name = fields.Char(compute="_compute_name", store=True)
    owner_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user.sudo().program_partner_id,
    )
    partner_id = fields.Many2one(
        "program.partner", string="Engaged partner", required=True, index=True, ondelete="restrict"
    )
    role = fields.Selection(
        [
            ("delivery", "Delivery partner"),
            ("second_line", "Second line support"),
            ("subcontractor", "Subcontractor"),
        ],
        required=True,
        default="delivery",
    )
    state = fields.Selection(
        [
            ("offered", "Offered"),
            ("running", "Running"),
            ("ended", "Ended"),
            ("refused", "Refused"),
        ],
        default="offered",
        required=True,
        index=True,
        tracking=True,
        copy=False,
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_until = fields.Date(string="Ends on", help="First day on which it no longer holds.")
    may_write = fields.Boolean(string="May work on it", default=True)
    deal_id = fields.Many2one("program.deal", index=True, ondelete="restrict")
    project_id = fields.Many2one("project.project", index=True, ondelete="restrict")
    brand_id = fields.Many2one("program.brand", string="Acts under the brand", ondelete="restrict")

    _parties_differ = models.Constraint(
        "CHECK (owner_id <> partner_id)", "A partner needs no engagement with itself."
    )

    @api.depends("owner_id", "partner_id", "role")
    def _compute_name(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for engagement in self:
            engagement.name = f"{engagement.partner_id.name}: {roles.get(engagement.role, '')}"

    @api.constrains("deal_id", "project_id")
    def _check_subject(self):
        for engagement in self:
            if not any(engagement[name] for name in self._subject_fields()):
                raise ValidationError(
                    self.env._("Say what the engagement is about: a deal, a project or a tenant.")
                )

    @api.model
    def _subject_fields(self):
        """Fields that name what the engagement is about; upper addons add theirs."""
        return ["deal_id", "project_id"]

    @api.model
    def _offer(self, code, values):
        """Offer an engagement to the partner that goes by ``code``.

        The owner cannot look partners up, so the engaged one is named by its code.

        :raise UserError: when no partner goes by that code
        """
        # Safe: a code is told by the partner that it names; nothing but its node is used.
        partner = self.env["program.partner"].sudo().search([("code", "=", code.strip().upper())])
        if not partner:
            raise UserError(
                self.env._(
                    "No partner goes by the code “%(code)s”. Ask the partner for its code, it "
                    "stands on its page in the tree of partners.",
                    code=code,
                )
            )
        if not self.env.user.has_group("partner_governance.group_partner_manager"):
            raise AccessError(self.env._("Partners are engaged by managers."))
        owner = self.env["program.isolation"]._scope().node_id
        subject = self.new({**values, "owner_id": owner})
        for name in self._subject_fields():
            if subject[name]._origin.program_node_id.id not in (owner, False):
                raise UserError(self.env._("Only its owner can engage somebody for it."))
        # Safe: the subject is the caller's own, and the caller may create engagements.
        return self.sudo().create({**values, "owner_id": owner, "partner_id": partner.id})

    def action_accept(self):
        self._check_answer()
        self._set_state("running")

    def action_refuse(self):
        self._check_answer()
        self._set_state("refused")

    def action_end(self):
        """Either side ends it at once."""
        for engagement in self:
            if engagement.state not in ("offered", "running"):
                raise UserError(self.env._("This engagement is over already."))
            self._check_party(engagement.owner_id | engagement.partner_id)
        self._set_state("ended")

    def _check_answer(self):
        for engagement in self:
            if engagement.state != "offered":
                raise UserError(self.env._("This engagement has been answered already."))
            self._check_party(engagement.partner_id)

    @api.model
    def _check_party(self, parties):
        """:raise UserError: the caller works for none of ``parties``, or is no manager"""
        if self.env.su:
            return
        node = self.env["program.isolation"]._scope().node_id
        if node not in parties.ids:
            raise UserError(
                self.env._(
                    "Only %(partner)s can answer this engagement.",
                    partner=" / ".join(parties.sudo().mapped("name")),
                )
            )
        if not self.env.user.has_group("partner_governance.group_partner_manager"):
            raise AccessError(self.env._("Engagements are answered by managers."))

    def _set_state(self, state):
        # Safe: who may set it has been checked; the state has no other way in.
        self.sudo().write({"state": state})
        for engagement in self.sudo():
            self.env["governance.event"]._record(
                "engagement",
                engagement,
                node=engagement.owner_id,
                new=state,
            )

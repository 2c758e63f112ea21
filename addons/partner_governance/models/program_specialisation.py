from odoo import api, fields, models
from odoo.exceptions import UserError

MONTHS = 24


class ProgramSpecialisation(models.Model):
    """A trade that a partner knows, with evidence, confirmed by its upline or the platform, for
    two years at a time."""

    _name = "program.specialisation"
    _description = "Specialisation"
    _inherit = ["mail.thread", "program.node.mixin"]
    _order = "date_until desc, id desc"
    _rec_name = "vertical_id"
    _mail_post_access = "read"

    vertical_id = fields.Many2one("program.vertical", required=True, ondelete="restrict")
    evidence = fields.Text(
        required=True, help="Projects, references, people. Attach documents below."
    )
    state = fields.Selection(
        [("proposed", "Proposed"), ("confirmed", "Confirmed"), ("withdrawn", "Withdrawn")],
        default="proposed",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
        index=True,
    )
    date_from = fields.Date(string="From", readonly=True, copy=False)
    date_until = fields.Date(
        string="Until", readonly=True, copy=False, help="The first day it holds no more."
    )
    confirmed_by_id = fields.Many2one(
        "res.users", string="Confirmed by", readonly=True, copy=False, ondelete="restrict"
    )
    may_confirm = fields.Boolean(compute="_compute_may_confirm")

    _vertical_once = models.UniqueIndex(
        "(program_node_id, vertical_id) WHERE state != 'withdrawn'",
        "This partner has this specialisation already: renew or withdraw it.",
    )

    @api.depends("state", "program_node_id")
    @api.depends_context("uid")
    def _compute_may_confirm(self):
        scope = self.env["program.isolation"]._scope()
        manager = self.env.user.has_group("partner_governance.group_partner_manager")
        for record in self:
            # Safe: whether the reader stands above the partner, which both know.
            above = (record.sudo().program_node_id.parent_path or "").strip("/").split("/")[:-1]
            record.may_confirm = scope.kind == "system" or (
                manager
                and (
                    scope.kind == "platform"
                    or (scope.kind == "staff" and str(scope.node_id) in above)
                )
            )

    def write(self, vals):
        if "evidence" in vals or "vertical_id" in vals:
            confirmed = self.filtered(lambda each: each.state == "confirmed")
            if confirmed and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(what)s is confirmed: withdraw it before you change what it says.",
                        what=confirmed[0].vertical_id.name,
                    )
                )
        return super().write(vals)

    def action_confirm(self):
        """Confirm for two years; confirmed already, for two years from today again."""
        today = fields.Date.context_today(self)
        for record in self:
            if not record.may_confirm:
                raise UserError(
                    self.env._("A manager of the upline or the platform confirms this.")
                )
            old = record.state
            # Safe: whoever confirms stands above the partner, checked just above.
            record.sudo().write(
                {
                    "state": "confirmed",
                    "date_from": record.date_from or today,
                    "date_until": fields.Date.add(today, months=MONTHS),
                    "confirmed_by_id": self.env.uid,
                }
            )
            record._tell("specialisation_confirmed", old)

    def action_withdraw(self):
        for record in self:
            record.check_access("read")
            own = self.env["program.isolation"]._is_of_own_node(record, "program_node_id")
            if not (record.may_confirm or own):
                raise UserError(self.env._("The partner itself or its upline withdraws this."))
            old = record.state
            # Safe: the partner's own, or of somebody above it, checked just above.
            record.sudo().write(
                {"state": "withdrawn", "date_until": fields.Date.context_today(record)}
            )
            record._tell("specialisation_withdrawn", old)

    def _tell(self, kind, old):
        self.env["governance.event"]._record(
            kind, self, node=self.sudo().program_node_id, old=old, new=self.state
        )

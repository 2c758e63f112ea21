from odoo import api, fields, models
from odoo.exceptions import UserError


class GovernanceCouncilSeat(models.Model):
    """One attendee of a council, with the copy of the pack that is theirs to read. A partner
    reads its own seats, never the meeting of all."""

    _name = "governance.council.seat"
    _description = "Seat on the council"
    _inherit = ["program.node.mixin"]
    _order = "quarter desc, id desc"

    council_id = fields.Many2one(
        "governance.council", required=True, readonly=True, ondelete="cascade", index=True
    )
    quarter = fields.Date(related="council_id.quarter", store=True, index=True)
    name = fields.Char(related="council_id.display_name", string="Meeting")
    meeting_date = fields.Date(related="council_id.meeting_date")
    state = fields.Selection(related="council_id.state", store=True)
    user_id = fields.Many2one("res.users", string="Member", required=True, ondelete="restrict")
    attended = fields.Boolean()
    pack = fields.Json(string="Frozen figures", readonly=True, copy=False)
    pack_html = fields.Html(string="Your copy", compute="_compute_pack_html", sanitize=False)
    minutes = fields.Html(readonly=True, copy=False)

    _once = models.UniqueIndex("(council_id, user_id)", "This member has a seat already.")

    @api.ondelete(at_uninstall=False)
    def _unlink_while_proposed(self):
        for seat in self:
            if seat.state != "proposed":
                raise UserError(
                    self.env._(
                        "%(meeting)s has started: the seat of %(member)s stays with its copy of "
                        "the pack.",
                        meeting=seat.display_name,
                        member=seat.user_id.name,
                    )
                )

    def _files_fixed(self):
        """Those whose files stay as they are: `ir.attachment` asks."""
        return self.filtered(lambda each: each.state != "proposed")

    @api.depends("council_id")
    def _compute_display_name(self):
        for seat in self:
            # Safe: which meeting the reader's own seat is at.
            seat.display_name = seat.sudo().council_id.display_name

    @api.depends("pack")
    def _compute_pack_html(self):
        for seat in self:
            seat.pack_html = self.env["governance.council"]._render_pack(seat.pack)

    def action_pdf(self):
        return self.env.ref("partner_governance.council_seat_report").report_action(self)

    def action_xlsx(self):
        return self.env["governance.council"]._download(self)

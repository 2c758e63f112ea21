from odoo import api, fields, models


class BillingSendingMixin(models.AbstractModel):
    """What leaves by mail under a seller's name, by the outbox: where it stands, to whom it
    went, what keeps it. Models that inherit it name their kinds in `_outbox_kinds`."""

    _name = "billing.sending.mixin"
    _description = "Sent by mail under its seller's name"
    _outbox_kinds = ()

    send_state = fields.Selection(
        [
            ("no", "Not sent"),
            ("queued", "On its way"),
            ("sent", "Sent"),
            ("failed", "Could not be sent"),
            ("nothing", "Nothing to send"),
        ],
        string="Sending",
        default="no",
        required=True,
        index=True,
        readonly=True,
        copy=False,
    )
    sent_on = fields.Date(readonly=True, copy=False, help="The day on which it first left.")
    # Both parties read the record: these are read by nobody, and shown below to its seller.
    sent_to = fields.Char(groups=fields.NO_ACCESS, readonly=True, copy=False)
    send_error = fields.Char(groups=fields.NO_ACCESS, readonly=True, copy=False)
    sent_address = fields.Char(string="Address", compute="_compute_sending")
    send_problem = fields.Char(string="Why not sent", compute="_compute_sending")

    @api.depends("sent_to", "send_error")
    @api.depends_context("uid")
    def _compute_sending(self):
        for one in self:
            # Safe: of records alone that the reader sends.
            known = one.sudo() if one._is_sender() else self.sudo().browse()
            one.sent_address = known.sent_to
            one.send_problem = known.send_error

    def _is_sender(self):
        """Whether the reader sends it, and so reads where to and what keeps it."""
        raise NotImplementedError

    def _outbox_failed(self, kind, error, is_given_up):
        """Called by the outbox after a try that failed: it is seen on the record itself."""
        if kind in self._outbox_kinds:
            self.send_error = error
            if is_given_up:
                self.send_state = "failed"


class ProgramOutbox(models.Model):
    _inherit = "program.outbox"

    def _send(self):
        """What could not be carried out says so on its record, while it is tried again and
        after."""
        done = super()._send()
        if not done and self.res_model in self.env:
            record = self.env[self.res_model].browse(self.res_id).exists()
            if hasattr(record, "_outbox_failed"):
                record._outbox_failed(self.kind, self.error, self.state == "failed")
        return done

from datetime import timedelta

from odoo import fields, models

from ..models.labels import JUDGED


class CsOverride(models.TransientModel):
    """Asks for what an override needs: a band, a reason and an end."""

    _name = "cs.override"
    _description = "Override the health of a customer"

    account_id = fields.Many2one("cs.account", string="Customer", required=True, ondelete="cascade")
    computed_band = fields.Selection(related="account_id.computed_band")
    band = fields.Selection(JUDGED, required=True)
    reason = fields.Char(required=True)
    until = fields.Date(
        string="Ends on",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=30),
    )

    def action_apply(self):
        self.ensure_one()
        self.account_id._override(self.band, self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}

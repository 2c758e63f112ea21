from datetime import timedelta

from odoo import fields, models


class BillingGoLive(models.TransientModel):
    """The day from which a seller in shadow is billed."""

    _name = "billing.go.live"
    _description = "Go live"

    seller_id = fields.Many2one("program.partner", required=True, ondelete="cascade")
    day = fields.Date(
        string="First day billed here",
        required=True,
        default=lambda self: self._default_day(),
        help="The earlier system bills what lies before it, and what it charged in advance stays "
        "charged.",
    )

    def _default_day(self):
        """The first of next month: where most periods begin."""
        today = self.env["billing.run"]._clock().date()
        return (today.replace(day=28) + timedelta(days=4)).replace(day=1)

    def action_go_live(self):
        self.seller_id.action_go_live(self.day)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

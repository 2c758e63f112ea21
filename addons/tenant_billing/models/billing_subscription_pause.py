from odoo import api, fields, models


class BillingSubscriptionPause(models.Model):
    """Days on which a subscription is paused. Charges stop from the first of them and go on
    with the day after the last, but for what its price says is charged on."""

    _name = "billing.subscription.pause"
    _description = "Pause of a subscription"
    _order = "subscription_id, date_from, id"

    subscription_id = fields.Many2one(
        "billing.subscription", required=True, index=True, ondelete="restrict", readonly=True
    )
    program_node_id = fields.Many2one(
        related="subscription_id.program_node_id", store=True, index=True
    )
    date_from = fields.Date(string="Paused from", required=True, readonly=True)
    date_until = fields.Date(
        string="Resumed on", readonly=True, help="First day that is served again; empty: open."
    )
    reason = fields.Char(readonly=True)
    state = fields.Selection(
        [("planned", "Planned"), ("running", "Paused"), ("over", "Over")],
        default="planned",
        required=True,
        index=True,
        readonly=True,
    )

    _days = models.Constraint(
        "CHECK (date_until IS NULL OR date_until > date_from)", "A pause ends after it begins."
    )

    @api.depends("date_from", "date_until")
    def _compute_display_name(self):
        for pause in self:
            pause.display_name = f"{pause.date_from or ''} – {pause.date_until or ''}"

    def _state_on(self, day):
        """``planned``, ``running`` or ``over`` on a day."""
        self.ensure_one()
        if day < self.date_from:
            return "planned"
        return "over" if self.date_until and self.date_until <= day else "running"

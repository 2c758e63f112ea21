from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

LONGEST = timedelta(days=366)


class BlueprintDriftAccept(models.TransientModel):
    """An exception to a blueprint: why, whose, and until when."""

    _name = "blueprint.drift.accept"
    _description = "Accept drift"

    reason = fields.Char(required=True)
    owner_id = fields.Many2one(
        "res.users", string="Owner", required=True, default=lambda self: self.env.user,
        ondelete="cascade",
    )  # fmt: skip
    until = fields.Date(
        string="Last day",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=90),
    )

    def action_accept(self):
        """Accept the drift that the wizard was opened on.

        :raise UserError: the day lies in the past or more than a year ahead
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        if not today <= self.until <= today + LONGEST:
            raise UserError(
                self.env._("An exception ends on a day between today and a year from now.")
            )
        drifts = self.env["blueprint.drift"].browse(self.env.context.get("active_ids", []))
        drifts._accept(self.reason, self.owner_id, self.until)

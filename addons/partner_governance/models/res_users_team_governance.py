from odoo import api, models


class ResUsers(models.Model):
    """Whoever leaves hands over what it answers for in the registers and on projects."""

    _inherit = "res.users"

    @api.model
    def _program_work_fields(self):
        running = [("state", "in", ("draft", "asked", "approved"))]
        changing = [("state", "in", ("draft", "asked", "approved", "started"))]
        return [
            *super()._program_work_fields(),
            ("governance.risk", "owner_id", [("state", "=", "open")]),
            ("governance.exception", "owner_id", running),
            ("governance.change.request", "owner_id", changing),
            ("governance.connector", "owner_id", []),
            ("governance.continuity.plan", "owner_id", []),
            ("governance.communication.plan", "owner_id", []),
            ("governance.staffing", "user_id", []),
            ("governance.staffing", "deputy_id", []),
            (
                "program.onboarding.item",
                "user_id",
                [("state", "in", ("open", "submitted", "refused"))],
            ),
        ]

    def _program_hand_over(self, name, records, heir):
        """Nobody stands in for oneself: a seat whose other place is the heir's has one person."""
        if records._name == "governance.staffing":
            doubled = records.filtered(lambda seat: heir in (seat.user_id, seat.deputy_id))
            doubled.deputy_id = False
            if name == "deputy_id":
                records -= doubled
        return super()._program_hand_over(name, records, heir)

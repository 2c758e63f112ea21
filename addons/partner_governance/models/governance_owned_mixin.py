from odoo import api, fields, models

from ..engine import expiry as engine


class GovernanceOwnedMixin(models.AbstractModel):
    """Something that a person answers for and looks at again by a day."""

    _name = "governance.owned.mixin"
    _description = "Owned and reviewed"

    owner_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    review_date = fields.Date(string="Next review", index=True)
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    @api.depends("review_date")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for record in self:
            record.is_overdue = engine.is_overdue(record.review_date or None, today)

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return [("review_date", "<", fields.Date.context_today(self))]

from odoo import api, fields, models


class GovernanceChangeCost(models.Model):
    """What a change costs or brings, for those who see prices only: money stands apart from the
    operational request (DESIGN 4.1)."""

    _name = "governance.change.cost"
    _description = "Impact of a change on cost"
    _order = "id"

    change_id = fields.Many2one(
        "governance.change.request", required=True, index=True, ondelete="cascade"
    )
    program_node_id = fields.Many2one(
        related="change_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    name = fields.Char(required=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(required=True, help="Negative where money is saved.")

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        costs._reopen()
        return costs

    def write(self, vals):
        done = super().write(vals)
        self._reopen()
        return done

    def unlink(self):
        self._reopen()
        return super().unlink()

    def _reopen(self):
        """Another amount than the signed one is signed anew."""
        for change in self.change_id:
            if change.state not in ("draft", "refused"):
                change._reopen(["cost_ids"])

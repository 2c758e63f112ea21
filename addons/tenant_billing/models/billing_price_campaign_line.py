from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingPriceCampaignLine(models.Model):
    """One price that changes."""

    _name = "billing.price.campaign.line"
    _description = "New price"
    _inherit = ["billing.price.mixin", "billing.draft.line.mixin"]
    _order = "campaign_id, code"
    _rec_name = "code"

    campaign_id = fields.Many2one(
        "billing.price.campaign", required=True, index=True, ondelete="cascade"
    )
    seller_id = fields.Many2one(related="campaign_id.seller_id", store=True, index=True)
    code = fields.Char(string="Component", required=True)
    current = fields.Char(string="Today", compute="_compute_current")

    _code_uniq = models.Constraint("UNIQUE (campaign_id, code)", "This price is in it already.")

    @api.depends("code", "campaign_id.book_id", "campaign_id.first_day")
    def _compute_current(self):
        for line in self:
            campaign = line.campaign_id
            price = campaign.book_id._price_of(line.code, campaign.first_day)
            shown = f"{price.amount:g}" if not price.tiers else (price.tiers_text or "")
            line.current = shown if price else ""

    @api.constrains("code")
    def _check_code(self):
        self._refuse_per_user(self.mapped("code"))

    def _check_draft(self):
        self.campaign_id._check_own()
        if not self.env.su and any(one.state != "draft" for one in self.campaign_id):
            raise UserError(
                self.env._("Your buyers know it. Withdraw it, and announce another one.")
            )

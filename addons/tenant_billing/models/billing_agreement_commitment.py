from odoo import api, fields, models


class BillingAgreement(models.Model):
    """How far a partner is with what it has committed itself to, for both parties."""

    _inherit = "billing.agreement"

    commitment = fields.Monetary(
        string="Minimum a period", compute="_compute_commitment", help="As agreed at the start."
    )
    commitment_reached = fields.Monetary(
        string="Charged so far",
        compute="_compute_reached",
        help="What the partner's tenants were charged in the running period.",
    )
    commitment_percent = fields.Float(string="Reached", compute="_compute_reached")

    @api.depends("line_ids.portfolio", "line_ids.subtotal", "state")
    def _compute_commitment(self):
        for agreement in self:
            lines = agreement.line_ids.filtered(lambda line: line.portfolio == "commitment")
            agreement.commitment = sum(lines.mapped("subtotal"))

    @api.depends("state")
    def _compute_reached(self):
        self.commitment_reached = self.commitment_percent = 0
        running = self.filtered(lambda one: one.state == "running" and one.commitment)
        for agreement in running:
            one = agreement.subscription_id
            today = max(one._today(), one.start_date)
            period = one._calendar().period_at(today)
            reached = self.env["billing.charge"]._read_group(
                [
                    ("seller_id", "=", agreement.seller_id.id),
                    ("buyer_id", "=", agreement.buyer_id.id),
                    ("currency_id", "=", agreement.currency_id.id),
                    ("tenant_id", "!=", False),
                    ("due", ">=", period.start),
                    ("due", "<", period.end),
                ],
                [],
                ["amount:sum"],
            )[0][0]
            agreement.commitment_reached = reached
            agreement.commitment_percent = 100 * (reached or 0) / agreement.commitment

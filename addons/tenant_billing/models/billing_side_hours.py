from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class BillingSideHours(models.Model):
    """Hours that an engaged partner worked; paid once the payer has accepted them."""

    _name = "billing.side.hours"
    _description = "Hours of an engagement"
    _order = "day desc, id desc"
    _rec_name = "note"

    terms_id = fields.Many2one(
        "billing.side.terms",
        string="Engagement",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('kind', '=', 'hours')]",
    )
    seller_id = fields.Many2one(related="terms_id.seller_id", store=True, index=True)
    buyer_id = fields.Many2one(related="terms_id.buyer_id", store=True, index=True)
    day = fields.Date(required=True, default=fields.Date.context_today)
    hours = fields.Float(required=True, digits=(16, 2))
    note = fields.Char(string="Work done", required=True)
    state = fields.Selection(
        [("reported", "Reported"), ("accepted", "Accepted"), ("refused", "Refused")],
        required=True,
        default="reported",
        index=True,
        readonly=True,
        copy=False,
    )
    is_payer = fields.Boolean(compute="_compute_is_payer")

    _hours = models.Constraint("CHECK (hours > 0 AND hours < 1000)", "Hours are more than 0.")

    @api.depends("buyer_id")
    @api.depends_context("uid")
    def _compute_is_payer(self):
        scope = self.env["program.isolation"]._scope()
        for row in self:
            row.is_payer = row.buyer_id.id == scope.node_id

    @api.constrains("terms_id", "day")
    def _check_day(self):
        # Safe: the days of the very engagement that the row is of.
        for row in self.sudo():
            engagement = row.terms_id.engagement_id
            if row.terms_id.kind != "hours":
                raise ValidationError(
                    self.env._(
                        "%(engagement)s is not paid by the hour.",
                        engagement=engagement.display_name,
                    )
                )
            until = engagement.date_until
            if row.day < engagement.date_from or (until and row.day >= until):
                raise ValidationError(
                    self.env._(
                        "%(day)s is not within the days of %(engagement)s: report hours of its "
                        "days alone.",
                        day=row.day,
                        engagement=engagement.display_name,
                    )
                )

    def _check_payable(self):
        """:raises UserError: hours of a day that no subscription of the tenant pays"""
        for row in self:
            # Safe: tells of the reader's own purchase alone whether it holds on that day.
            legs = row.sudo().terms_id.leg_ids
            if not any(
                leg.date_from <= row.day and not ((end := leg._side_end()) and end <= row.day)
                for leg in legs
            ):
                raise UserError(
                    self.env._(
                        "On %(day)s no subscription of the tenant ran for this engagement, so "
                        "these hours cannot be paid: refuse them.",
                        day=row.day,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_seller()
        return rows

    def write(self, vals):
        self._check_seller()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_reported(self):
        self._check_seller()

    def _check_seller(self):
        """Who worked reports; what was answered stays."""
        if self.env.su:
            return
        node_id = self.env["program.isolation"]._scope().node_id
        for row in self:
            if row.seller_id.id != node_id:
                raise AccessError(self.env._("Hours are reported by who worked them."))
            if row.state != "reported":
                raise UserError(self.env._("They were answered already: report others."))

    def action_accept(self):
        return self._answer("accepted")

    def action_refuse(self):
        return self._answer("refused")

    def _answer(self, state):
        for row in self:
            if not row.is_payer:
                raise AccessError(self.env._("Hours are accepted by who pays them."))
            if row.state != "reported":
                raise UserError(self.env._("They were answered already."))
        if not self.env.user.has_group("partner_governance.group_partner_manager"):
            raise AccessError(self.env._("Hours are accepted by managers."))
        if state == "accepted":
            self._check_payable()
        # Safe: checked above to be the payer's own; the state has no other way in.
        self.sudo().state = state
        return True

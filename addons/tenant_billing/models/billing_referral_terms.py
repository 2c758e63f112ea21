from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..adapters import commission as adapter
from ..engine.errors import BillingError
from ..exceptions import engine_message


class BillingCommissionMixin(models.AbstractModel):
    """What a referral partner earns: percent, cap and term (TB-030)."""

    _name = "billing.commission.mixin"
    _description = "Has terms of a commission"

    percent = fields.Float(string="Commission (%)", digits=(5, 2), help="Of what is paid, net.")
    stream_percents = fields.Text(
        string="Other percents",
        help="Of single streams: one stream=percent a line, e.g. setup=0 or support=5.",
    )
    cap = fields.Monetary(help="Most that is earned on one referral; 0: no cap.")
    term_months = fields.Integer(
        string="Term (months)", help="From the first day of the referral; 0: as long as it runs."
    )
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")

    _cap = models.Constraint(
        "CHECK (COALESCE(cap, 0) >= 0 AND COALESCE(term_months, 0) >= 0)",
        "Cap and term are 0 or more.",
    )

    @api.constrains("percent", "stream_percents")
    def _check_percents(self):
        for one in self:
            try:
                adapter.terms(one, fields.Date.today(), None)
            except BillingError as error:
                raise ValidationError(engine_message(self.env, error)) from error


class BillingReferralTerms(models.Model):
    """What a seller pays a referral partner for the customers that it brings from now on."""

    _name = "billing.referral.terms"
    _description = "Terms of referrals"
    _inherit = ["billing.commission.mixin"]
    _order = "seller_id, for_node_id"
    _rec_name = "for_node_id"

    seller_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["program.node.mixin"]._default_program_node(),
    )
    for_node_id = fields.Many2one(
        "program.partner",
        string="Referral partner",
        required=True,
        ondelete="restrict",
        domain="[('upline_id', '=', seller_id), ('model_code', '=', 'referral')]",
    )
    # Set from `for_node_id` by the server: isolation decides by it, so nobody sends it.
    payee_id = fields.Many2one(
        "program.partner", compute="_compute_payee_id", store=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(default=lambda self: self.env.company.currency_id)

    _uniq = models.Constraint(
        "UNIQUE (seller_id, for_node_id)", "Terms of this referral partner are known already."
    )

    @api.depends("for_node_id")
    def _compute_payee_id(self):
        for one in self:
            one.payee_id = one.for_node_id

    @api.constrains("seller_id", "for_node_id")
    def _check_payee(self):
        for one in self:
            # Safe: the tree above a partner that stands below the seller itself.
            payee = one.sudo().for_node_id
            seller = self.env["billing.subscription"].sudo()._contract_seller(payee)
            if payee.model_code != "referral" or seller != one.sudo().seller_id:
                raise ValidationError(
                    self.env._(
                        "%(payee)s is no referral partner that works for %(seller)s.",
                        payee=payee.name,
                        seller=one.sudo().seller_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        found._check_own()
        return found

    def write(self, vals):
        self._check_own()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_own(self):
        self._check_own()

    def _check_own(self):
        """The payee reads its terms; only the seller changes them."""
        if not self.env["program.isolation"]._is_of_own_node(self, "seller_id"):
            raise AccessError(self.env._("Only the seller changes what it pays."))

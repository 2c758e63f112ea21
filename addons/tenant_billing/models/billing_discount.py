from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class BillingDiscount(models.Model):
    """Percent off the prices of one contract, from a day until a day; never off a minimum."""

    _name = "billing.discount"
    _description = "Discount"
    _order = "leg_id, date_from, id"

    leg_id = fields.Many2one(
        "billing.leg", string="Contract", required=True, index=True, ondelete="restrict"
    )
    seller_id = fields.Many2one(related="leg_id.seller_id", store=True, index=True)
    buyer_id = fields.Many2one(related="leg_id.buyer_id", store=True, index=True)
    percent = fields.Float(digits=(5, 2), required=True)
    date_from = fields.Date(string="From", help="Empty: from the beginning.")
    date_until = fields.Date(string="Until", help="First day at the full price; empty: open.")
    codes = fields.Char(
        string="Components", help="Codes, with blanks between them; empty: all components."
    )
    reason = fields.Char()

    _percent = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)", "A discount is above 0 and at most 100 percent."
    )
    _days = models.Constraint(
        "CHECK (date_from IS NULL OR date_until IS NULL OR date_until > date_from)",
        "A discount ends after it begins.",
    )

    @api.depends("percent", "date_until")
    def _compute_display_name(self):
        for discount in self:
            discount.display_name = self.env._("%(percent)g %% off", percent=discount.percent)

    @api.constrains("codes", "leg_id")
    def _check_codes(self):
        for discount in self:
            known = discount.leg_id.subscription_id.plan_id.component_ids.mapped("code")
            for code in (discount.codes or "").split():
                if code not in known:
                    raise ValidationError(
                        self.env._("No component has the code “%(code)s”.", code=code)
                    )

    @api.model_create_multi
    def create(self, vals_list):
        discounts = super().create(vals_list)
        discounts._check_own()
        for discount in discounts:
            discount._trace("", discount._shown())
        return discounts

    def write(self, vals):
        self._check_own()
        if {"leg_id", "percent", "date_from", "codes"} & vals.keys():
            self._refuse_past()
        until = fields.Date.to_date(vals.get("date_until"))
        if until and until < fields.Date.context_today(self):
            self._refuse_past()
        before = {discount: discount._shown() for discount in self}
        done = super().write(vals)
        self._check_own()
        for discount in self:
            discount._trace(before[discount], discount._shown())
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_own(self):
        self._check_own()
        self._refuse_past()
        for discount in self:
            discount._trace(discount._shown(), "")

    def _refuse_past(self):
        """What a buyer was charged less stays so: a discount that began is ended, not changed."""
        today = fields.Date.context_today(self)
        begun = self.filtered(lambda one: not one.date_from or one.date_from < today)
        if begun and not self.env.su and begun.leg_id.charge_ids:
            raise ValidationError(
                self.env._(
                    "The contract was charged with this discount. End it from a day ahead, and "
                    "give another one."
                )
            )

    def _holds(self, code, day):
        """Whether it is off the price of a component on a day."""
        return (
            (not self.date_from or self.date_from <= day)
            and (not self.date_until or day < self.date_until)
            and (not self.codes or code in self.codes.split())
        )

    def _check_own(self):
        """The buyer reads it; only the seller gives and takes it."""
        if not self.env["program.isolation"]._is_of_own_node(self, "seller_id"):
            raise AccessError(self.env._("Only the seller of a contract gives a discount on it."))

    def _trace(self, old, new):
        # Safe: the seller is noted in the audit trail, shown to nobody here.
        self.env["governance.event"]._record(
            "billing.discount", self, self.sudo().seller_id, old, new, self.reason
        )

    def _shown(self):
        return (
            f"{self.percent:g}% {self.date_from or ''}…{self.date_until or ''} {self.codes or ''}"
        )

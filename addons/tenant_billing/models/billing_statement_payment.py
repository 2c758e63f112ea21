from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("none", "not reported"),
    ("open", "open"),
    ("part", "partly paid"),
    ("paid", "paid"),
]


class BillingStatement(models.Model):
    """Payment state of statements that a seller's own books collect: told by the seller, by hand
    or by file, or “not reported” (TRADE 1)."""

    _inherit = "billing.statement"

    reported_state = fields.Selection(
        STATES, string="Payment reported", default="none", required=True, readonly=True, copy=False
    )
    reported_amount = fields.Monetary(string="Paid so far", readonly=True, copy=False)
    # With tax where the books say so: what is left is theirs, not the statement's net less it.
    reported_total = fields.Monetary(string="Of", readonly=True, copy=False)
    reported_on = fields.Date(readonly=True, copy=False)
    reported_left = fields.Monetary(string="Left to pay", compute="_compute_reported_left")

    @api.depends("reported_state", "reported_amount", "reported_total", "amount_total")
    def _compute_reported_left(self):
        for one in self:
            told = one.reported_state in ("open", "part")
            whole = one.reported_total or one.amount_total
            one.reported_left = whole - one.reported_amount if told else 0

    @api.depends("reported_state")
    def _compute_invoice(self):
        done = super()._compute_invoice()
        labels = dict(self._fields["reported_state"]._description_selection(self.env))
        for statement in self.filtered(lambda one: one.route == "own"):
            statement.payment_state = labels[statement.reported_state]
        return done

    def _check_report(self):
        """:raises AccessError: but for finance of the seller, of issued statements of its own
        books; where it bills here, the payment itself says so"""
        self._check_seller()
        for one in self:
            if one.route != "own" or one.state != "issued":
                raise UserError(
                    self.env._(
                        "%(reference)s is not collected by your own books.",
                        reference=one.reference,
                    )
                )

    def _report(self, state, amount=None, day=None):
        self._check_report()
        today = self.env["billing.run"]._clock().date()
        whole = {"paid": 1, "open": 0}.get(state)
        for one in self:
            paid = one.amount_total * whole if amount is None and whole is not None else amount
            # Safe: checked above to be the seller's own statement.
            one.sudo().write(
                {
                    "reported_state": state,
                    "reported_amount": paid or 0,
                    "reported_total": one.amount_total,
                    "reported_on": day or today,
                }
            )

    def action_report_paid(self):
        self._report("paid")

    def action_report_open(self):
        self._report("open")

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..adapters.prices import decimal
from ..engine.holds import CREDIT, FIRST, OFF, PRICE, ZERO_TOTAL, Rules

COMMITMENT_DAYS = 5
RULE_FIELDS = {
    "hold_first": FIRST,
    "hold_off": OFF,
    "hold_zero": ZERO_TOTAL,
    "hold_credit": CREDIT,
    "hold_price": PRICE,
}


class BillingClosePolicy(models.Model):
    """How a seller closes its months: what is held, and when drafts are made, shown, posted and
    sent (TRADE 4). A seller has one from its first document on."""

    _name = "billing.close.policy"
    _description = "Month-end settings of a seller"
    _rec_name = "seller_id"

    seller_id = fields.Many2one(
        "program.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="seller_id.company_id.currency_id")
    hold_rules = fields.Boolean(
        string="Hold drafts by rule",
        default=True,
        help="Off: everything posts by itself, unless a buyer's order number is missing.",
    )
    hold_first = fields.Boolean(string="First invoice of a buyer", default=True)
    hold_off = fields.Boolean(string="Off last month", default=True)
    hold_zero = fields.Boolean(string="Zero", default=True)
    hold_credit = fields.Boolean(string="Credit", default=True)
    hold_price = fields.Boolean(string="Price changed", default=True)
    hold_percent = fields.Float(
        string="More than (%)", default=20, help="Off last month by more than this…"
    )
    hold_amount = fields.Monetary(
        string="and more than", default=200, help="…and by more than this: both must be passed."
    )
    cutoff_days = fields.Integer(
        string="Usage is waited for (days)",
        help="Days after the billing day on which drafts are made: usage reported until then is "
        "still on them.",
    )
    preview_open = fields.Boolean(
        string="Buyers see drafts",
        help="A draft that is not held is open to its buyer before it is posted.",
    )
    posting_days = fields.Integer(
        string="Posted after (days)", help="Days after the billing day; 0: on it."
    )
    sending_days = fields.Integer(
        string="Sent after (days)", help="Days after the billing day; 0: on it."
    )
    send_by_itself = fields.Boolean(
        string="Send by itself",
        help="On the sending day. Off: they leave when somebody closes the month or sends them.",
    )
    books_email = fields.Char(
        string="Own books: send to",
        help="Where statements go that your own books take over, with XLSX, JSON and UBL. Empty: "
        "to the buyers.",
    )
    complete_only = fields.Boolean(
        string="Complete invoices only",
        help="A buyer's invoice waits until none of its subscriptions is parked. Off: it goes out, "
        "and what was parked follows as a supplement.",
    )

    commitment_days = fields.Integer(
        string="Commitments wait (days)",
        default=COMMITMENT_DAYS,
        help="Days after the end of a period for which a partner's minimum commitment waits for "
        "tenants that are not billed yet. What is billed later is a difference.",
    )

    _commitment_days_bounds = models.Constraint(
        "CHECK (commitment_days BETWEEN 0 AND 60)", "A commitment waits for 0 to 60 days."
    )
    _seller_uniq = models.Constraint("UNIQUE (seller_id)", "A seller has one way to close.")
    _days = models.Constraint(
        "CHECK (cutoff_days BETWEEN 0 AND 60 AND posting_days BETWEEN 0 AND 60 "
        "AND sending_days BETWEEN 0 AND 60)",
        "Days are 0 to 60.",
    )
    _bounds = models.Constraint(
        "CHECK (hold_percent >= 0 AND hold_amount >= 0)", "The bounds must not be negative."
    )

    @api.model
    def _of(self, sellers):
        """``{seller: policy}``; one with the standard settings is made for who has none."""
        # Safe: settings of the sellers asked about, read and made by the system.
        own = self.sudo()
        found = own.search([("seller_id", "in", sellers.ids)])
        found |= own.create([{"seller_id": each.id} for each in sellers - found.seller_id])
        return {each.seller_id: each for each in found}

    @api.model
    def _commitment_days(self, sellers):
        """``{seller id: days}`` for which a commitment waits; without a policy the standard."""
        # Safe: a setting of the sellers whose contracts the caller works out.
        own = self.sudo().search_fetch([("seller_id", "in", sellers.ids)], ["commitment_days"])
        return {
            **dict.fromkeys(sellers.ids, COMMITMENT_DAYS),
            **{one.seller_id.id: one.commitment_days for one in own},
        }

    def _rules(self):
        """The engine's rules; none of them where the seller switched them off."""
        self.ensure_one()
        codes = {code for name, code in RULE_FIELDS.items() if self[name]}
        return Rules(
            codes=frozenset(codes if self.hold_rules else ()),
            percent=decimal(self.hold_percent),
            amount=decimal(self.hold_amount),
        )

    def _schedule(self, day):
        """Values of a draft billed on ``day``: when it is posted, and when it is sent."""
        self.ensure_one()
        return {
            "posting_day": day + timedelta(days=self.posting_days),
            "sending_day": self.send_by_itself and day + timedelta(days=self.sending_days),
        }

    @api.model
    def action_open_own(self):
        """The settings of the reader's own node."""
        scope = self.env["program.isolation"]._scope()
        node = self.env["program.partner"].browse(scope.node_id)
        if not node:
            raise AccessError(self.env._("You act for no partner, so there are no settings."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Month-end settings"),
            "res_model": self._name,
            "res_id": self._of(node)[node].id,
            "view_mode": "form",
        }

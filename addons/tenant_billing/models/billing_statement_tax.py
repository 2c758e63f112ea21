from odoo import api, fields, models

from ..adapters.prices import decimal
from ..engine.errors import BillingError
from ..engine.own_tax import Tax
from .billing_books_tax import CATEGORIES


class BillingStatement(models.Model):
    """The tax that a statement of own books states: by its seller's rules on the day on which it
    is issued; a later change of a rule changes no document (TRADE 1, TB-030)."""

    _inherit = "billing.statement"

    # Read by its documents alone: the rules are the seller's.
    own_tax_state = fields.Selection(
        [("none", "States no tax"), ("stated", "States a tax")],
        groups=fields.NO_ACCESS,
        copy=False,
        help="Empty: not issued, or no rule fits its buyer yet.",
    )
    own_tax_category = fields.Selection(CATEGORIES, groups=fields.NO_ACCESS, copy=False)
    own_tax_percent = fields.Float(digits=(6, 3), groups=fields.NO_ACCESS, copy=False)
    own_tax_reason = fields.Char(groups=fields.NO_ACCESS, copy=False)
    own_tax_remote = fields.Char(groups=fields.NO_ACCESS, copy=False)
    own_tax_id = fields.Many2one(
        "billing.books.tax",
        groups=fields.NO_ACCESS,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="The rule that said it.",
    )

    def _buyer_contact(self):
        return self.buyer_id.partner_id or self.customer_id.commercial_partner_id

    def _issue(self):
        done = super()._issue()
        self._freeze_taxes()
        return done

    def _freeze_taxes(self):
        """Keep what issued statements of own books state. Called as the system."""
        waiting = self.filtered(
            lambda one: one.route == "own" and one.state == "issued" and not one.own_tax_state
        )
        books = self.env["billing.books"].search([("seller_id", "in", waiting.seller_id.ids)])
        books = books.grouped("seller_id")
        # What is taken back before what takes it back.
        for one in waiting.sorted("id"):
            source = one.credit_of_id
            if source.own_tax_state:
                # What takes back a document states what that one stated.
                one.write({name: source[name] for name in _FROZEN})
                continue
            try:
                rule = books.get(one.seller_id, self.env["billing.books"])._tax_record(
                    one._buyer_contact()
                )
            except BillingError:
                # None fits its buyer yet: its electronic invoice waits for one, and says so.
                continue
            one.write(one._tax_values(rule))

    @api.model
    def _freeze_waiting(self, domain=()):
        """Keep what statements state that no rule had fitted. Called as the system."""
        self.search(
            [("route", "=", "own"), ("state", "=", "issued"), ("own_tax_state", "=", False),
             *domain]
        )._freeze_taxes()  # fmt: skip

    @api.model
    def _tax_values(self, rule):
        return {
            "own_tax_state": "stated" if rule else "none",
            "own_tax_category": rule.category,
            "own_tax_percent": rule.percent,
            "own_tax_reason": rule.reason,
            "own_tax_remote": rule.remote_name,
            "own_tax_id": rule.id,
        }

    def _own_tax(self):
        """The engine's tax that it states, None where it states none. Called as the system.

        :raises BillingError: where its seller states some, and none for this buyer
        """
        if not self.own_tax_state:
            # A draft, or no rule fitted when it was issued: says which one is missing. It is read
            # by downloads too, which keep nothing.
            books = self.env["billing.books"].search([("seller_id", "=", self.seller_id.id)])
            rule = books._tax_record(self._buyer_contact())
            return rule._tax() if rule else None
        if self.own_tax_state == "none":
            return None
        return self._frozen_tax()

    def _frozen_tax(self):
        percent, reason = decimal(self.own_tax_percent), self.own_tax_reason or ""
        return Tax(self.own_tax_category, percent, reason)

    def _own_tax_remote(self):
        """By which name the seller's own Odoo knows the tax: as the rule says now, where it
        still says the same tax, so that a wrong name can be put right."""
        rule = self.own_tax_id
        if rule and rule._tax() == self._frozen_tax():
            return rule.remote_name
        return self.own_tax_remote


_FROZEN = (
    "own_tax_state",
    "own_tax_category",
    "own_tax_percent",
    "own_tax_reason",
    "own_tax_remote",
    "own_tax_id",
)

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..adapters.prices import decimal
from ..engine.own_tax import WITH_REASON, Rule, Tax, problem

CATEGORIES = [
    ("S", "Standard rate"),
    ("Z", "Zero rated"),
    ("E", "Exempt"),
    ("AE", "Reverse charge"),
    ("K", "Supply inside the EU"),
    ("G", "Export"),
    ("O", "Not subject to tax"),
]
KINDS = {"any": None, "business": True, "private": False}


class BillingBooksTax(models.Model):
    """The tax that a seller with books of its own states for a kind of buyer: on its UBL, and
    by which name its own Odoo knows it (TRADE 1, TB-030)."""

    _name = "billing.books.tax"
    _description = "Tax of a seller's own books"
    _order = "books_id, country_id, buyer_kind, id"

    books_id = fields.Many2one("billing.books", required=True, index=True, ondelete="cascade")
    seller_id = fields.Many2one(
        related="books_id.seller_id", store=True, index=True, ondelete="restrict"
    )
    country_id = fields.Many2one("res.country", ondelete="restrict", help="Empty: all others.")
    buyer_kind = fields.Selection(
        [("any", "All"), ("business", "With a VAT number"), ("private", "Without one")],
        string="Buyers",
        default="any",
        required=True,
    )
    category = fields.Selection(CATEGORIES, default="S", required=True)
    percent = fields.Float(string="Rate (%)", digits=(6, 3))
    reason = fields.Char(string="Why no tax", help="Printed on the document.")
    remote_name = fields.Char(
        string="Tax in your Odoo", help="Its name there. Empty: your Odoo decides."
    )

    _buyer_uniq = models.UniqueIndex(
        "(books_id, country_id, buyer_kind) NULLS NOT DISTINCT",
        "These buyers have a tax already.",
    )

    @api.depends("category", "percent")
    def _compute_display_name(self):
        for one in self:
            one.display_name = self._name_of(one.category, one.percent)

    @api.model
    def _name_of(self, category, percent):
        labels = dict(self._fields["category"]._description_selection(self.env))
        return f"{labels.get(category, '')} {float(percent):g} %"

    @api.constrains("category", "percent", "reason")
    def _check_tax(self):
        texts = {
            "tax_category": self.env._("Choose a category of tax."),
            "tax_percent": self.env._(
                "The standard rate is above 0 and at most 100 %; other categories have none."
            ),
            "tax_reason": self.env._("Say why no tax is charged: it is printed on the document."),
        }
        for one in self:
            if found := problem(one._tax()):
                raise ValidationError(texts[found])

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._freeze_statements()
        return rules

    def write(self, vals):
        # What was issued keeps what the rules say until now; what none fitted takes the new one.
        self._freeze_statements()
        done = super().write(vals)
        self._freeze_statements()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_freeze(self):
        self._freeze_statements()

    def _freeze_statements(self):
        # Safe: the statements of the seller whose rules the caller may write.
        own = self.sudo()
        own.env["billing.statement"]._freeze_waiting([("seller_id", "in", own.seller_id.ids)])

    def _tax(self):
        reason = self.reason if self.category in WITH_REASON else ""
        return Tax(self.category, decimal(self.percent), reason or "")

    def _rules(self):
        """The engine's rules, each with its record: ``{Rule: record}``."""
        return {
            Rule(one.country_id.code or "", KINDS[one.buyer_kind], one._tax()): one for one in self
        }

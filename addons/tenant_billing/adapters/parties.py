"""What booking asks about sellers and buyers, once for each pair."""

from decimal import Decimal

from odoo.exceptions import UserError

from ..exceptions import message
from .prices import decimal

# Digits of the share of a price that is no tax.
_SHARE = Decimal(1).scaleb(-12)
_PROBE = 1_000_000


class Parties:
    """Answers kept for one batch."""

    def __init__(self, env):
        self.env = env
        self._taxes = {}
        self._rates = {}
        self._routes = {}
        self._today = env["billing.run"]._clock().date()

    def taxes(self, leg, day=None):
        """Ids of the seller's sales taxes for this buyer, by its fiscal position, inside or on
        top of the price as its book says (B-07); none where the seller keeps its own books on
        ``day`` (today by default)."""
        return self.sale_taxes(leg.seller_id, leg._contact(), leg.price_book_id.tax_included, day)

    def sale_taxes(self, seller, contact, included, day=None):
        """As `taxes`, before there is a leg. ``included``: the price has the tax inside."""
        company, route = seller.company_id, self.route(seller, day or self._today)
        key = (company.id, contact.id, included, route)
        if key not in self._taxes:
            self._taxes[key] = []
            if route == "here" and company.account_sale_tax_id:
                position = self.env["account.fiscal.position"].with_company(company)
                taxes = position._get_fiscal_position(contact).map_tax(company.account_sale_tax_id)
                self._taxes[key] = [self._twin(tax, included).id for tax in taxes]
        return self._taxes[key]

    def route(self, seller, day):
        """By which route the seller bills on ``day``."""
        key = (seller.id, day)
        if key not in self._routes:
            # Safe: whether books are kept here on a day; asked by quotes of the seller's people.
            self._routes[key] = seller.sudo()._billing_route_on(day)
        return self._routes[key]

    def _twin(self, tax, included):
        """The tax itself, or the same one that stands inside (on top of) the price."""
        if tax.price_include == included or not tax.amount:
            return tax
        found = tax.search(
            [
                *self.env["account.tax"]._check_company_domain(tax.company_id),
                ("type_tax_use", "=", tax.type_tax_use),
                ("amount_type", "=", tax.amount_type),
                ("amount", "=", tax.amount),
                ("country_id", "=", tax.country_id.id),
                ("price_include", "=", included),
            ],
            limit=1,
        )
        if not found:
            code = "tax_inside_missing" if included else "tax_on_top_missing"
            raise UserError(message(self.env, code, tax=tax.name, company=tax.company_id.name))
        return found

    def net(self, leg, amount, day=None):
        """``amount`` of a leg without the tax that stands inside its prices (B-07)."""
        return self.without_tax(self.taxes(leg, day), leg.currency_id, amount)

    def net_share(self, leg):
        """The share of the leg's prices that is no tax, 1 where it comes on top (B-07)."""
        if not leg.price_book_id.tax_included:
            return Decimal(1)
        return (decimal(self.net(leg, _PROBE)) / _PROBE).quantize(_SHARE)

    def without_tax(self, tax_ids, currency, amount):
        """``amount`` without those of the taxes that stand inside the price."""
        taxes = self.env["account.tax"].browse(tax_ids)
        if not any(tax.price_include for tax in taxes):
            return amount
        return taxes.compute_all(amount, currency)["total_excluded"]

    def company_amount(self, leg, amount, day):
        """``amount`` in the currency of the seller's company at the rate of ``day``.

        :raises UserError: where no rate is known yet
        """
        return leg.seller_id.company_id.currency_id.round(amount * self.rate(leg, day))

    def rate(self, leg, day):
        """What one of the leg's currency is in that of the seller's company on ``day``.

        :raises UserError: as `rate_between`
        """
        company = leg.seller_id.company_id
        return self.rate_between(leg.currency_id, company.currency_id, company, day)

    def rate_between(self, currency, other, company, day):
        """What one of ``currency`` is in the ``other`` one on ``day``, by the company's rates.

        :raises UserError: where no rate is known yet; Odoo would take a later one, or 1 (R-38)
        """
        key = (currency.id, other.id, company.id, day)
        if key not in self._rates:
            self._check_rate(currency, other, company, day)
            self._rates[key] = self.env["res.currency"]._get_conversion_rate(
                currency, other, company, day
            )
        return self._rates[key]

    def _check_rate(self, currency, other, company, day):
        if currency == other:
            return
        # Rates are kept against the platform's own currency, which needs none.
        needed = (currency | other) - self.env.ref("base.main_company").currency_id
        known = self.env["res.currency.rate"]._read_group(
            [
                ("currency_id", "in", needed.ids),
                ("company_id", "in", [False, company.root_id.id]),
                ("name", "<=", day),
            ],
            ["currency_id"],
        )
        missing = needed.filtered(lambda one: (one,) not in known)
        if missing:
            raise UserError(
                message(
                    self.env,
                    "rate_missing",
                    currency=missing[0].name,
                    company=company.name,
                    day=day,
                )
            )

"""What booking asks about sellers and buyers, once for each pair."""

from odoo.exceptions import UserError

from ..exceptions import message


class Parties:
    """Answers kept for one batch."""

    def __init__(self, env):
        self.env = env
        self._taxes = {}
        self._rates = {}

    def taxes(self, leg):
        """Ids of the seller's sales taxes for this buyer, by its fiscal position; none where
        the seller keeps its own books."""
        company, contact = leg.seller_id.company_id, leg._contact()
        key = (company.id, contact.id)
        if key not in self._taxes:
            self._taxes[key] = []
            if company.chart_template and company.account_sale_tax_id:
                position = self.env["account.fiscal.position"].with_company(company)
                self._taxes[key] = (
                    position._get_fiscal_position(contact).map_tax(company.account_sale_tax_id).ids
                )
        return self._taxes[key]

    def company_amount(self, leg, amount, day):
        """``amount`` in the currency of the seller's company at the rate of ``day``.

        :raises UserError: where no rate is known yet; Odoo would take a later one, or 1 (R-38)
        """
        company = leg.seller_id.company_id
        key = (leg.currency_id.id, company.id, day)
        if key not in self._rates:
            self._check_rate(leg.currency_id, company, day)
            self._rates[key] = self.env["res.currency"]._get_conversion_rate(
                leg.currency_id, company.currency_id, company, day
            )
        return company.currency_id.round(amount * self._rates[key])

    def _check_rate(self, currency, company, day):
        if currency == company.currency_id:
            return
        known = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "in", [currency.id, company.currency_id.id]),
                ("company_id", "in", [False, company.root_id.id]),
                ("name", "<=", day),
            ],
            limit=1,
        )
        if not known:
            raise UserError(
                message(
                    self.env,
                    "rate_missing",
                    currency=currency.name,
                    company=company.name,
                    day=day,
                )
            )

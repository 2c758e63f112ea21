"""Invoices with all their lines given to ``account.move.create``.

Odoo finds the tax and payment term lines of an invoice record by record while it is created
(``_sync_dynamic_lines``), which is more than half of what a draft costs. Here Odoo's own engines
(``account.tax`` on base lines, ``account.payment.term``) find those lines first, and ``create``
gets them complete; it still checks the balance. No arithmetic of our own.

Three guards, since what is left out is Odoo's: `overrides` names modules that changed it,
`unsupported` tells invoices that need more than this, and `differences` compares an invoice with
the same one made the ordinary way, field by field.
"""

from odoo import Command, fields
from odoo.tools import frozendict

SYNC = {"skip_invoice_sync": True, "skip_invoice_line_sync": True}
# What is left out or asked another way here, by model. A module that overrides one of these may
# add or change lines.
REPLACED = {
    "account.move": (
        "_sync_dynamic_lines",
        "_get_sync_stack",
        "_sync_dynamic_line",
        "_sync_dynamic_line_needed_values",
        "_sync_unbalanced_lines",
        "_sync_rounding_lines",
        "_sync_tax_lines",
        "_sync_non_deductible_base_lines",
        "_sync_invoice",
        "_compute_needed_terms",
        "_compute_invoice_date_due",
        "_compute_fiscal_position_id",
        "_compute_invoice_payment_term_id",
        "_compute_partner_shipping_id",
        "_get_rounded_base_and_tax_lines",
        "_prepare_product_base_line_for_taxes_computation",
        "_get_product_base_line_currency_rate",
        "_recompute_cash_rounding_lines",
        "_get_discount_allocation_account",
    ),
    "account.move.line": (
        "_sync_invoice",
        "_compute_epd_needed",
        "_compute_discount_allocation_needed",
        "_compute_balance",
        "_compute_amount_currency",
        "_compute_partner_id",
        "_compute_currency_id",
    ),
}
KNOWN = frozenset(("account",))
# Fields in which two equal invoices differ.
OWN = frozenset(("id", "create_uid", "create_date", "write_uid", "write_date", "access_token"))
# Links between an invoice and its own lines: compared by walking the lines.
LINKS = frozenset(("line_ids", "invoice_line_ids", "move_id", "parent_id"))


def overrides(env):
    """``["module: model.method"]``: who overrides what is left out, of all installed modules."""
    found = set()
    for model, names in REPLACED.items():
        for cls in type(env[model]).mro():
            place = cls.__module__.split(".")
            if place[:2] == ["odoo", "addons"] and place[2] not in KNOWN:
                found |= {f"{place[2]}: {model}.{name}" for name in names if name in vars(cls)}
    return sorted(found)


class Invoices:
    """Makes customer invoices and credit notes of one company; what repeats is asked once.

    Values of an invoice are those that ``account.move.create`` takes, with product lines and
    sections in ``invoice_line_ids``, each product line with its account.
    """

    def __init__(self, Move, partners):
        """
        :param Move: ``account.move`` in the company and context to create in
        :param partners: all ``res.partner`` that get an invoice, so that they are read at once
        """
        self.Move = Move
        self.company = Move.env.company
        self._prefetch = partners.ids
        self._commons = {}
        self._partners = {}
        self._taxes = {}
        self._models = None

    def journal(self, vals):
        """The journal that Odoo takes for these values."""
        return self._common(vals).journal_id

    def analytic(self):
        """Where no distribution model exists, none is looked for at every line."""
        return {} if self._has_models() else {"analytic_distribution": False}

    def supports(self, vals):
        """Whether no feature that only the ordinary way knows applies to these values: cash
        rounding, an early discount that lowers the tax at once, rules that spread amounts over
        analytic accounts (tax lines may follow them)."""
        term = self._partner(vals)["invoice_payment_term_id"]
        return not (
            self._common(vals).invoice_cash_rounding_id
            or (term.early_discount and term.early_pay_discount_computation == "mixed")
            or self._has_models()
        )

    def _has_models(self):
        if self._models is None:
            Model = self.Move.env["account.analytic.distribution.model"]
            self._models = bool(Model.search_count([], limit=1))
        return self._models

    def shape(self, vals):
        """Text, equal for invoices that differ in names, partners and amounts alone."""
        lines = [values for _command, _id, values in vals["invoice_line_ids"]]
        taxes = sorted({str(line["tax_ids"][0][2]) for line in lines if "tax_ids" in line})
        partner = self._partner(vals)
        return "/".join(
            (
                vals["move_type"],
                str(vals["company_id"]),
                str(vals["currency_id"]),
                " ".join(taxes),
                str(partner["fiscal_position_id"].id),
                str(partner["invoice_payment_term_id"].id),
                "sections" if any("display_type" in line for line in lines) else "flat",
            )
        )

    def make(self, vals_list):
        """Create invoices with all lines given.

        :return: ``account.move`` in the order of ``vals_list``
        """
        return self.Move.with_context(**SYNC).create([self._complete(vals) for vals in vals_list])

    def _common(self, vals):
        """A draft that is never stored: journal, rate and so on as Odoo finds them."""
        names = ("move_type", "company_id", "currency_id", "invoice_date")
        key = tuple(vals[name] for name in names)
        if key not in self._commons:
            self._commons[key] = self.Move.new({name: vals[name] for name in names})
        return self._commons[key]

    def _partner(self, vals):
        """What Odoo takes from the partner of a sale, by the same methods."""
        ident = vals["partner_id"]
        if ident not in self._partners:
            env = self.Move.env
            partner = env["res.partner"].browse(ident).with_prefetch(self._prefetch)
            delivery = partner.address_get(["delivery"])["delivery"]
            shipping = partner.browse(delivery).with_prefetch(self._prefetch)
            position = env["account.fiscal.position"]._get_fiscal_position(
                partner, delivery=shipping
            )
            self._partners[ident] = {
                "partner_shipping_id": shipping,
                "fiscal_position_id": position,
                "invoice_payment_term_id": partner.property_payment_term_id,
                "commercial_partner_id": partner.commercial_partner_id,
            }
        return self._partners[ident]

    def _complete(self, vals):
        common, partner = self._common(vals), dict(self._partner(vals))
        shared = {
            "partner_id": partner.pop("commercial_partner_id").id,
            "currency_id": vals["currency_id"],
        }
        lines, base_lines = [], []
        for _command, _id, values in vals["invoice_line_ids"]:
            line = {**shared, **values}
            lines.append(line)
            if values.get("display_type", "product") == "product":
                line["display_type"] = "product"
                base_lines.append(self._base_line(common, line))
        results = self._tax_lines(base_lines)
        sums = {"balance": [0.0, 0.0], "amount_currency": [0.0, 0.0]}
        for base_line, amounts in results["base_lines_to_update"]:
            base_line["_values"].update(amounts)
            _add(sums, 0, amounts)
        for tax_line in results["tax_lines_to_add"]:
            lines.append({**tax_line, "display_type": "tax"})
            _add(sums, 1, tax_line)
        terms = self._term_lines(common, vals, partner["invoice_payment_term_id"], sums)
        lines += [{**shared, **term, "display_type": "payment_term"} for term in terms]
        return {
            **{name: value for name, value in vals.items() if name != "invoice_line_ids"},
            **{name: record.id for name, record in partner.items()},
            "journal_id": common.journal_id.id,
            "invoice_currency_rate": common.invoice_currency_rate,
            "invoice_date_due": max(term["date_maturity"] for term in terms),
            "line_ids": [Command.create(line) for line in lines],
        }

    def _base_line(self, common, values):
        tax_ids = values["tax_ids"][0][2]
        key = tuple(tax_ids)
        if key not in self._taxes:
            self._taxes[key] = self.Move.env["account.tax"].browse(tax_ids)
        env = self.Move.env
        return env["account.tax"]._prepare_base_line_for_taxes_computation(
            None,
            tax_ids=self._taxes[key],
            price_unit=values["price_unit"],
            quantity=values["quantity"],
            currency_id=common.currency_id,
            rate=common.invoice_currency_rate,
            sign=common.direction_sign,
            is_refund=common.move_type == "out_refund",
            partner_id=env["res.partner"].browse(values["partner_id"]),
            account_id=env["account.account"].browse(values["account_id"]),
            name=values["name"],
            _values=values,
        )

    def _tax_lines(self, base_lines):
        """Odoo's own steps, in its own order, for one invoice."""
        Tax, company = self.Move.env["account.tax"], self.company
        Tax._add_tax_details_in_base_lines(base_lines, company)
        Tax._round_base_lines_tax_details(base_lines, company)
        Tax._add_accounting_data_in_base_lines_tax_details(base_lines, company)
        return Tax._prepare_tax_lines(base_lines, company)

    def _term_lines(self, common, vals, term, sums):
        (untaxed, tax), (untaxed_currency, tax_currency) = (
            sums["balance"],
            sums["amount_currency"],
        )
        own, currency = self.company.currency_id, common.currency_id
        if not term:
            return [
                {
                    "date_maturity": common.invoice_date_due,
                    "discount_date": False,
                    "discount_balance": 0.0,
                    "discount_amount_currency": 0.0,
                    "balance": own.round(untaxed + tax),
                    "amount_currency": currency.round(untaxed_currency + tax_currency),
                }
            ]
        found = term._compute_terms(
            date_ref=fields.Date.to_date(vals["invoice_date"]),
            currency=currency,
            company=self.company,
            tax_amount=own.round(tax),
            tax_amount_currency=currency.round(tax_currency),
            untaxed_amount=own.round(untaxed),
            untaxed_amount_currency=currency.round(untaxed_currency),
            sign=1 if common.is_inbound() else -1,
        )
        lines = {}
        for each in found["line_ids"]:
            key = frozendict(
                date_maturity=fields.Date.to_date(each["date"]),
                discount_date=found.get("discount_date"),
            )
            values = lines.setdefault(
                key,
                {
                    **key,
                    "discount_balance": found.get("discount_balance") or 0.0,
                    "discount_amount_currency": found.get("discount_amount_currency") or 0.0,
                    "balance": 0.0,
                    "amount_currency": 0.0,
                },
            )
            values["balance"] = own.round(values["balance"] + each["company_amount"])
            values["amount_currency"] = currency.round(
                values["amount_currency"] + each["foreign_amount"]
            )
        return list(lines.values())


def _add(sums, place, amounts):
    """Add to what the customer owes: the opposite of what the lines book."""
    for name, pair in sums.items():
        pair[place] -= amounts[name]


def differences(one, other):
    """Stored fields in which two invoices and their lines differ, as ``model.field``.

    Lines are matched by their place in the invoice; links between records of the two invoices,
    ids and times are left out.
    """
    found = _different(one, other)
    mine, others = (_ordered(move.line_ids) for move in (one, other))
    if len(mine) != len(others):
        return [*found, "account.move.line_ids"]
    for line, twin in zip(mine, others, strict=True):
        found += _different(line, twin)
    return sorted(set(found))


def _ordered(lines):
    return lines.sorted(
        lambda line: (
            line.sequence,
            line.display_type,
            line.date_maturity or fields.Date.from_string("1900-01-01"),
            line.tax_repartition_line_id.id,
            line.tax_ids.ids,
            line.account_id.id,
        )
    )


def _different(record, twin):
    model = record._name
    return [
        f"{model}.{name}"
        for name, field in record._fields.items()
        if field.store
        and name not in OWN | LINKS
        and not (field.type == "one2many")
        and _comparable(field, record) != _comparable(field, twin)
    ]


def _comparable(field, record):
    value = record[field.name]
    return value.ids if field.relational else value

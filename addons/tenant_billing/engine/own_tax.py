"""The tax that a seller with books of its own states for a buyer (TRADE 1, TB-030).

Categories are those of UNCL 5305, as UBL and EN 16931 use them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from .errors import BillingError
from .money import ZERO, exact, round_money

STANDARD, NOT_SUBJECT = "S", "O"
# Standard, zero rated, exempt, reverse charge, supply inside the EU, export, not subject to tax.
CATEGORIES = (STANDARD, "Z", "E", "AE", "K", "G", NOT_SUBJECT)
# Of these a document says why no tax is charged.
WITH_REASON = frozenset(("E", "AE", "K", "G", NOT_SUBJECT))


@dataclass(frozen=True, slots=True)
class Tax:
    """``percent`` is 0 but for the standard category."""

    category: str
    percent: Decimal = ZERO
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """``country``: two letters, empty for all others. ``business``: whether the buyer has a VAT
    number; None for both."""

    country: str
    business: bool | None
    tax: Tax


def vat_number(text: str | bool | None) -> str:
    """A VAT number as it is compared; ``/`` is Odoo's word for a buyer that has none."""
    found = "".join((text or "").split()).upper()
    return "" if found == "/" else found


def problem(tax: Tax) -> str:
    """What is wrong with a tax: ``tax_category``, ``tax_percent``, ``tax_reason``, or ''."""
    if tax.category not in CATEGORIES:
        return "tax_category"
    standard = tax.category == STANDARD
    if standard != (tax.percent > 0) or not 0 <= tax.percent <= 100:
        return "tax_percent"
    return "tax_reason" if tax.category in WITH_REASON and not tax.reason.strip() else ""


def rule_for(rules: Iterable[Rule], country: str, business: bool) -> Rule | None:
    """The most specific rule for a buyer: by country before by kind of buyer. None: no rules.

    Raises ``BillingError`` ``own_tax_missing`` where there are rules and none fits.
    """
    rules = list(rules)
    fit = [
        rule
        for rule in rules
        if rule.country in ("", country) and rule.business in (None, business)
    ]
    if rules and not fit:
        raise BillingError("own_tax_missing", country=country or "–")
    return max(fit, key=lambda rule: (rule.country != "", rule.business is not None), default=None)


@dataclass(frozen=True, slots=True)
class Taxed:
    """``nets`` add up to ``net``; ``net`` and ``tax`` to ``gross``."""

    nets: Sequence[Decimal]
    net: Decimal
    tax: Decimal
    gross: Decimal


def taxed(amounts: Sequence[Decimal], percent: Decimal, places: int, inside: bool) -> Taxed:
    """Amounts of one tax: on top of them, or ``inside`` them.

    The tax is rounded once, on the sum (EN 16931, BR-CO-17). Inside, the lines' nets are whole
    units of ``places`` by largest remainder, so that nothing is lost.
    """
    with exact():
        total = sum(amounts, ZERO)
        if not inside:
            tax = round_money(total * percent / 100, places)
            return Taxed(tuple(amounts), total, tax, total + tax)
        tax = round_money(total * percent / (100 + percent), places)
        unit = Decimal(1).scaleb(-places)
        ideal = [amount * 100 / (100 + percent) / unit for amount in amounts]
        whole = [each.to_integral_value(rounding=ROUND_FLOOR) for each in ideal]
        left = int((total - tax) / unit - sum(whole, ZERO))
        order = sorted(range(len(whole)), key=lambda place: whole[place] - ideal[place])
        step = 1 if left > 0 else -1
        for count in range(abs(left)):
            whole[order[::step][count % len(order)]] += step
        nets = tuple(each * unit for each in whole)
        return Taxed(nets, total - tax, tax, total)

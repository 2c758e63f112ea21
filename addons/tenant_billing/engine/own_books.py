"""A statement as the draft invoice of a seller's own Odoo, and what that one says was paid
(TRADE 1, TB-030)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .money import ONE, ZERO, exact, round_money
from .own_tax import taxed
from .ubl import UblDocument


@dataclass(frozen=True, slots=True)
class DraftLine:
    """``quantity`` x ``price`` is the line's amount, with no more decimals than any Odoo keeps."""

    text: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Draft:
    """``amount``: what the lines add up to, positive; with tax where ``gross``."""

    is_refund: bool
    lines: Sequence[DraftLine]
    amount: Decimal
    gross: bool


def draft(document: UblDocument, gross: bool = False) -> Draft:
    """The draft invoice of a statement.

    :param gross: the other Odoo's tax stands inside its prices, and so do the statement's; else
        lines are net, the tax that the statement has inside taken off
    """
    with exact():
        total = sum((line.amount for line in document.lines), ZERO)
        sign = -ONE if total < 0 else ONE
        inside = document.tax_inside and document.tax is not None and not gross
        amounts = [line.amount for line in document.lines]
        if inside:
            amounts = taxed(amounts, document.tax.percent, document.places, True).nets
        lines = tuple(
            _line(line, sign * amount, document.places, whole=not inside)
            for line, amount in zip(document.lines, amounts, strict=True)
        )
        return Draft(sign < 0, lines, sign * sum(amounts, ZERO), gross)


def _line(line, amount, places, whole):
    quantity, price = line.quantity.copy_abs(), line.unit_price.copy_abs()
    plain = (
        whole
        and price == round_money(price, places)
        and quantity == round_money(quantity, 2)
        and quantity * price == abs(amount)
    )
    if not plain:
        return DraftLine(line.text, ONE, amount)
    return DraftLine(line.text, quantity, price if amount >= 0 else -price)


@dataclass(frozen=True, slots=True)
class Payment:
    """``state``: none, open, part or paid; ``paid``: so far; ``note``: code of what is odd."""

    state: str
    paid: Decimal
    note: str = ""


def payment(
    state: str, payment_state: str, total: Decimal, residual: Decimal, short: bool = False
) -> Payment:
    """What an invoice of the other Odoo says (``account.move``: state, payment_state, amounts).

    :param short: it comes to less than the statement, so that it pays only a part of it
    """
    if state == "cancel":
        return Payment("none", ZERO, "own_odoo_cancelled")
    if state != "posted":
        return Payment("none", ZERO)
    if payment_state == "reversed":
        return Payment("none", ZERO, "own_odoo_reversed")
    paid = total - residual
    if payment_state in ("paid", "in_payment"):
        return Payment("part" if short else "paid", total)
    return Payment("part", paid) if paid else Payment("open", ZERO)

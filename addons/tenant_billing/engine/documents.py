"""From charges to documents: one per seller, buyer, currency and billing day.

Layout of DESIGN 4.3, days of TRADE 4 (TB-068). The engine knows no tax rates: ``tax`` is
whatever the books found for a charge, and charges of different taxes never share a line.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .charges import Charge
from .errors import BillingError
from .money import ONE, ZERO, exact, round_money
from .periods import clamped

UNIT_PRICED = ("flat", "per_unit")
LAYOUTS = ("customer", "partner")


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the ledger on its way to a document. ``id`` is the ledger row; ``amount`` is
    the row's own (a revision books a difference), ``charge`` says what it is for."""

    id: Hashable
    seller: Hashable
    buyer: Hashable
    currency: str
    tenant: Hashable
    stream: Hashable
    tax: Hashable
    charge: Charge
    amount: Decimal
    setting: int | None = None
    layout: str = "customer"
    decimal_places: int = 2


@dataclass(frozen=True, slots=True)
class Line:
    """``quantity`` x ``unit_price`` (full precision); ``items`` are the ids it stands for.
    ``quantity_in_text``: the quantity column says 1, so the text has to say how much."""

    tenant: Hashable
    stream: Hashable
    tax: Hashable
    quantity: Decimal
    unit_price: Decimal
    subtotal: Decimal
    items: tuple[Hashable, ...]
    quantity_in_text: bool


@dataclass(frozen=True, slots=True)
class Document:
    """``errors``: codes for which the document is parked, with the position of the line."""

    seller: Hashable
    buyer: Hashable
    currency: str
    day: date
    lines: tuple[Line, ...]
    total: Decimal
    errors: tuple[tuple[str, int], ...] = ()

    @property
    def is_refund(self) -> bool:
        """Below zero it becomes one credit note (B-06, R-28)."""
        return self.total < 0


def billing_day(due: date, setting: int | None) -> date:
    """The day on which a charge due on ``due`` is billed: that day itself, or with a day of
    the month (1-31) the next such day on or after it, clamped to short months.

    Raises ``BillingError`` ``bad_billing_day``.
    """
    if setting is None:
        return due
    if not 1 <= setting <= 31:
        raise BillingError("bad_billing_day", setting=setting)
    day = clamped(due.year, due.month, setting)
    if day >= due:
        return day
    year, month = divmod(due.year * 12 + due.month, 12)
    return clamped(year, month + 1, setting)


def documents(items: Iterable[Item]) -> tuple[Document, ...]:
    """Documents in the order in which their first item comes; lines in order of items.

    Raises ``BillingError``: ``bad_billing_day``, ``unknown_layout``, ``mixed_layout`` (one
    buyer's items disagree on layout or decimal places).
    """
    groups: dict[tuple, list[Item]] = {}
    with exact():
        for item in items:
            day = billing_day(item.charge.due, item.setting)
            key = (item.seller, item.buyer, item.currency, day)
            groups.setdefault(key, []).append(item)
        return tuple(_document(key, members) for key, members in groups.items())


def _document(key: tuple, items: list[Item]) -> Document:
    layout, places = items[0].layout, items[0].decimal_places
    if layout not in LAYOUTS:
        raise BillingError("unknown_layout", layout=layout)
    if any(item.layout != layout or item.decimal_places != places for item in items):
        raise BillingError("mixed_layout", seller=key[0], buyer=key[1])
    if layout == "customer":
        members = [[item] for item in items]
        lines = [_customer_line(item, places) for item in items]
    else:
        grouped: dict[tuple, list[Item]] = {}
        for item in items:
            grouped.setdefault((item.tenant, item.stream, item.tax), []).append(item)
        members = list(grouped.values())
        lines = [_sum_line(group, places) for group in members]
    return Document(
        *key,
        lines=tuple(lines),
        total=sum((line.subtotal for line in lines), ZERO),
        errors=check_lines(lines, members),
    )


def check_lines(
    lines: Iterable[Line], members: Iterable[Iterable[Item]]
) -> tuple[tuple[str, int], ...]:
    """``("line_subtotal", n)`` for each line n that is not the sum of its items."""
    return tuple(
        ("line_subtotal", number)
        for number, (line, items) in enumerate(zip(lines, members, strict=True))
        if line.subtotal != sum((item.amount for item in items), ZERO)
    )


def _customer_line(item: Item, places: int) -> Line:
    quantity = round_money(item.charge.billable, 2)
    by_unit = item.charge.model in UNIT_PRICED and quantity > 0
    if not by_unit:
        quantity = ONE
    price = item.amount / quantity
    return _line([item], quantity, price, places, not by_unit)


def _sum_line(items: list[Item], places: int) -> Line:
    amount = sum((item.amount for item in items), ZERO)
    return _line(items, ONE, amount, places, False)


def _line(
    items: list[Item], quantity: Decimal, price: Decimal, places: int, quantity_in_text: bool
) -> Line:
    first = items[0]
    return Line(
        tenant=first.tenant,
        stream=first.stream,
        tax=first.tax,
        quantity=quantity,
        unit_price=price,
        subtotal=round_money(quantity * price, places),
        items=tuple(item.id for item in items),
        quantity_in_text=quantity_in_text,
    )

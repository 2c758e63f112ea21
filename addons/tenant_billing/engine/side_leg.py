"""What a delivery partner is paid on a side leg (TB-027, TRADE 1): the chain stays as it is.

Fixed and by the hour are rated by the engine of every leg, on the tenant's own calendar. A share
follows the payer's own sales, charge by charge: with their credits and corrections, and nothing
for what is not sold.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .charges import Charge, Key
from .money import ZERO, exact, round_money
from .pricing import Price
from .rating import target
from .terms import Change, Component, LegWindow, Subscription, Terms
from .usage import UsageEvent

CODE = "services"


@dataclass(frozen=True, slots=True)
class SideTerms:
    """``kind``: ``fixed`` (``amount`` a period, in arrears) · ``hours`` (``amount`` an hour) ·
    ``share`` (``percent`` of what the payer charges its buyer for ``streams``, empty: all)."""

    kind: str
    amount: Decimal = ZERO
    percent: Decimal = ZERO
    streams: frozenset[str] = frozenset()


def side_charges(
    side: SideTerms,
    subscription: Subscription,
    window: LegWindow,
    as_of: date,
    *,
    end: Change | None = None,
    hours: tuple[UsageEvent, ...] = (),
    sales: Iterable[tuple[str, Charge, Decimal]] = (),
    decimal_places: int = 2,
) -> tuple[Charge, ...]:
    """The target of a side leg; ``hours`` are of the component `CODE`, ``sales`` the payer's
    charges with their streams and what one of the amount is without tax in the currency of the
    side leg. A share is of that net amount and due with the charge that it is of, which counts
    whole where its days begin within ``window``."""
    if side.kind == "share":
        return tuple(_shares(side, window, sales, decimal_places))
    metered = side.kind == "hours"
    component = Component(
        CODE,
        "metered" if metered else "recurring",
        Price("per_unit", side.amount),
        quantity=ZERO if metered else Decimal(1),
        aggregation="sum" if metered else None,
    )
    terms = Terms(
        subscription,
        (component,),
        (end,) if end else (),
        hours if metered else (),
        decimal_places=decimal_places,
    )
    return target(terms, as_of, window)


def share_key(sale: Charge) -> Key:
    """The key of the share of a sale, of the same entry and day."""
    return Key(_share_code(sale), sale.entry, sale.period_start)


def is_shared(side: SideTerms, window: LegWindow, stream: str, sale: Charge) -> bool:
    """Whether a share of a sale is paid: of the streams agreed, from its first day on."""
    if side.streams and stream not in side.streams:
        return False
    return (window.first or date.min) <= sale.period_start < (window.until or date.max)


def _share_code(sale: Charge) -> str:
    return f"{CODE}:{sale.component}"


def _shares(side, window, sales, places):
    for stream, charge, net in sales:
        if is_shared(side, window, stream, charge):
            with exact():
                sold = round_money(charge.amount * net, places)
                amount = round_money(sold * side.percent / 100, places)
            if amount:
                yield replace(
                    charge,
                    component=_share_code(charge),
                    model="flat",
                    included=ZERO,
                    discount=ZERO,
                    minimum_part=ZERO,
                    amount=amount,
                )

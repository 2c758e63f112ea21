"""Commission of a referral partner: earned when the customer has paid, once (TB-030, TRADE 1).

What should stand is worked out from what is paid now, and the difference to what is booked is
the only thing ever written, as in the charge ledger. So paying, crediting and paying back, in
whatever order they become known, come to the same sum.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from .errors import BillingError
from .money import ZERO, exact, round_money


@dataclass(frozen=True, slots=True)
class Commission:
    """Terms of one referral: ``percent`` of what is charged without tax, or ``by_stream``, on
    charges of the days ``[start, until)`` (None: open), up to ``cap`` in all (None: no cap)."""

    percent: Decimal
    start: date
    until: date | None = None
    cap: Decimal | None = None
    by_stream: Mapping[str, Decimal] = field(default_factory=dict)
    decimal_places: int = 2

    def __post_init__(self) -> None:
        for percent in (self.percent, *self.by_stream.values()):
            if not 0 <= percent <= 100:
                raise BillingError("bad_commission", percent=percent)
        if self.cap is not None and self.cap < 0:
            raise BillingError("bad_commission", percent=self.cap)


@dataclass(frozen=True, slots=True)
class Sale:
    """What ``document`` charges the customer: ``amount`` without tax of one stream, for days
    that begin on ``day``."""

    document: Hashable
    stream: str
    day: date
    amount: Decimal


def parse_percents(text: str | None, streams: Collection[str]) -> dict[str, Decimal]:
    """Percents of single streams: one ``stream=percent`` a line.

    Raises ``BillingError`` ``bad_percents`` with ``line`` and the known ``streams``.
    """
    found = {}
    for line in filter(None, map(str.strip, (text or "").splitlines())):
        name, _mark, percent = (part.strip() for part in line.partition("="))
        try:
            found[name] = Decimal(percent)
            good = name in streams and found[name].is_finite()
        except InvalidOperation:
            good = False
        if not good:
            raise BillingError("bad_percents", line=line, streams=", ".join(streams))
    return found


def commissions(terms: Commission, sales: Iterable[Sale]) -> dict[Hashable, Decimal]:
    """What each document earns once it is paid, before the cap; rounded once per document."""
    sums: dict[Hashable, Decimal] = {}
    with exact():
        for sale in sales:
            if terms.start <= sale.day < (terms.until or date.max):
                percent = terms.by_stream.get(sale.stream, terms.percent)
                share = sale.amount * percent / 100
                sums[sale.document] = sums.get(sale.document, ZERO) + share
    return {name: round_money(value, terms.decimal_places) for name, value in sums.items()}


def differences(
    paid: Mapping[Hashable, Decimal], booked: Mapping[Hashable, Decimal], cap: Decimal | None
) -> dict[Hashable, Decimal]:
    """What is to be booked, by document.

    ``paid``: the commission of each document that is paid, in the order in which they share the
    cap; refunds are negative · ``booked``: what stands on each document.

    Then what stands on all is the sum of ``paid``, never above ``cap`` nor below zero. What
    stands on a paid document stays where it may, so a document is booked once and reversed once.
    """
    with exact():
        total = sum(paid.values(), ZERO)
        total = max(total if cap is None else min(total, cap), ZERO)
        kept = {name: _within(booked.get(name, ZERO), share) for name, share in paid.items()}
        _settle(kept, paid, total - sum(kept.values(), ZERO))
        found = {}
        for name in (*paid, *(name for name in booked if name not in paid)):
            difference = kept.get(name, ZERO) - booked.get(name, ZERO)
            if difference:
                found[name] = difference
    return found


def _within(stands: Decimal, share: Decimal) -> Decimal:
    return min(max(stands, min(share, ZERO)), max(share, ZERO))


def _settle(kept: dict, paid: Mapping, rest: Decimal) -> None:
    """Spread what is missing or too much: on what each document may bear, first ones first."""
    positive = [name for name, share in paid.items() if share > 0]
    negative = [name for name, share in paid.items() if share < 0]
    if rest < 0:
        first, then = negative, reversed(positive)
    else:
        first, then = positive, negative
    steps = [*((name, paid[name]) for name in first), *((name, ZERO) for name in then)]
    for name, bound in steps:
        room = bound - kept[name]
        step = max(room, rest) if rest < 0 else min(room, rest)
        if step * rest > 0:
            kept[name] += step
            rest -= step

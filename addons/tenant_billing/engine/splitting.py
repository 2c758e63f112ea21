"""Shares of an amount of money that sum to it exactly (TB-027)."""

from collections.abc import Hashable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

from .errors import BillingError
from .money import ZERO, exact


def shares(amount: Decimal, weights: Sequence[Decimal], decimal_places: int) -> list[Decimal]:
    """``amount`` divided by ``weights``, each share in whole units of ``decimal_places``.

    By largest remainder: what rounding down leaves goes, a unit each, to the shares that lost
    most, of equal ones to the first. The shares of ``-amount`` are those of ``amount`` with
    their sign turned.

    Raises ``BillingError`` ``bad_weights`` (none above zero, or one below), ``not_whole`` where
    the amount itself has more decimals.
    """
    if any(weight < 0 for weight in weights) or not any(weights):
        raise BillingError("bad_weights")
    with exact():
        unit = Decimal(1).scaleb(-decimal_places)
        units = abs(amount) / unit
        if units != units.to_integral_value():
            raise BillingError("not_whole", amount=amount)
        total = sum(weights, ZERO)
        ideal = [units * weight / total for weight in weights]
        whole = [each.to_integral_value(rounding=ROUND_FLOOR) for each in ideal]
        left = int(units - sum(whole, ZERO))
        order = sorted(range(len(weights)), key=lambda place: whole[place] - ideal[place])
        for place in order[:left]:
            whole[place] += 1
        sign = -unit if amount < 0 else unit
        return [each * sign if each else ZERO for each in whole]


def split_row(
    total: Decimal,
    own: Hashable,
    parts: Sequence[tuple[Hashable, Decimal]],
    booked: Mapping[Hashable, Decimal],
    decimal_places: int,
) -> dict[Hashable, Decimal]:
    """What a further row of a key adds to each stream; sums to the row to the cent.

    ``total``: what the key amounts to with the row · ``own``: the stream of its component, which
    has it all where ``parts`` ((stream, weight), of the price that holds) are none · ``booked``:
    what stands by stream without the row. As in the ledger the difference is what is written, so
    a key that is withdrawn takes back what it gave, whatever the parts are by then.

    Raises as `shares`.
    """
    wanted = {own: total}
    if parts:
        streams, weights = zip(*parts, strict=True)
        wanted = dict(zip(streams, shares(total, weights, decimal_places), strict=True))
    with exact():
        added = {
            stream: wanted.get(stream, ZERO) - booked.get(stream, ZERO)
            for stream in dict.fromkeys((*wanted, *booked))
        }
    return {stream: amount for stream, amount in added.items() if amount}

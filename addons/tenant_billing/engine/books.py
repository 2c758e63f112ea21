"""Price books: the most specific price wins, and prices made from cost (TB-001, TRADE 6)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .money import ONE, exact
from .pricing import Price, Tier


def most_specific(books: Iterable[Sequence], first_day: Callable[[object], date]) -> list:
    """Versions of one price through time, from those of a book and the books behind it.

    ``books``: the most specific first, each with its versions in order of their first day.
    On each day the first book that has a version by then decides; a book that begins later
    leaves the days before to those behind it.
    """
    found: list = []
    for versions in books:
        begins = first_day(found[0]) if found else date.max
        found = [each for each in versions if first_day(each) < begins] + found
    return found


def marked_up(price: Price, percent: Decimal, step: Decimal) -> Price:
    """``price`` x (1 + percent / 100), each rate rounded half up to a multiple of ``step``.

    A rate that would round away to nothing keeps its decimals; ``step`` 0 rounds nothing.
    """
    with exact():
        factor = ONE + percent / 100
        tiers = tuple(
            Tier(tier.up_to, _stepped(tier.unit * factor, step), _stepped(tier.flat * factor, step))
            for tier in price.tiers
        )
        return Price(price.model, _stepped(price.amount * factor, step), price.package_size, tiers)


def marked_up_amount(amount: Decimal, percent: Decimal, step: Decimal) -> Decimal:
    """As `marked_up`, of a minimum or a maximum."""
    return marked_up(Price("flat", amount), percent, step).amount


def _stepped(rate: Decimal, step: Decimal) -> Decimal:
    if not step:
        return rate
    return (rate / step).to_integral_value(rounding=ROUND_HALF_UP) * step or rate

"""Chains of legs: each day exactly one unbroken way from platform to customer (DESIGN 4.4)."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from .errors import BillingError


@dataclass(frozen=True, slots=True)
class Leg:
    """``seller`` bills ``buyer`` on the days ``[start, until)``; until None: open."""

    id: Hashable
    seller: Hashable
    buyer: Hashable
    start: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ChainError:
    """``code`` on the days ``[start, until)`` (None: open, or for a bad leg, unknown).

    ``leg_bad_dates``, ``leg_to_itself``: the leg alone, which is then left out ·
    ``chain_forks``, ``chain_joins``: two legs from one seller, to one buyer ·
    ``chain_broken``: nobody sells on from ``node`` · ``chain_loops`` ·
    ``chain_stray``: ``legs`` that no way from the first seller reaches.
    """

    code: str
    start: date | None
    until: date | None
    node: Hashable = None
    legs: tuple[Hashable, ...] = ()


@dataclass(frozen=True, slots=True)
class Rechain:
    """What turns the chain of a day into another: ``close`` ends and ``drop`` never began (ids),
    ``keep`` goes on (ids), ``open`` are ``(place in the chain, seller, buyer)`` from ``start``."""

    start: date
    close: tuple[Hashable, ...] = ()
    drop: tuple[Hashable, ...] = ()
    keep: tuple[Hashable, ...] = ()
    open: tuple[tuple[int, Hashable, Hashable], ...] = ()


def rechain(
    legs: Iterable[Leg],
    edges: Iterable[tuple[Hashable, Hashable]],
    day: date,
    start: date,
    charged: Collection[Hashable] = (),
) -> Rechain:
    """How the legs become the chain ``edges`` (from the first seller down) from ``day`` on.

    An edge that has its leg keeps it, prices and all: where only an upline changes, the leg to
    the customer is not touched (TRADE 2). ``start`` is the subscription's: one that begins later
    changes hands before it begins, and its legs are dropped. ``charged``: ids of legs that have
    charges.

    Raises ``BillingError`` ``handed_over_since`` where a leg that must go began on that day or
    later and the days since are another party's business.
    """
    first = max(day, start)
    wanted = {edge: place for place, edge in enumerate(edges, start=1)}
    close, drop, keep = [], [], []
    for leg in legs:
        if leg.until is not None and leg.until <= first:
            continue
        edge = leg.seller, leg.buyer
        if edge in wanted and leg.start <= first and leg.until is None:
            keep.append(leg.id)
            del wanted[edge]
        elif leg.start < first and leg.until is None:
            close.append(leg.id)
        elif leg.start == first == start and leg.until is None and leg.id not in charged:
            drop.append(leg.id)
        else:
            raise BillingError("handed_over_since", day=first, since=leg.until or leg.start)
    opened = tuple((place, *edge) for edge, place in wanted.items())
    return Rechain(first, tuple(close), tuple(drop), tuple(keep), opened)


def check_chain(
    legs: Iterable[Leg],
    first_seller: Hashable,
    last_buyer: Hashable,
    start: date,
    until: date | None,
) -> tuple[ChainError, ...]:
    """What is wrong with the chain on the days ``[start, until)``; empty when nothing is.

    Side legs (a delivery partner's share) are not part of a chain: leave them out. Never
    raises for bad data. Equal errors of neighbouring days are one.
    """
    errors: list[ChainError] = []
    sound = []
    for leg in legs:
        code = _fault(leg)
        if code:
            errors.append(ChainError(code, None, None, legs=(leg.id,)))
        else:
            sound.append(leg)
    end = until or date.max
    cuts = {start, end}
    for leg in sound:
        cuts.update(day for day in (leg.start, leg.until or end) if start < day < end)
    days = sorted(cuts) if start < end else [start]
    by_cut = _active(sound, days)
    last: dict[tuple, int] = {}
    for position, (first, stop) in enumerate(zip(days, days[1:], strict=False)):
        for error in _day_errors(by_cut[position], first_seller, last_buyer):
            identity = (error.code, error.node, error.legs)
            stop_day = None if stop == date.max else stop
            seen = last.get(identity)
            if seen is not None and errors[seen].until == first:
                errors[seen] = replace(errors[seen], until=stop_day)
            else:
                last[identity] = len(errors)
                errors.append(replace(error, start=first, until=stop_day))
    return tuple(errors)


def _fault(leg: Leg) -> str | None:
    until = date.max if leg.until is None else leg.until
    # A datetime is a date to isinstance, yet does not compare with one.
    for day in (leg.start, until):
        if not isinstance(day, date) or isinstance(day, datetime):
            return "leg_bad_dates"
    if leg.start >= until:
        return "leg_bad_dates"
    return "leg_to_itself" if leg.seller == leg.buyer else None


def _active(legs: list[Leg], days: list[date]) -> list[list[Leg]]:
    """Per interval between two cuts, the legs valid in it."""
    position = {day: number for number, day in enumerate(days)}
    active: list[list[Leg]] = [[] for _ in days]
    first, last = days[0], days[-1]
    for leg in legs:
        begin, end = max(leg.start, first), min(leg.until or last, last)
        if begin < end:
            for number in range(position[begin], position[end]):
                active[number].append(leg)
    return active


def _day_errors(
    legs: list[Leg], first_seller: Hashable, last_buyer: Hashable
) -> Iterable[ChainError]:
    sold: dict[Hashable, list[Leg]] = defaultdict(list)
    bought: dict[Hashable, list[Leg]] = defaultdict(list)
    for leg in legs:
        sold[leg.seller].append(leg)
        bought[leg.buyer].append(leg)
    for code, sides in (("chain_forks", sold), ("chain_joins", bought)):
        for node, several in sides.items():
            if len(several) > 1:
                yield ChainError(code, None, None, node, tuple(leg.id for leg in several))
    node, walked, visited = first_seller, set(), {first_seller}
    while node != last_buyer:
        onward = sold.get(node)
        if not onward:
            yield ChainError("chain_broken", None, None, node)
            break
        walked.update(leg.id for leg in onward)
        node = onward[0].buyer
        if node in visited:
            yield ChainError("chain_loops", None, None, node)
            break
        visited.add(node)
    stray = tuple(leg.id for leg in legs if leg.id not in walked)
    if stray:
        yield ChainError("chain_stray", None, None, legs=stray)

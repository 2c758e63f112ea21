"""Chains of legs: each day exactly one unbroken way from platform to customer (DESIGN 4.4)."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime


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

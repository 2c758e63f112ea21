"""The billing route of a seller on a day, and when it may change (TRADE 1).

``own``: its own books, charges are handed over; ``here``: its company's books are kept here.
"""

from collections.abc import Iterable
from datetime import date, timedelta

HERE, OWN = "here", "own"


def route_on(records: Iterable[tuple[date, str]], default: str, day: date) -> str:
    """The route that holds on ``day``: that of the newest record from before or on it.

    :param records: (first day, route), in any order
    :param default: what holds before the first record: the route that the seller began with
    """
    begun = [(first, route) for first, route in records if first <= day]
    return max(begun)[1] if begun else default


def change_problem(
    first: date, route: str, current: str, today: date, charged_until: date | None
) -> str:
    """Why a record of ``route`` from ``first`` on cannot be made: a code, or ''.

    A billing period is a month, so a change begins with its first day, and not with one that has
    begun: charges of it may be billed. Putting on record what holds anyway (``current``, the
    route on ``first``) is free from this month on. Where nothing is charged yet, no period has
    begun, and any month will do.

    :param charged_until: the newest billing day of the seller's charges, whose taxes were found
        by the route of that day; None: nothing is charged yet
    :return: ``route_first_day``, ``route_past`` or ``route_charged``
    """
    if first.day != 1:
        return "route_first_day"
    if charged_until is None:
        return ""
    if route == current:
        return "route_past" if first < today.replace(day=1) else ""
    if first <= today:
        return "route_past"
    if charged_until >= first:
        return "route_charged"
    return ""


def next_month(day: date) -> date:
    """The first day of the month after that of ``day``."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)

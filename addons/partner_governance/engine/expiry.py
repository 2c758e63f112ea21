"""When a permission to deviate may be asked for, holds and ends (PG-121).

Dates are half-open, as everywhere: ``expiry`` is the first day on which it holds no more.
"""

from datetime import date

LONGEST_DAYS = 366


def problem(asked_on: date, expiry: date | None) -> str:
    """Why an exception asked for on ``asked_on`` cannot end on ``expiry``; empty when it can.

    Codes: ``expiry_missing``, ``expiry_past`` (it would never hold), ``expiry_too_far`` (more
    than a year: what lasts is a rule, not an exception).
    """
    if expiry is None:
        return "expiry_missing"
    if expiry <= asked_on:
        return "expiry_past"
    if (expiry - asked_on).days > LONGEST_DAYS:
        return "expiry_too_far"
    return ""


def holds(state: str, expiry: date, today: date) -> bool:
    """Whether an exception in ``state`` permits anything on ``today``."""
    return state == "approved" and expiry > today


def is_overdue(due: date | None, today: date) -> bool:
    """Whether something that was due on a day is late; nothing is late without a day."""
    return due is not None and due < today

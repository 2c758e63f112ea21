"""What stops a runaway: limits of what one run may bill on one subscription (B-15, R-15)."""

from datetime import date

from .errors import BillingError
from .periods import clamped


def last_day(since: date, as_of: date, months: int) -> date:
    """The day up to which a run bills: ``as_of``, or ``months`` after ``since`` (the day billed
    up to, or the first day charged) where that is earlier. 0 months: no bound.

    What is left is billed by later runs, ``months`` at a time.
    """
    if months <= 0:
        return as_of
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return min(as_of, clamped(year, month + 1, since.day))


def check_count(count: int, most: int) -> None:
    """Refuse more than ``most`` new charges (0: no bound). Raises ``BillingError``
    ``too_many_charges``."""
    if 0 < most < count:
        raise BillingError("too_many_charges", count=count, most=most)

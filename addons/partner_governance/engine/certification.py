"""Certificates of people, and the labs that lead to them (PG-060, PG-062)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

VALID, UPCOMING, EXPIRED, REVOKED, LEFT = "valid", "upcoming", "expired", "revoked", "left"


@dataclass(frozen=True)
class Certificate:
    """``expires`` is the first day on which it no longer counts; None for never.

    ``held``: its holder works for the partner that it counts for, today.
    """

    issued: date
    expires: date | None = None
    revoked: date | None = None
    held: bool = True


def state(certificate: Certificate, today: date) -> str:
    """One of the codes above; what ended it for good comes first."""
    if certificate.revoked and certificate.revoked <= today:
        return REVOKED
    if not certificate.held:
        return LEFT
    if certificate.expires and certificate.expires <= today:
        return EXPIRED
    return UPCOMING if certificate.issued > today else VALID


def expiry(issued: date, months: int) -> date | None:
    """The day after ``months`` whole months, clamped to the month's length; None for 0 months."""
    if not months:
        return None
    year, month = divmod(issued.year * 12 + issued.month - 1 + months, 12)
    return date(year, month + 1, min(issued.day, monthrange(year, month + 1)[1]))


def lab_score(points, maxima) -> Decimal:
    """Percent reached over all steps, to one decimal, half up.

    :raises ValueError: ``points`` where a step has more than its maximum or less than 0
    """
    for reached, most in zip(points, maxima, strict=True):
        if not 0 <= reached <= most:
            raise ValueError("points")
    total = sum(maxima)
    if not total:
        return Decimal(0)
    return (Decimal(1000 * sum(points) * 2 + total) // (2 * total)) / 10

"""From bookings that are only thought of to what people read before they confirm."""

from collections import defaultdict

from ..engine.documents import billing_day
from ..engine.ledger import Booked, book
from ..engine.money import ZERO
from .prices import decimal

INVOICES = 3


def difference(before, after):
    """Bookings by which the target ``after`` differs from the target ``before``."""
    return book(after, [Booked(charge.key, 1, charge.amount) for charge in before])


def line_values(leg, booking, names, day):
    """Values of a ``billing.preview.line``; ``names``: components by code."""
    charge = booking.charge
    return {
        "party": leg.display_name,
        "component": names.get(booking.key.component, booking.key.component),
        "billing_day": _day(leg, booking, day),
        "period_start": booking.key.period_start,
        "period_end": charge.period_end if charge else False,
        "quantity": float(charge.quantity) if charge else 0,
        "currency_id": leg.currency_id.id,
        "amount": float(booking.amount),
    }


def _day(leg, booking, day):
    """When the booking is billed, seen from ``day``: nothing is dated back."""
    due = booking.charge.due if booking.charge else day
    return billing_day(max(due, day), leg.buyer_id.billing_day or None)


def invoice_values(leg, open_rows, before, after, day):
    """Values of ``billing.subscription.change.invoice``: the next days on which the leg is
    billed, as it is and as it would be.

    ``open_rows``: {billing day: amount} booked already and not on a document yet.
    """
    days = defaultdict(lambda: [ZERO, ZERO])
    for when, amount in open_rows.items():
        for side in (0, 1):
            days[max(when, day)][side] += decimal(amount)
    for side, bookings in enumerate((before, after)):
        for booking in bookings:
            days[_day(leg, booking, day)][side] += booking.amount
    return [
        {
            "party": leg.display_name,
            "billing_day": when,
            "currency_id": leg.currency_id.id,
            "before": float(old),
            "after": float(new),
        }
        for when, (old, new) in sorted(days.items())[:INVOICES]
    ]

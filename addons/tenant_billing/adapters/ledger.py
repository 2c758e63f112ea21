"""From the engine's bookings to rows of the ledger."""

from odoo import Command

from ..engine.charges import Charge
from ..engine.corrections import by_books
from ..engine.documents import billing_day
from ..engine.money import plain
from .prices import decimal

_EARLIER = (
    "leg_id",
    "component_code",
    "kind",
    "period_start",
    "period_end",
    "amount",
    "route",
    "tax_ids",
)


def charge_values(
    subscription, leg, booking, previous, as_of, component, parties, run, waiting, before=None
):
    """Values of the ``billing.charge`` rows of a booking: one, but where it takes back what
    stands in several books.

    ``previous``: newest row of the same key, for a key that left the target; ``parties``: taxes
    and rates; ``waiting``: the day of a document that is not made yet, by `open_key` of its leg;
    ``before``: rows that it may take back.
    """
    charge = booking.charge
    key = booking.key
    due = charge.due if charge else previous.due
    # What was due on a day already run is late: it goes on the next document, not on one that
    # would be dated back.
    late = subscription.rated_until and due <= subscription.rated_until
    day = billing_day(max(due, as_of) if late else due, _setting(leg))
    if late:
        open_day = waiting.get(open_key(leg))
        day = open_day if open_day and open_day >= due else day
    parts = {}
    for part, books in by_books(booking.amount, _stages(booking, before or ())):
        books = books or (parties.route(leg.seller_id, day), tuple(sorted(parties.taxes(leg, day))))
        parts[books] = parts.get(books, 0) + part
    shared = {
        "leg_id": leg.id,
        "component_id": component.id,
        "component_code": key.component,
        "kind": key.entry,
        "period_start": key.period_start,
        "period_end": charge.period_end if charge else previous.period_end,
        "full_days": charge.full_days if charge else previous.full_days,
        "subscription_id": subscription.id,
        "tenant_id": subscription.tenant_id.id,
        "seller_id": leg.seller_id.id,
        "buyer_id": leg.buyer_id.id,
        "customer_id": leg.customer_id.id,
        "currency_id": leg.currency_id.id,
        "component_kind": component.kind,
        "stream": component.stream,
        "due": due,
        "billing_day": day,
        "quantity": float(charge.quantity) if charge else 0.0,
        "billable": float(charge.billable) if charge else 0.0,
        "included": float(charge.included) if charge else 0.0,
        "price_model": charge.model if charge else False,
        "discount": float(charge.discount) if charge else 0.0,
        "reason": charge.reason if charge else "withdrawn",
        "run_id": run.id,
    }
    rows = []
    for revision, ((route, taxes), part) in enumerate(parts.items(), booking.revision):
        amount = float(plain(part))
        net = parties.without_tax(taxes, leg.currency_id, amount)
        rows.append(
            {
                **shared,
                "revision": revision,
                "amount": amount,
                "company_amount": parties.company_amount(leg, net, day),
                "route": route,
                "tax_ids": [Command.set(taxes)],
            }
        )
    return rows


def earlier_rows(env, found):
    """Rows that bookings may take back, oldest first, by (leg id, component code): of keys that
    are booked, and of what is credited. One query, and none where nothing is corrected.

    :param found: (subscription, leg, day, booking), as the run finds them
    """
    legs = {
        leg.id
        for _one, leg, _day, booking in found
        if booking.revision > 1 or booking.key.entry == "credit"
    }
    if not legs:
        return {}
    rows = env["billing.charge"].with_context(active_test=False)
    rows = rows.search_fetch([("leg_id", "in", list(legs))], _EARLIER, order="id")
    return rows.grouped(lambda row: (row.leg_id.id, row.component_code))


def _stages(booking, rows):
    """What a booking may take back: its own key; then, for a credit, the charge that it is for
    with what was credited of it already."""
    key = booking.key
    own = [row for row in rows if _key(row) == tuple(key)[1:]]
    yield [_standing(row) for row in own]
    if key.entry == "credit":
        # A credit is for the rest of a period that was charged.
        end = booking.charge.period_end if booking.charge else own[-1].period_end
        yield [_standing(row) for row in rows if row.period_end == end]


def _key(row):
    return row.kind, row.period_start


def _standing(row):
    return decimal(row.amount), (row.route, tuple(sorted(row.tax_ids.ids)))


def open_key(record):
    """What a document of a leg or of a charge is about, but for its day."""
    return record.seller_id, record.buyer_id, record.customer_id, record.currency_id


def open_days(env, run, legs):
    """The newest day of documents that wait to be made, by `open_key`: those of earlier runs
    that a seller takes back to correct them, or that wait for usage or for all to be complete.
    What is late is still on them."""
    groups = env["billing.charge"]._read_group(
        [
            ("statement_id", "=", False),
            ("seller_id", "in", legs.seller_id.ids),
            ("billing_day", "<=", run.as_of),
            ("run_id", "!=", run.id),
        ],
        ["seller_id", "buyer_id", "customer_id", "currency_id"],
        ["billing_day:max"],
    )
    return {tuple(key): day for *key, day in groups}


def _setting(leg):
    """Day of the month on which the seller bills this buyer; None: on the due date."""
    return leg.buyer_id.billing_day or None if leg.buyer_id else None


def engine_charge(row):
    """A row of the ledger as the engine's charge, for laying out documents."""
    return Charge(
        component=row.component_code,
        kind=row.component_kind,
        entry=row.kind,
        period_start=row.period_start,
        period_end=row.period_end,
        full_start=row.period_start,
        full_end=row.period_end,
        due=row.billing_day,
        quantity=decimal(row.quantity),
        billable=decimal(row.billable),
        included=decimal(row.included),
        model=row.price_model or "flat",
        amount=decimal(row.amount),
        reason=row.reason,
    )

"""From the legs of a subscription to the engine's chain, and back to values (TB-061)."""

from ..engine.legs import Leg, rechain
from ..engine.renewal import term_end
from .prices import decimal

CUSTOMER = ("customer",)


def node(record):
    """What the engine calls a partner."""
    return "node", record.id


def engine_leg(leg):
    return Leg(
        leg.id,
        node(leg.seller_id),
        node(leg.buyer_id) if leg.buyer_id else CUSTOMER,
        leg.date_from,
        leg.date_until or None,
    )


def plan(subscription, legs, path, day, charged):
    """The engine's `Rechain` of one subscription to the partners of ``path``.

    :param path: ``program.partner`` from the platform down to who sells to the customer
    :param charged: ids of legs that have charges
    """
    way = [*map(node, path), CUSTOMER]
    edges = list(zip(way[:-1], way[1:], strict=True))
    return rechain(map(engine_leg, legs), edges, day, subscription.start_date, charged)


def leg_values(subscription, opened, start, books, customer, path):
    """Values of a ``billing.leg`` for one of the engine's ``open`` edges.

    :param books: ``{(seller, buyer or None): billing.price.book}``
    """
    place, (_kind, seller_id), buyer = opened
    nodes = {each.id: each for each in path}
    seller = nodes[seller_id]
    buyer = nodes[buyer[1]] if buyer != CUSTOMER else None
    book = books[seller, buyer]
    return {
        "subscription_id": subscription.id,
        "sequence": place,
        "date_from": start,
        "seller_id": seller.id,
        "buyer_id": buyer.id if buyer else False,
        "customer_id": False if buyer else customer.id,
        "price_book_id": book.id,
        "currency_id": book.currency_id.id,
        **book._term_values(),
        "term_until": term_end(start, book.term_months) or False,
    }


def amount_values(leg, change, charge, names):
    """Values of a ``billing.handover.amount``; ``names``: components by code."""
    return {
        "change": change,
        "seller_id": leg.seller_id.id,
        "buyer_id": leg.buyer_id.id,
        "party": leg.display_name,
        "component": names.get(charge.component, charge.component),
        "period_start": charge.period_start,
        "period_end": charge.period_end,
        "currency_id": leg.currency_id.id,
        "amount": float(decimal(charge.amount)),
    }

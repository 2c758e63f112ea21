"""From subscriptions to the engine's facts: one query per model for a whole batch."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo.tools import SQL

from ..engine.charges import Key
from ..engine.ledger import Booked
from ..engine.terms import Change, Component, LegWindow, Subscription, Terms
from .prices import decimal, engine_price
from .usage import component_events, read_usage

BEGINNING = date.min


@dataclass
class Facts:
    """What a batch of subscriptions is rated from.

    ``legs``, ``items``: by subscription id · ``prices``: by (book id, code), versions in order
    of their first day · ``usage``: streams by (tenant id, meter id) · ``events``: the engine's, by
    (subscription id, component id), made when first asked for · ``booked``: by leg id.
    """

    legs: dict = field(default_factory=dict)
    items: dict = field(default_factory=dict)
    prices: dict = field(default_factory=dict)
    usage: dict = field(default_factory=dict)
    events: dict = field(default_factory=dict)
    booked: dict = field(default_factory=dict)


def read_facts(subscriptions, until, events=False):
    """Facts of all legs of ``subscriptions``; usage before the instant ``until`` (naive UTC).

    ``events``: with every usage event, to replay them, instead of days where these do.
    """
    env = subscriptions.env
    legs = env["billing.leg"].search([("subscription_id", "in", subscriptions.ids)])
    items = env["billing.subscription.item"].search(
        [("subscription_id", "in", subscriptions.ids)], order="valid_from, id"
    )
    prices = env["billing.price"].search(
        [("book_id", "in", legs.price_book_id.ids)], order="valid_from, id"
    )
    return Facts(
        legs=_by(legs, lambda leg: leg.subscription_id.id),
        items=_by(items, lambda item: item.subscription_id.id),
        prices=_versions(prices),
        usage=_usage(subscriptions, items, until, events),
        booked=_booked(env, legs.ids),
    )


def _by(records, key):
    found = defaultdict(list)
    for record in records:
        found[key(record)].append(record)
    return found


def _versions(prices):
    """Versions in order of their first day: SQL puts those without one last."""
    found = _by(prices, lambda price: (price.book_id.id, price.code))
    for versions in found.values():
        versions.sort(key=lambda price: price.valid_from or BEGINNING)
    return found


def _usage(subscriptions, items, until, events):
    meters = items.component_id.filtered(lambda one: one.kind == "metered").meter_id
    zones = defaultdict(set)
    for one in subscriptions:
        if one.tenant_id:
            zones[one.tenant_id.id].add(one.timezone)
    return read_usage(subscriptions.env, zones, meters, until, events)


def _booked(env, leg_ids):
    found = defaultdict(list)
    if not leg_ids:
        return found
    rows = env.execute_query(
        SQL(
            """SELECT leg_id, component_code, kind, period_start, revision, amount::text
                 FROM billing_charge WHERE leg_id IN %s""",
            tuple(leg_ids),
            to_flush=env["billing.charge"]._fields["amount"],
        )
    )
    for leg_id, code, kind, start, revision, amount in rows:
        found[leg_id].append(Booked(Key(code, kind, start), revision, Decimal(amount)))
    return found


def terms(subscription, leg, facts):
    """The engine's terms of one leg.

    :raises PriceMissing: where the leg's book has no price of a component
    """
    components, changes = [], []
    codes = defaultdict(list)
    for item in facts.items.get(subscription.id, ()):
        codes[item.code].append(item)
    missing = [code for code in codes if not facts.prices.get((leg.price_book_id.id, code))]
    if missing:
        raise PriceMissing(leg.price_book_id, missing)
    usage = []
    for code, versions in codes.items():
        prices = facts.prices[leg.price_book_id.id, code]
        component = versions[0].component_id
        components.append(_component(subscription, component, versions[0], prices))
        changes += _changes(code, subscription, versions, prices)
        if component.kind == "metered":
            usage += _component_usage(subscription, component, facts)
    if subscription.ended_on:
        changes.append(Change(at=subscription.ended_on, end=True))
    return Terms(
        subscription=Subscription(
            start=subscription.start_date,
            end=subscription.end_date or None,
            anchor_day=subscription.anchor_day or None,
            timezone=subscription.timezone,
            interval=subscription.interval,
            interval_count=subscription.interval_count,
        ),
        components=tuple(components),
        changes=tuple(changes),
        usage=tuple(usage),
        currency=leg.currency_id.name,
        decimal_places=leg.currency_id.decimal_places,
    )


def _component_usage(subscription, component, facts):
    """Events of a component, made once for all legs."""
    key = subscription.id, component.id
    if key not in facts.events:
        streams = facts.usage.get((subscription.tenant_id.id, component.meter_id.id), ())
        facts.events[key] = component_events(
            component.code, component.meter_id.aggregation, component._dimension_filter(), streams
        )
    return facts.events[key]


class PriceMissing(Exception):
    """A component that a leg's book has no price for: ``book``, ``codes``."""

    def __init__(self, book, codes):
        super().__init__(book.id, codes)
        self.book = book
        self.codes = codes


def window(leg):
    """The days on which a leg may charge."""
    return LegWindow(leg.date_from, leg.date_until or None, leg.opening_day or None)


def _component(subscription, component, first, prices):
    metered = component.kind == "metered"
    price = _version_on(prices, first.valid_from)
    return Component(
        code=component.code,
        kind=component.kind,
        price=engine_price(price),
        timing=component.timing,
        quantity=Decimal(0) if metered else decimal(first.quantity),
        included=decimal(price.included),
        minimum=decimal(price.minimum) or None,
        aggregation=component.meter_id.aggregation if metered else None,
        start=None if first.valid_from <= subscription.start_date else first.valid_from,
    )


def _version_on(prices, day):
    """The version that holds on ``day``; before the first one, the first one."""
    holding = [price for price in prices if (price.valid_from or BEGINNING) <= day]
    return holding[-1] if holding else prices[0]


def _changes(code, subscription, versions, prices):
    first = versions[0].valid_from
    for sequence, item in enumerate(versions[1:]):
        if item.ends:
            yield Change(at=item.valid_from, component=code, end=True, sequence=sequence)
        elif item.kind != "metered":
            yield Change(
                at=item.valid_from,
                component=code,
                quantity=decimal(item.quantity),
                sequence=sequence,
            )
    start = _version_on(prices, first)
    for price in prices:
        if price != start and (price.valid_from or BEGINNING) > first:
            yield Change(
                at=price.valid_from,
                component=code,
                price=engine_price(price),
                included=decimal(price.included),
                minimum=decimal(price.minimum) or None,
            )

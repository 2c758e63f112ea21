"""From subscriptions to the engine's facts: one query per model for a whole batch."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import chain

from odoo.tools import SQL

from ..engine.books import most_specific
from ..engine.changes import Version
from ..engine.charges import Key
from ..engine.ledger import Booked
from ..engine.terms import Change
from .campaign import read_deferred
from .portfolio import portfolio_legs, read_portfolio
from .prices import decimal
from .retainer import read_retained
from .usage import read_usage

BEGINNING = date.min


@dataclass(frozen=True)
class Item:
    """A dated version of a component, of the database or one that is only thought of."""

    component_id: object
    version: Version

    @property
    def code(self):
        return self.version.code


@dataclass
class Facts:
    """What a batch of subscriptions is rated from.

    ``legs``, ``items`` (`Item`), ``pauses`` ((from, until)), ``ends`` (engine change): by
    subscription id · ``prices``: by (book id, code), versions in order of their first day ·
    ``sides``: side legs by subscription id, ``side_hours``: (id, day, hours) by id of their terms,
    ``side_rates``: what a share of a sale in another currency is converted at, by (leg id, key) ·
    ``usage``: streams by (tenant id, meter id) · ``events``: the engine's, by (subscription id,
    component id), made when first asked for · ``booked``, ``discounts``, ``openings``: by leg id ·
    ``margins``: agreed with a partner, by (seller id, buyer id), as `billing.agreement.margin`
    gives them · ``retained``: hours on a retainer, by subscription id · ``portfolio``: by leg id,
    what a partner's components are measured by, by code · ``deferred``: by leg id, the days from
    which announced prices hold on it, by campaign id.
    """

    legs: dict = field(default_factory=dict)
    items: dict = field(default_factory=dict)
    prices: dict = field(default_factory=dict)
    usage: dict = field(default_factory=dict)
    events: dict = field(default_factory=dict)
    booked: dict = field(default_factory=dict)
    pauses: dict = field(default_factory=dict)
    ends: dict = field(default_factory=dict)
    discounts: dict = field(default_factory=dict)
    openings: dict = field(default_factory=dict)
    sides: dict = field(default_factory=dict)
    side_hours: dict = field(default_factory=dict)
    side_rates: dict = field(default_factory=dict)
    margins: dict = field(default_factory=dict)
    retained: dict = field(default_factory=dict)
    deferred: dict = field(default_factory=dict)
    portfolio: dict = field(default_factory=dict)


def read_facts(subscriptions, until, events=False, today=None):
    """Facts of all legs of ``subscriptions``; usage before the instant ``until`` (naive UTC).

    ``events``: with every usage event, to replay them, instead of days where these do ·
    ``today``: the day that a run bills up to; by default that of the clock.
    """
    env = subscriptions.env
    today = today or env["billing.run"]._clock().date()
    legs = env["billing.leg"].search([("subscription_id", "in", subscriptions.ids)])
    items = env["billing.subscription.item"].search(
        [("subscription_id", "in", subscriptions.ids)], order="valid_from, id"
    )
    discounts = env["billing.discount"].search([("leg_id", "in", legs.ids)])
    sides = legs.filtered("side_terms_id")
    partners = legs.filtered(lambda leg: leg.subscription_id.subject_node_id)
    members = portfolio_legs(partners) if items.component_id.filtered("portfolio") else {}
    usage = _usage(subscriptions, items, until, events, members)
    booked = _booked(env, legs.ids)
    prices = read_prices(legs.price_book_id)
    return Facts(
        legs=_by(legs - sides, lambda leg: leg.subscription_id.id),
        sides=_by(sides, lambda leg: leg.subscription_id.id),
        side_hours=read_side_hours(sides.side_terms_id),
        side_rates=read_side_rates(sides),
        items=_items(items),
        prices=prices,
        deferred=read_deferred(legs, prices),
        usage=usage,
        booked=booked,
        retained=read_retained(subscriptions) if items.component_id.overage_of_id else {},
        margins=env["billing.agreement.margin"]._holding(
            {(leg.seller_id.id, leg.buyer_id.id) for leg in legs if leg.buyer_id and leg.tenant_id}
        ),
        portfolio=read_portfolio(partners, items, members, usage, booked, today),
        discounts=_by(discounts, lambda discount: discount.leg_id.id),
        openings=_by(
            env["billing.opening"].search([("leg_id", "in", legs.ids)]),
            lambda opening: opening.leg_id.id,
        ),
        pauses=_pauses(subscriptions),
        ends={
            one.id: end_change(one.ended_on, one.end_policy)
            for one in subscriptions
            if one.ended_on
        },
    )


def read_side_hours(terms):
    """Hours that the payer has accepted, by id of their ``billing.side.terms``."""
    found = defaultdict(list)
    if terms:
        domain = [("terms_id", "in", terms.ids), ("state", "=", "accepted")]
        for row in terms.env["billing.side.hours"].search(domain):
            found[row.terms_id.id].append((row.id, row.day, decimal(row.hours)))
    return found


def read_side_rates(sides):
    """Rates at which shares were first booked, by (leg id, key); they stay (DESIGN 4.3)."""
    if not sides:
        return {}
    rows = sides.env["billing.charge"].search_fetch(
        [("leg_id", "in", sides.ids), ("share_rate", "!=", 0)],
        ["leg_id", "component_code", "kind", "period_start", "share_rate"],
    )
    return {
        (row.leg_id.id, Key(row.component_code, row.kind, row.period_start)): decimal(
            row.share_rate
        )
        for row in rows
    }


def end_change(day, policy):
    """The engine's end of a subscription from ``day`` on."""
    return Change(at=day, end=True, refund=policy != "no_refund")


def version(item):
    """The engine's version of a ``billing.subscription.item``."""
    return Version(item.code, item.valid_from, decimal(item.quantity), item.ends)


def what_if(facts, subscription, items=(), pauses=None, **thought):
    """The facts as they were after a change: items added, pauses and end in place of those
    known. ``pauses``: list of (from, until); ``end``: an engine change, None for no end."""
    ident = subscription.id
    changed = {"items": {**facts.items, ident: [*facts.items.get(ident, ()), *items]}}
    if pauses is not None:
        changed["pauses"] = {**facts.pauses, ident: pauses}
    if "end" in thought:
        changed["ends"] = {**facts.ends, ident: thought["end"]}
    return replace(facts, **changed)


def _items(records):
    found = defaultdict(list)
    for record in records:
        found[record.subscription_id.id].append(Item(record.component_id, version(record)))
    return found


def _pauses(subscriptions):
    found = defaultdict(list)
    for pause in subscriptions.env["billing.subscription.pause"].search(
        [("subscription_id", "in", subscriptions.ids)]
    ):
        found[pause.subscription_id.id].append((pause.date_from, pause.date_until or None))
    return found


def _by(records, key):
    found = defaultdict(list)
    for record in records:
        found[key(record)].append(record)
    return found


def read_prices(books):
    """Versions by (book, code), those of the books behind it where it says nothing."""
    lines = books._lineages()
    rows = books.env["billing.price"].search(
        [("book_id", "in", [book.id for line in lines.values() for book in line])],
        order="valid_from, id",
    )
    own = _by(rows, lambda price: (price.book_id.id, price.code))
    # In order of their first day: SQL puts those without one last.
    for versions in own.values():
        versions.sort(key=first_day)
    codes = {code for _book, code in own}
    return {
        (book.id, code): merged
        for book, line in lines.items()
        for code in codes
        if (merged := most_specific([own.get((each.id, code), []) for each in line], first_day))
    }


def first_day(price):
    return price.valid_from or BEGINNING


def _usage(subscriptions, items, until, events, members):
    meters = items.component_id.filtered(lambda one: one.kind == "metered").meter_id
    zones = defaultdict(set)
    for one in subscriptions:
        if one.tenant_id:
            zones[one.tenant_id.id].add(one.timezone)
        elif one.subject_node_id:
            for leg in chain.from_iterable(members.values()):
                if leg.buyer_id == one.subject_node_id:
                    zones[leg.tenant_id.id].add(one.timezone)
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

"""What a partner's own subscription is rated from: its tenants' usage and charges (TRADE 1)."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import SQL

from ..engine.portfolio import Member, Pool, Spending, carried, merged, running
from ..engine.terms import Opening
from ..engine.usage import UsageEvent
from ..engine.zones import midnight
from .parties import Parties
from .prices import decimal
from .usage import component_events

POOL, COMMITMENT = "pool", "commitment"


def portfolio_legs(legs):
    """The legs of tenants between the parties of a partner's ``legs``, by (seller, buyer)."""
    pairs = {_pair(leg) for leg in legs}
    found = defaultdict(list)
    if not pairs:
        return found
    for leg in legs.env["billing.leg"].search(
        [
            ("tenant_id", "!=", False),
            ("side_terms_id", "=", False),
            ("seller_id", "in", [seller for seller, _buyer in pairs]),
            ("buyer_id", "in", [buyer for _seller, buyer in pairs]),
        ]
    ):
        if _pair(leg) in pairs:
            found[_pair(leg)].append(leg)
    return found


def read_portfolio(legs, items, members, usage, booked, today):
    """`Pool` and `Spending` of the engine by leg id and code of the component.

    :param legs: ``billing.leg`` records of partners' subscriptions
    :param items: ``billing.subscription.item`` records of these subscriptions
    :param members: as of `portfolio_legs`
    :param usage: streams by (tenant id, meter id)
    :param booked: rows of the ledger by leg id
    :param today: what is billed up to; a commitment waits for its seller's days and no longer
    """
    env = legs.env
    special = items.component_id.filtered("portfolio")
    if not special:
        return {}
    pooled = special.filtered(lambda one: one.portfolio == POOL)
    quantities = _quantities(env, pooled, members)
    pauses = _pauses(env, members) if pooled else {}
    spent, opened, known, parties = {}, {}, {}, Parties(env)
    if special - pooled:
        spent, known = _spent(env, list(members)), _known_until(env, members, today)
        opened = _opened(env, members)
    wanted = items.grouped("subscription_id")
    found = defaultdict(dict)
    for leg in legs:
        one = leg.subscription_id
        for component in wanted.get(one, items.browse()).component_id & special:
            if component in pooled:
                pool = _metered if component.kind == "metered" else _ordered
                found[leg.id][component.code] = Pool(
                    pool(one, members.get(_pair(leg), ()), component, pauses, usage, quantities)
                )
            else:
                rows = booked.get(leg.id, ())
                amounts = [
                    *spent.get(_pair(leg), ()),
                    *_carried(one, opened.get(_pair(leg), ()), parties),
                ]
                found[leg.id][component.code] = Spending(
                    _in_currency(leg, amounts, parties),
                    known.get(_pair(leg)),
                    frozenset(
                        row.key.period_start for row in rows if row.key.component == component.code
                    ),
                )
    return dict(found)


def _pair(leg):
    return leg.seller_id.id, leg.buyer_id.id


def _metered(partner, legs, component, pauses, usage, quantities):
    """What is measured of each tenant, once, however many contracts it has."""
    spans = defaultdict(list)
    for leg in legs:
        spans[leg.tenant_id] += _spans(leg, pauses)
    for tenant, bought in spans.items():
        events = component_events(
            component.code,
            component.meter_id.aggregation,
            component._dimension_filter(),
            usage.get((tenant.id, component.meter_id.id), ()),
        )
        for start, end in merged(bought):
            yield _member(partner, start, end, events)


def _ordered(partner, legs, component, pauses, usage, quantities):
    """What is ordered by each contract of a tenant."""
    for leg in legs:
        events = [
            UsageEvent(f"{number:09}", midnight(day, partner.timezone), quantity, component.code)
            for number, (day, quantity) in enumerate(
                quantities.get((leg.subscription_id.id, component.pool_code), ())
            )
        ]
        for start, end in _spans(leg, pauses):
            yield _member(partner, start, end, events)


def _member(partner, start, end, events):
    zone = partner.timezone
    return Member(midnight(start, zone), end and midnight(end, zone), tuple(events))


def _spans(leg, pauses):
    """A tenant's days in a pool: bought from this seller, charged, and not paused."""
    one = leg.subscription_id
    first = max(filter(None, (one.start_date, leg.date_from, leg.opening_day, leg.trial_until)))
    return running(first, min(_ends(leg), default=None), pauses.get(one.id, ()))


def _ends(leg):
    one = leg.subscription_id
    return list(filter(None, (one.end_date, one.ended_on, leg.date_until)))


def _pauses(env, members):
    found = defaultdict(list)
    subscriptions = {leg.subscription_id.id for legs in members.values() for leg in legs}
    for pause in env["billing.subscription.pause"].search(
        [("subscription_id", "in", list(subscriptions))]
    ):
        found[pause.subscription_id.id].append((pause.date_from, pause.date_until or None))
    return found


def _quantities(env, pooled, members):
    """``(day, quantity)`` in order, of the drivers pooled by what is ordered of them; of one day
    the last version stands."""
    codes = set(pooled.filtered("pool_code").mapped("pool_code"))
    if not codes:
        return {}
    subscriptions = {leg.subscription_id.id for legs in members.values() for leg in legs}
    found = defaultdict(dict)
    for item in env["billing.subscription.item"].search(
        [("subscription_id", "in", list(subscriptions)), ("code", "in", list(codes))],
        order="valid_from, id",
    ):
        quantity = Decimal(0) if item.ends else decimal(item.quantity)
        found[item.subscription_id.id, item.code][item.valid_from] = quantity
    return {key: list(days.items()) for key, days in found.items()}


def _spent(env, pairs):
    """What tenants were charged, by (seller, buyer): (day due, currency, amount, in the seller's
    currency at the rate of the booking)."""
    found = defaultdict(list)
    if not pairs:
        return found
    for seller, buyer, *row in env.execute_query(
        SQL(
            """SELECT seller_id, buyer_id, due, currency_id, sum(amount)::text,
                      sum(company_amount)::text
                 FROM billing_charge
                WHERE tenant_id IS NOT NULL AND (seller_id, buyer_id) IN %s
                  AND leg_id IN (SELECT id FROM billing_leg WHERE side_terms_id IS NULL)
                GROUP BY seller_id, buyer_id, due, currency_id""",
            tuple(pairs),
            to_flush=env["billing.charge"]._fields["company_amount"],
        )
    ):
        found[seller, buyer].append(row)
    return found


def _opened(env, members):
    """What an earlier system charged tenants in advance, by (seller, buyer)."""
    legs = [leg.id for found in members.values() for leg in found if leg.opening_day]
    found = defaultdict(list)
    for opening in env["billing.opening"].search([("leg_id", "in", legs)]):
        found[_pair(opening.leg_id)].append(opening)
    return found


def _carried(partner, openings, parties):
    """Rows as those of `_spent`, of what still counts of ``openings``."""
    for row in openings:
        day = row.leg_id.opening_day
        opening = Opening(row.code, row.date_from, row.date_until, decimal(row.amount))
        if amount := carried(opening, day, partner._calendar()):
            rate = decimal(parties.rate(row.leg_id, day))
            yield day, row.currency_id.id, amount, amount * rate


def _in_currency(leg, rows, parties):
    """Amounts by day in the leg's currency: what was charged in another one by way of the
    seller's own, at the rate kept with the charge and the one of the day."""
    amounts = defaultdict(Decimal)
    for due, currency, amount, company_amount in rows:
        if currency == leg.currency_id.id:
            amounts[due] += Decimal(amount)
        else:
            amounts[due] += Decimal(company_amount) / decimal(parties.rate(leg, due))
    return dict(amounts)


def _known_until(env, members, today):
    """The last day for which all tenants of (seller, buyer) are billed, None where none waits: a
    contract billed to its end is known, and a new one that never was billed holds nobody up, its
    charges are a difference later. So are those of a tenant that is parked for longer than its
    seller waits."""
    found = {}
    sellers = env["program.partner"].browse({seller for seller, _buyer in members})
    waited = env["billing.close.policy"]._commitment_days(sellers)
    for pair, legs in members.items():
        days = []
        for leg in legs:
            rated = leg.subscription_id.rated_until
            if not rated or rated < min(_ends(leg), default=date.max):
                days.append(rated or date.min)
        billed = [day for day in days if day > date.min]
        known = min(billed or days, default=None)
        if known is not None:
            # The period before `given_up` ended the seller's days ago or earlier.
            given_up = today - timedelta(days=waited[pair[0]])
            known = max(known, given_up - timedelta(days=1))
        found[pair] = known
    return found

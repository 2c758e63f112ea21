"""What a partner's own subscription is rated from: its tenants' usage and charges (TRADE 1)."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from odoo.tools import SQL

from ..engine.portfolio import Member, Pool, Spending, running
from ..engine.usage import UsageEvent
from ..engine.zones import midnight
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


def read_portfolio(legs, items, members, usage, booked):
    """`Pool` and `Spending` of the engine by leg id and code of the component.

    :param legs: ``billing.leg`` records of partners' subscriptions
    :param items: ``billing.subscription.item`` records of these subscriptions
    :param members: as of `portfolio_legs`
    :param usage: streams by (tenant id, meter id)
    :param booked: rows of the ledger by leg id
    """
    env = legs.env
    special = items.component_id.filtered("portfolio")
    if not special:
        return {}
    pooled = special.filtered(lambda one: one.portfolio == POOL)
    quantities = _quantities(env, pooled, members)
    pauses = _pauses(env, members) if pooled else {}
    spent, known = {}, {}
    if special - pooled:
        spent, known = _spent(env, list(members)), _known_until(members)
    wanted = items.grouped("subscription_id")
    found = defaultdict(dict)
    for leg in legs:
        one = leg.subscription_id
        for component in wanted.get(one, items.browse()).component_id & special:
            if component in pooled:
                found[leg.id][component.code] = Pool(
                    member
                    for other in members.get(_pair(leg), ())
                    for member in _members(one, other, component, pauses, usage, quantities)
                )
            else:
                rows = booked.get(leg.id, ())
                found[leg.id][component.code] = Spending(
                    _in_currency(leg, spent.get(_pair(leg), ())),
                    known.get(_pair(leg)),
                    frozenset(
                        row.key.period_start for row in rows if row.key.component == component.code
                    ),
                )
    return dict(found)


def _pair(leg):
    return leg.seller_id.id, leg.buyer_id.id


def _members(partner, leg, component, pauses, usage, quantities):
    """A tenant's days in a pool: bought from this seller, charged, and not paused."""
    one = leg.subscription_id
    first = max(filter(None, (one.start_date, leg.date_from, leg.opening_day, leg.trial_until)))
    ends = list(filter(None, (one.end_date, one.ended_on, leg.date_until)))
    zone = partner.timezone
    if component.kind == "metered":
        events = component_events(
            component.code,
            component.meter_id.aggregation,
            component._dimension_filter(),
            usage.get((leg.tenant_id.id, component.meter_id.id), ()),
        )
    else:
        events = [
            UsageEvent(f"{number:09}", midnight(day, zone), quantity, component.code)
            for number, (day, quantity) in enumerate(
                quantities.get((one.id, component.pool_code), ())
            )
        ]
    for start, end in running(first, min(ends, default=None), pauses.get(one.id, ())):
        yield Member(midnight(start, zone), end and midnight(end, zone), tuple(events))


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


def _in_currency(leg, rows):
    """Amounts by day in the leg's currency. What was charged in another one counts where the leg
    is in the seller's own, by the rate kept with each charge."""
    own = leg.currency_id == leg.seller_id.company_id.currency_id
    amounts = defaultdict(Decimal)
    for due, currency, amount, company_amount in rows:
        if currency == leg.currency_id.id:
            amounts[due] += Decimal(amount)
        elif own:
            amounts[due] += Decimal(company_amount)
    return dict(amounts)


def _known_until(members):
    """The last day for which all tenants of (seller, buyer) are billed; a new one that never was
    holds nobody up, its charges are a difference later."""
    found = {}
    for pair, legs in members.items():
        days = [leg.subscription_id.rated_until for leg in legs if leg.subscription_id.rated_until]
        found[pair] = min(days, default=date.min) if legs else None
    return found

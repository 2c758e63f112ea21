"""Between contracts, the engine's recurring revenue and the rows that keep it."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.errors import BillingError
from ..engine.mrr import Key, Recorded, movements
from ..engine.mrr_contract import Contract
from ..engine.terms import LegWindow
from .facts import read_facts
from .parties import Parties
from .prices import decimal
from .terms import PriceMissing, terms

# Digits of a rate that is kept for the life of a contract.
RATE = Decimal(1).scaleb(-12)


def account_key(leg):
    """What a seller has or loses as one: its customer, or of a partner one tenant."""
    if leg.customer_id:
        return f"customer,{leg.customer_id.id}"
    if leg.tenant_id:
        return f"tenant,{leg.tenant_id.id}"
    return f"partner,{leg.buyer_id.id}"


def with_accounts(subscriptions):
    """The subscriptions and all that share a customer, tenant or charged partner with them: what
    a movement is called depends on those too."""
    legs = subscriptions.leg_ids
    shared = Domain.OR(
        [
            Domain("id", "in", subscriptions.ids),
            Domain("tenant_id", "in", subscriptions.tenant_id.ids),
            Domain("subject_node_id", "in", subscriptions.subject_node_id.ids),
            Domain("leg_ids.customer_id", "in", legs.customer_id.ids),
        ]
    )
    return subscriptions.search(shared & Domain("state", "!=", "draft"))


def read_target(subscriptions, until):
    """Movements up to and including ``until`` of the legs of ``subscriptions``.

    :return: ``{leg: (rate, [engine movements])}``; a leg that cannot be priced is not in it
    """
    found = with_accounts(subscriptions)
    facts = read_facts(found, datetime.min)
    rates = _rates(found, facts)
    accounts, parties = defaultdict(list), Parties(subscriptions.env)
    for one in found:
        for leg in facts.legs.get(one.id, ()):
            contract = _contract(one, leg, facts, rates.get(leg.id), parties)
            if contract:
                accounts[contract.seller, contract.account].append(contract)
    target = {}
    for contracts in accounts.values():
        try:
            rows = movements(contracts, until)
        except BillingError:
            # Parked for it by the run, which says so; what is kept stays.
            continue
        for contract in contracts:
            if contract.leg.subscription_id in subscriptions:
                target[contract.leg] = contract.rate, []
        for row in rows:
            if row.key.leg in target:
                target[row.key.leg][1].append(row)
    return target


def _contract(subscription, leg, facts, rate, parties):
    if rate is None:
        return None
    try:
        known = terms(subscription, leg, facts)
        net = parties.net_share(leg)
    except (PriceMissing, UserError):
        return None
    return Contract(
        leg=leg,
        seller=leg.seller_id.id,
        account=account_key(leg),
        subscription=subscription.id,
        terms=known,
        window=LegWindow(leg.date_from, leg.date_until or None),
        rate=rate,
        net=net,
        company_places=leg.seller_id.company_id.currency_id.decimal_places,
    )


def _rates(subscriptions, facts):
    """The rate of each leg: the one kept, else of the day on which its seller's first contract
    of the subscription began. A leg without a known rate is not in it."""
    env = subscriptions.env
    kept = {
        leg.id: decimal(rate)
        for leg, rate in env["billing.mrr.movement"]._read_group(
            [("subscription_id", "in", subscriptions.ids)], ["leg_id"], ["rate:max"]
        )
    }
    parties, found = Parties(env), {}
    for legs in facts.legs.values():
        first = {}
        for leg in sorted(legs, key=lambda leg: leg.date_from):
            key = leg.seller_id.id, leg.currency_id.id
            if key not in first:
                first[key] = kept.get(leg.id) or _rate(parties, leg)
            if rate := kept.get(leg.id) or first[key]:
                found[leg.id] = rate
    return found


def _rate(parties, leg):
    try:
        return decimal(parties.rate(leg, leg.date_from)).quantize(RATE)
    except UserError:
        return None


def read_recorded(legs):
    """``{leg id: [rows kept]}``"""
    env, found = legs.env, defaultdict(list)
    if not legs:
        return found
    rows = env.execute_query(
        SQL(
            """SELECT leg_id, effective_day, kind, cause, revision,
                      amount::text, company_amount::text, logos
                 FROM billing_mrr_movement WHERE leg_id IN %s""",
            tuple(legs.ids),
            to_flush=env["billing.mrr.movement"]._fields["amount"],
        )
    )
    for ident, day, kind, cause, revision, amount, company, logos in rows:
        key = Key(legs.browse(ident), day, kind, cause)
        found[ident].append(Recorded(key, revision, Decimal(amount), Decimal(company), logos))
    return found


def movement_values(row, revision, rate, since, today):
    """Values of a ``billing.mrr.movement``.

    :param since: the day up to which the subscription was recorded; what is of an earlier day
        was learnt late, and counts ``today``
    """
    leg, key = row.key.leg, row.key
    return {
        "leg_id": leg.id,
        "subscription_id": leg.subscription_id.id,
        "plan_id": leg.subscription_id.plan_id.id,
        "tenant_id": leg.tenant_id.id,
        "seller_id": leg.seller_id.id,
        "buyer_id": leg.buyer_id.id,
        "customer_id": leg.customer_id.id,
        "account": account_key(leg),
        "currency_id": leg.currency_id.id,
        "company_currency_id": leg.seller_id.company_id.currency_id.id,
        "effective_day": key.day,
        "day": today if since and key.day <= since else key.day,
        "kind": key.kind,
        "cause": key.cause,
        "revision": revision,
        "amount": float(row.amount),
        "company_amount": float(row.company_amount),
        "logos": row.logos,
        "rate": float(rate),
    }

"""What a seller would bill in a month, and its buyers by the names of a file (TB-067)."""

from collections import defaultdict
from datetime import datetime

from ..engine.documents import billing_day
from ..engine.shadow import Billed
from . import facts as facts_adapter
from .parties import Parties
from .prices import decimal


def buyer_of(leg):
    """What a leg is billed to: its contact."""
    return leg._contact()


def read_here(legs, first, last):
    """What ``legs`` would be billed on the days from ``first`` to ``last``, net, by the engine
    of the nightly run; and the taxes of each buyer in percent.

    :return: (list of `Billed`, {contact: set of percents}), components by their code
    """
    env = legs.env
    subscriptions = legs.subscription_id
    facts = facts_adapter.read_facts(subscriptions, datetime.max)
    parties, billed, taxes = Parties(env), [], defaultdict(set)
    for leg in legs:
        one, buyer = leg.subscription_id, buyer_of(leg)
        setting = leg.buyer_id.billing_day or None if leg.buyer_id else None
        for tax in env["account.tax"].browse(parties.taxes(leg)):
            taxes[buyer].add(decimal(tax.amount))
        for charge in one._target(leg, facts, last):
            if first <= billing_day(charge.due, setting) <= last:
                net = parties.net(leg, float(charge.amount))
                billed.append(
                    Billed(
                        buyer,
                        decimal(leg.currency_id.round(net)),
                        charge.component,
                        charge.quantity if charge.entry == "charge" else None,
                    )
                )
    return billed, taxes


def by_name(legs):
    """The buyers of ``legs`` by what a file may call them, in small letters:
    ``{name or reference: contacts}``."""
    found = {}
    for contact in {buyer_of(leg) for leg in legs}:
        for name in filter(None, (contact.name, contact.ref, contact.vat)):
            key = name.strip().lower()
            found[key] = found.get(key, contact.browse()) | contact
    return found


def by_component(legs):
    """Codes by code and name, in small letters."""
    found = {}
    for component in legs.subscription_id.item_ids.component_id:
        found[component.code.lower()] = found[component.name.strip().lower()] = component.code
    return found

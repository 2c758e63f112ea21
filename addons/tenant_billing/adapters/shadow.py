"""A month in shadow: contracts as the engine compares them with an earlier system (TB-067)."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from odoo.exceptions import UserError

from ..engine.shadow import Billed
from ..engine.side_leg import CODE
from .facts import read_facts
from .parties import Parties
from .prices import decimal

BATCH = 200


def openings(charges, day):
    """Values of ``billing.opening``: what was charged in advance for days that ``day`` is among.

    :param charges: the engine's target of a leg on the eve of ``day``
    """
    standing = {}
    for charge in charges:
        if charge.kind == "recurring" and charge.entry == "charge" and charge.amount:
            if charge.period_start < day < charge.period_end:
                standing[charge.component] = charge
    return [
        {
            "code": code,
            "date_from": charge.period_start,
            "date_until": charge.period_end,
            "amount": float(charge.amount),
        }
        for code, charge in standing.items()
    ]


def buyer_of(leg):
    """Who is billed: ``(model, id)``."""
    return (leg.buyer_id or leg.customer_id)._name, (leg.buyer_id or leg.customer_id).id


def names_of(legs):
    """``{name or reference in lower case: [buyer]}`` of those who are billed by ``legs``."""
    found = defaultdict(dict)
    for leg in legs:
        contact = leg._contact()
        for name in (contact.name, contact.ref, contact.vat, leg.buyer_id.code):
            if name:
                found[name.strip().lower()][buyer_of(leg)] = True
    return {name: list(buyers) for name, buyers in found.items()}


def codes_of(leg):
    """What the rows of a leg are called by."""
    codes = set(leg.subscription_id.item_ids.mapped("code"))
    side = leg.side_terms_id
    if not side:
        return codes
    return {f"{CODE}:{code}" for code in codes} if side.kind == "share" else {CODE}


def rated(legs, first, until):
    """What ``legs`` would be charged with between the days ``[first, until)``, by the engine.

    :return: ``[Billed]``; ``{buyer: total with tax}`` of those who pay tax on top; ``[(leg,
        reason)]`` of those that cannot be rated
    """
    found, gross, failed = [], defaultdict(Decimal), []
    parties = Parties(legs.env)
    everything = legs.subscription_id
    for start in range(0, len(everything), BATCH):
        subscriptions = everything[start : start + BATCH]
        facts = read_facts(subscriptions, datetime.combine(until, datetime.min.time()))
        for one in subscriptions:
            for leg in (*facts.legs.get(one.id, ()), *facts.sides.get(one.id, ())):
                if leg not in legs:
                    continue
                try:
                    charges = one._target(leg, facts, until - timedelta(days=1))
                    taxes = parties.taxes(leg, first)
                except UserError as error:
                    failed.append((leg, str(error)))
                    continue
                rows = [row for row in charges if first <= row.due < until and row.amount]
                buyer = buyer_of(leg)
                found += [Billed(buyer, row.amount, row.component, row.quantity) for row in rows]
                total = sum((row.amount for row in rows), Decimal(0))
                gross[buyer] += with_tax(leg, taxes, total)
    return found, dict(gross), failed


def with_tax(leg, tax_ids, amount):
    taxes = leg.env["account.tax"].browse(tax_ids)
    if not taxes:
        return amount
    return decimal(taxes.compute_all(float(amount), leg.currency_id)["total_included"])

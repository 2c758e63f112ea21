"""From drafts to what the engine's hold rules ask of them; set-based for a whole batch."""

from collections import defaultdict

from ..engine.holds import Draft, previous_price, spans
from ..engine.money import ZERO
from .campaign import own_versions, read_deferred
from .facts import read_prices
from .prices import PRICE_FIELDS, decimal

PAIR = ("seller_id", "buyer_id", "customer_id")


def pair(statement):
    """Who bills whom."""
    return tuple(statement[name] for name in PAIR)


def read_drafts(statements, details):
    """``{statement: Draft}``, amounts net in the sellers' currencies.

    :param details: ``billing.buyer`` by pair
    """
    others = _others(statements)
    prices = _changed_prices(statements)
    return {
        one: Draft(
            total=decimal(one.company_amount),
            month=_sum(others[pair(one)], *spans(one.billing_day)[:2]),
            last=_sum(others[pair(one)], *spans(one.billing_day)[2:]),
            is_first=not any(
                other.state == "issued" for other in others[pair(one)] if other != one
            ),
            changed_prices=tuple(prices.get(one.id, ())),
            order_missing=pair(one) in details and details[pair(one)]._order_missing(),
        )
        for one in statements
    }


def _others(statements):
    """Documents of the same pairs by pair: this month's and last month's, and one issued
    before, by which a buyer is known."""
    Statement = statements.env["billing.statement"]
    pairs = [(name, "in", statements[name].ids + [False]) for name in PAIR]
    names = [*PAIR, "billing_day", "company_amount", "state"]
    days = statements.mapped("billing_day")
    found = Statement.search_fetch(
        [
            *pairs,
            ("billing_day", ">=", min(spans(day)[2] for day in days)),
            ("billing_day", "<=", max(days)),
        ],
        names,
    )
    known = Statement._read_group([*pairs, ("state", "=", "issued")], PAIR, ["id:min"])
    found |= Statement.browse([ident for *_pair, ident in known])
    by_pair = defaultdict(list)
    for one in found:
        by_pair[pair(one)].append(one)
    return by_pair


def _sum(statements, first, last):
    return sum(
        (decimal(one.company_amount) for one in statements if first <= one.billing_day <= last),
        ZERO,
    )


def _changed_prices(statements):
    """Codes of components that cost something else than on the last document, by statement."""
    charges = statements.charge_ids
    if not charges:
        return {}
    Charge = statements.env["billing.charge"]
    before = {
        (leg.id, code): start
        for leg, code, start in Charge._read_group(
            [
                ("leg_id", "in", charges.leg_id.ids),
                ("statement_id", "!=", False),
                ("statement_id", "not in", statements.ids),
            ],
            ["leg_id", "component_code"],
            ["period_start:max"],
        )
    }
    if not before:
        return {}
    prices = read_prices(charges.leg_id.price_book_id)
    deferred = read_deferred(charges.leg_id, prices)
    found = defaultdict(set)
    for charge in charges:
        code = charge.component_code
        since = before.get((charge.leg_id.id, code))
        if since and charge.period_start > since:
            versions = prices.get((charge.leg_id.price_book_id.id, code), [])
            versions = own_versions(versions, deferred.get(charge.leg_id.id))
            held = [(each.valid_from or None, _terms(each)) for each in versions]
            if previous_price(held, charge.period_start, since):
                found[charge.statement_id.id].add(charge.component_id.name)
    return found


def _terms(price):
    return tuple(str(getattr(price, name)) for name in PRICE_FIELDS)

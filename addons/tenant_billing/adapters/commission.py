"""From referrals and what was paid to the engine's commissions, and back (TB-030)."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from odoo.exceptions import UserError

from ..engine.commission import Commission, Sale, parse_percents
from ..engine.renewal import term_end
from .parties import Parties
from .prices import decimal

TERMS = ("percent", "stream_percents", "cap", "term_months")


def terms(record, start, until):
    """The engine's terms of a record of ``billing.commission.mixin``.

    :raises BillingError: ``bad_commission``, ``bad_percents``
    """
    streams = record.env["billing.plan.component"]._fields["stream"].get_values(record.env)
    return Commission(
        decimal(record.percent),
        start,
        until or None,
        decimal(record.cap) or None,
        parse_percents(record.stream_percents, streams),
        record.currency_id.decimal_places,
    )


def referral_values(subscription, agreed, day):
    """Values of a ``billing.referral`` on the terms ``agreed``."""
    return {
        "subscription_id": subscription.id,
        "seller_id": agreed.seller_id.id,
        "payee_id": agreed.payee_id.id,
        "currency_id": agreed.currency_id.id,
        "date_from": day,
        "date_until": term_end(day, agreed.term_months) or False,
        **{name: agreed[name] for name in TERMS},
    }


def read_sales(referrals):
    """What the customers were charged: ``{(subscription, seller): [Sale]}``, each in the currency
    of its document; what was taken back as a whole document counts for nothing."""
    groups = referrals.env["billing.charge"]._read_group(
        [
            ("subscription_id", "in", referrals.subscription_id.ids),
            ("customer_id", "!=", False),
            ("statement_id.state", "=", "issued"),
            ("statement_id.credited_by_ids", "=", False),
            ("statement_id.credit_of_id", "=", False),
        ],
        ["leg_id", "statement_id", "stream", "period_start:day"],
        ["amount:sum"],
    )
    found, parties = defaultdict(list), Parties(referrals.env)
    for leg, statement, stream, day, amount in groups:
        # What is earned is earned on the price, not on the tax inside it (B-07).
        net = parties.net(leg, amount) if leg.price_book_id.tax_included else amount
        sale = Sale(statement, stream, day, decimal(leg.currency_id.round(net)))
        found[leg.subscription_id, leg.seller_id].append(sale)
    return found


def in_terms(referral, sales, booked, day, parties):
    """``sales`` in the currency of the terms, at the rate of ``day`` on which they are earned;
    what is booked keeps the rate of its first booking (DESIGN 4.3).

    :return: sales, the rates by statement, and what is wrong where a rate is missing: nothing is
        earned on such a document until it is known
    """
    rates, problems, found = {}, {}, []
    for sale in sales:
        statement = sale.document
        if statement not in rates and statement not in problems:
            rate = booked.get(statement, (0, 0, 0))[2]
            try:
                rates[statement] = rate or decimal(
                    parties.rate_between(
                        statement.currency_id,
                        referral.currency_id,
                        referral.seller_id.company_id,
                        day,
                    )
                )
            except UserError as error:
                problems[statement] = str(error)
        if statement in rates:
            found.append(replace(sale, amount=sale.amount * rates[statement]))
    return found, rates, next(iter(problems.values()), None)


def read_booked(referrals):
    """``{referral: {statement: (sum, newest revision, rate, held)}}``; ``held`` is what stands in
    each set of books, ``[(sum, in those here)]``, the newest last"""
    groups = referrals.env["billing.commission"]._read_group(
        [("referral_id", "in", referrals.ids)],
        ["referral_id", "statement_id", "is_here"],
        ["amount:sum", "revision:max", "rate:max"],
        order="revision:max",
    )
    found = defaultdict(dict)
    for referral, statement, is_here, amount, revision, rate in groups:
        amount = decimal(referral.currency_id.round(amount))
        stands, _older, known, held = found[referral].get(statement, (0, 0, 0, ()))
        found[referral][statement] = (
            stands + amount,
            revision,
            max(known, decimal(rate)),
            (*held, (amount, is_here)),
        )
    return found


def base(agreed, sales, statement):
    """What a document charges for the days agreed."""
    until = agreed.until or date.max
    return sum(
        sale.amount
        for sale in sales
        if sale.document == statement and agreed.start <= sale.day < until
    )

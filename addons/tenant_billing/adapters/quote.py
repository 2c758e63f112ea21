"""From an offer or a question “what if” to the engine's terms, of its sale and its purchase.

Both have a plan, a calendar, lines with quantity and price, a trial and a discount; no record
of a subscription is needed.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from ..engine.money import ZERO, round_money
from ..engine.pricing import scaled
from ..engine.quote import expected_usage, horizon, invoices
from ..engine.terms import Component, Discount, Free, Subscription, Terms
from ..engine.timeline import State
from .facts import read_prices
from .prices import decimal, engine_price
from .terms import margin_discounts, price_changes, version_on


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice to come: what the buyer pays, and what the seller pays for it."""

    day: object
    amount: Decimal
    cost: Decimal = ZERO


def quote_terms(quote, day, periods):
    """The terms of the sale: `Terms`, and the day on which the last period has ended."""
    components = tuple(_component(line, line) for line in quote.line_ids)
    return _terms(quote, day, periods, components, (), quote.currency_id, quote)


def cost_terms(quote, book, day, periods):
    """The terms of the purchase by the wholesale ``book``; what it has no price of costs
    nothing here, and is refused when the offer is sent."""
    components, changes = [], []
    prices = read_prices(book)
    for line in quote.line_ids:
        versions = prices.get((book.id, line.component_id.code))
        if versions:
            components.append(_component(line, version_on(versions, day)))
            changes += price_changes(line.component_id.code, day, versions)
    terms, until = _terms(
        quote, day, periods, tuple(components), tuple(changes), book.currency_id, book
    )
    pair = book.seller_id.id, quote._quote_seller().id
    agreed = quote.env["billing.agreement.margin"]._holding({pair}).get(pair, ())
    margins = margin_discounts(agreed, {one.code: one for one in components})
    return replace(terms, discounts=(*terms.discounts, *margins)), until


def rows(sale, purchase, until, rate, count=None):
    """The invoices to come as `Row`, with what they cost: ``rate`` turns the purchase's
    currency into the sale's. ``purchase`` is None where there is nothing to buy."""
    bought = {one.day: one.amount for one in invoices(purchase, until)} if purchase else {}
    sold = {one.day: one.amount for one in invoices(sale, until)}
    days = sorted({*sold, *bought})[:count]
    return [Row(day, sold.get(day, ZERO), rate(bought.get(day, ZERO))) for day in days]


def _component(line, price):
    component = line.component_id
    metered = component.kind == "metered"
    # A count of different things costs what their number costs; no names are expected.
    aggregation = component.meter_id.aggregation if metered else None
    return Component(
        code=component.code,
        kind=component.kind,
        price=engine_price(price),
        timing=component.timing,
        quantity=ZERO if metered else decimal(line.quantity),
        included=decimal(price.included),
        minimum=decimal(price.minimum) or None,
        aggregation="sum" if aggregation == "unique_count" else aggregation,
        maximum=decimal(price.maximum) or None,
    )


def _terms(quote, day, periods, components, changes, currency, giver):
    """``giver``: whose trial and discount hold, the quote itself or the wholesale book."""
    plan = quote.plan_id
    subscription = Subscription(
        start=day,
        anchor_day=quote.anchor_day or None,
        timezone=quote.timezone or "UTC",
        interval=plan.interval,
        interval_count=plan.interval_count,
    )
    until = horizon(subscription.calendar, periods)
    days, percent = giver.trial_days, decimal(giver.discount_percent)
    free = (Free(day, day + relativedelta(days=days)),) if days > 0 else ()
    months = giver.discount_months
    ends = day + relativedelta(months=months) if months else None
    terms = Terms(
        subscription,
        components,
        changes,
        currency=currency.name,
        decimal_places=currency.decimal_places,
        free=free,
        discounts=(Discount(percent, None, ends),) if percent else (),
    )
    expected = {line.component_id.code: decimal(line.quantity) for line in quote.line_ids}
    usage = tuple(
        event
        for component in components
        if component.kind == "metered"
        for event in expected_usage(
            component,
            expected[component.code],
            subscription.calendar,
            subscription.timezone,
            until,
            free,
        )
    )
    return replace(terms, usage=usage), until


def line_rate(line, price, factor):
    """A full period of a line at a price, times ``factor``, unrounded."""
    state = State(
        decimal(line.quantity),
        decimal(price.included),
        decimal(price.minimum),
        scaled(engine_price(price), factor),
        decimal(price.maximum) or None,
    )
    return state.rate


def rounded(amount, currency):
    return round_money(amount, currency.decimal_places or 2)

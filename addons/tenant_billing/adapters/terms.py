"""From facts to the engine's terms of one leg."""

from collections import defaultdict
from decimal import Decimal

from ..engine.terms import (
    Change,
    Component,
    Discount,
    Free,
    LegWindow,
    Opening,
    Subscription,
    Terms,
)
from .campaign import own_versions
from .facts import first_day
from .portfolio import COMMITMENT, POOL
from .prices import decimal, engine_price
from .retainer import Service, overage_events
from .usage import component_events


class PriceMissing(Exception):
    """A component that a leg's book has no price for: ``book``, ``codes``."""

    def __init__(self, book, codes):
        super().__init__(book.id, codes)
        self.book = book
        self.codes = codes


def terms(subscription, leg, facts):
    """The engine's terms of one leg.

    :raises PriceMissing: where the leg's book has no price of a component
    """
    components, changes, free, usage = [], [], [], []
    codes = defaultdict(dict)
    # In order of days, and of one day the last one added stands.
    for item in sorted(facts.items.get(subscription.id, ()), key=lambda item: item.version.day):
        codes[item.code][item.version.day] = item
    missing = [code for code in codes if not facts.prices.get((leg.price_book_id.id, code))]
    if missing:
        raise PriceMissing(leg.price_book_id, missing)
    for code, by_day in codes.items():
        versions = list(by_day.values())
        prices = own_versions(facts.prices[leg.price_book_id.id, code], facts.deferred.get(leg.id))
        component = versions[0].component_id
        components.append(_component(subscription, component, versions[0].version, prices))
        changes += price_changes(code, versions[0].version.day, prices)
        _quantities(component, [item.version for item in versions], changes, free)
        free += _paused(code, facts.pauses.get(subscription.id, ()), prices)
        if component.overage_of_id:
            usage += _overage(subscription, component, facts)
        elif component.kind == "metered" and not component.portfolio:
            usage += _component_usage(subscription, component, facts)
    if facts.ends.get(subscription.id):
        changes.append(facts.ends[subscription.id])
    discounts = [
        Discount(
            decimal(discount.percent),
            discount.date_from or None,
            discount.date_until or None,
            _known(discount.codes, codes),
        )
        for discount in facts.discounts.get(leg.id, ())
    ]
    if leg.tenant_id and leg.buyer_id:
        agreed = facts.margins.get((leg.seller_id.id, leg.buyer_id.id), ())
        discounts += margin_discounts(agreed, codes)
    free += _trials(leg, facts)
    return Terms(
        subscription=engine_subscription(subscription),
        components=tuple(components),
        changes=tuple(changes),
        usage=tuple(usage),
        currency=leg.currency_id.name,
        decimal_places=leg.currency_id.decimal_places,
        free=tuple(free),
        discounts=tuple(discounts),
        portfolio=facts.portfolio.get(leg.id, {}),
    )


def engine_subscription(subscription):
    """Calendar and days of a subscription for the engine."""
    return Subscription(
        start=subscription.start_date,
        end=subscription.end_date or None,
        anchor_day=subscription.anchor_day or None,
        timezone=subscription.timezone,
        interval=subscription.interval,
        interval_count=subscription.interval_count,
    )


def margin_discounts(margins, codes):
    """Margins agreed with a partner (`billing.agreement.margin`), as discounts on its purchase."""
    return [
        Discount(decimal(percent), first, until, _known(named, codes))
        for percent, first, until, named in margins
    ]


def _trials(leg, facts):
    """The leg's own free days, and those of the legs whose place it took: what was seen on them
    nobody has counted yet."""
    if leg.trial_until:
        yield Free(leg.date_from, leg.trial_until)
    for other in facts.legs.get(leg.subscription_id.id, ()):
        before = other.date_until and other.date_until <= leg.date_from
        if other.trial_until and before and other.buyer_id == leg.buyer_id:
            yield Free(other.date_from, min(other.trial_until, other.date_until))


def _known(text, codes):
    """The components that a discount names, as far as the subscription has them; None: all."""
    return frozenset(text.split()) & codes.keys() if text else None


def window(leg, facts):
    """The days on which a leg may charge, and what was charged before."""
    openings = tuple(
        Opening(opening.code, opening.date_from, opening.date_until, decimal(opening.amount))
        for opening in facts.openings.get(leg.id, ())
    )
    return LegWindow(leg.date_from, leg.date_until or None, leg.opening_day or None, openings)


def _component(subscription, component, first, prices):
    metered = component.kind == "metered" or component.portfolio == POOL
    price = version_on(prices, first.day)
    return Component(
        code=component.code,
        kind="metered" if metered else component.kind,
        price=engine_price(price),
        timing=component.timing,
        quantity=Decimal(0) if metered else first.quantity,
        included=decimal(price.included),
        minimum=decimal(price.minimum) or None,
        aggregation=component._aggregation() if metered else None,
        commitment=component.portfolio == COMMITMENT,
        start=None if first.day <= subscription.start_date else first.day,
        maximum=decimal(price.maximum) or None,
    )


def version_on(prices, day):
    """The version that holds on ``day``; before the first one, the first one."""
    holding = [price for price in prices if first_day(price) <= day]
    return holding[-1] if holding else prices[0]


def price_changes(code, first, prices):
    start = version_on(prices, first)
    for price in prices:
        if price != start and first_day(price) > first:
            yield Change(
                at=price.valid_from,
                component=code,
                price=engine_price(price),
                included=decimal(price.included),
                minimum=decimal(price.minimum) or None,
                maximum=decimal(price.maximum) or None,
            )


def _quantities(component, versions, changes, free):
    """Versions after the first one: quantities, an end, and days without the component where
    it comes back later."""
    for position, version in enumerate(versions):
        after = versions[position + 1] if position + 1 < len(versions) else None
        if version.ends and after is None:
            changes.append(Change(at=version.day, component=version.code, end=True))
        elif version.ends:
            free.append(Free(version.day, after.day, frozenset((version.code,))))
        elif position and component.kind != "metered" and component.portfolio != POOL:
            changes.append(
                Change(at=version.day, component=version.code, quantity=version.quantity)
            )


def _paused(code, pauses, prices):
    """Days at no charge, where the price does not go on through a pause."""
    for first, until in pauses:
        if not version_on(prices, first).charged_when_paused:
            yield Free(first, until, frozenset((code,)))


def _overage(subscription, component, facts):
    """Hours beyond a retainer; worked out anew each time, since a change may be thought of."""
    end = facts.ends.get(subscription.id)
    items = facts.items.get(subscription.id, ())
    service = Service(
        tuple(item.version for item in items),
        tuple(facts.pauses.get(subscription.id, ())),
        end and end.at,
    )
    return overage_events(subscription, component, service, facts.retained.get(subscription.id, ()))


def _component_usage(subscription, component, facts):
    """Events of a component, made once for all legs."""
    key = subscription.id, component.id
    if key not in facts.events:
        streams = facts.usage.get((subscription.tenant_id.id, component.meter_id.id), ())
        facts.events[key] = component_events(
            component.code, component.meter_id.aggregation, component._dimension_filter(), streams
        )
    return facts.events[key]

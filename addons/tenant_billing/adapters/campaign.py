"""Price changes put off for a contract, and what they cost it (TB-071)."""

from dataclasses import dataclass, replace
from datetime import date

from ..engine.campaign import standing
from ..engine.money import ZERO, round_money
from ..engine.timeline import Timeline
from .prices import decimal


@dataclass(frozen=True)
class Deferred:
    """A price (a record of ``billing.price.mixin``) from another day on."""

    price: object
    valid_from: date

    def __getattr__(self, name):
        return getattr(self.price, name)


def read_deferred(legs, prices):
    """``{leg id: {campaign id: day}}`` of running contracts whose new price is put off."""
    campaigns = {price.campaign_id.id for versions in prices.values() for price in versions} - {
        False
    }
    found = {}
    if campaigns:
        for line in legs.env["billing.price.notice.line"].search(
            [
                ("leg_id", "in", legs.ids),
                ("campaign_id", "in", list(campaigns)),
                ("campaign_id.state", "=", "announced"),
            ]
        ):
            found.setdefault(line.leg_id.id, {})[line.campaign_id.id] = line.day
    return found


def own_versions(versions, days):
    """The versions of a price as they hold for one contract: ``days`` by campaign id."""
    if not days or not any(price.campaign_id.id in days for price in versions):
        return versions
    dated = [
        (meant := price.valid_from or date.min, days.get(price.campaign_id.id) or meant)
        for price in versions
    ]
    return [
        versions[number]
        if dated[number][0] == dated[number][1]
        else Deferred(versions[number], dated[number][1])
        for number in standing(dated)
    ]


def with_new_prices(facts, leg, lines, day):
    """The facts as they are for a contract whose prices become those of ``lines`` on ``day``."""
    prices = dict(facts.prices)
    for line in lines:
        key = leg.price_book_id.id, line.code
        known = own_versions(prices.get(key, []), facts.deferred.get(leg.id))
        before = [price for price in known if (price.valid_from or date.min) < day]
        prices[key] = [*before, Deferred(line, day)]
    return replace(facts, prices=prices)


def cost_on(terms, codes, quantities, day):
    """What the components ``codes`` cost in a full period on a day, rounded once each; metered
    ones at ``quantities``."""
    total = ZERO
    for component in terms.components:
        if component.code not in codes:
            continue
        changes = [change for change in terms.changes if change.component == component.code]
        ends = [change.at for change in changes if change.end]
        if day < (component.start or date.min) or min(ends, default=date.max) <= day:
            continue
        state = Timeline(component, changes, terms.free, terms.discounts).at(day)
        metered = component.kind == "metered"
        quantity = quantities.get(component.code, ZERO) if metered else state.quantity
        total += round_money(state.cost(quantity), terms.decimal_places)
    return total


def measured(legs, codes):
    """``{leg id: {code: quantity}}``: what was measured in the last period billed, of metered
    components."""
    found = {}
    for row in legs.env["billing.charge"].search(
        [
            ("leg_id", "in", legs.ids),
            ("component_code", "in", list(codes)),
            ("component_kind", "=", "metered"),
            ("kind", "=", "charge"),
        ],
        order="period_start, revision",
    ):
        found.setdefault(row.leg_id.id, {})[row.component_code] = decimal(row.quantity)
    return found

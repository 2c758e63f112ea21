"""A leg as the simulator's JSON, so that anybody can replay it (DESIGN 6)."""

from ..engine.money import plain
from ..engine.terms import KEEP
from .prices import price_json


def scenario(terms, as_of):
    """The simulator's input for the terms of a leg from beginning to end."""
    subscription = terms.subscription
    return {
        "currency": terms.currency,
        "decimal_places": terms.decimal_places,
        "subscription": {
            "start": subscription.start.isoformat(),
            "end": subscription.end.isoformat() if subscription.end else None,
            "anchor_day": subscription.anchor_day,
            "timezone": subscription.timezone,
            "interval": subscription.interval,
            "interval_count": subscription.interval_count,
        },
        "components": [_component(component) for component in terms.components],
        "changes": [_change(change) for change in terms.changes],
        "usage": [
            {
                "component": event.component,
                "at": event.at.isoformat(),
                "value": event.value if isinstance(event.value, str) else plain(event.value),
                "id": event.id,
            }
            for event in terms.usage
        ],
        **_spans(terms),
        "as_of": as_of.isoformat(),
    }


def _spans(terms):
    """Free days and discounts; left out where there are none."""
    found = {}
    if terms.free:
        found["free"] = [_span(span) for span in terms.free]
    if terms.discounts:
        found["discounts"] = [
            {"percent": plain(span.percent), **_span(span)} for span in terms.discounts
        ]
    return found


def _span(span):
    return {
        "start": span.start.isoformat() if span.start else None,
        "until": span.until.isoformat() if span.until else None,
        "components": None if span.components is None else sorted(span.components),
    }


def _component(component):
    answer = {
        "code": component.code,
        "kind": component.kind,
        "included": plain(component.included),
        "minimum": None if component.minimum is None else plain(component.minimum),
        "price": price_json(component.price),
    }
    if component.maximum is not None:
        answer["maximum"] = plain(component.maximum)
    if component.kind != "one_off":
        answer["timing"] = component.timing
    if component.kind == "metered":
        answer["aggregation"] = component.aggregation
    else:
        answer["quantity"] = plain(component.quantity)
    if component.start:
        answer["start"] = component.start.isoformat()
    return answer


def _change(change):
    answer = {"at": change.at.isoformat()}
    if change.component:
        answer["component"] = change.component
    for name in ("quantity", "included"):
        if getattr(change, name) is not None:
            answer[name] = plain(getattr(change, name))
    for name in ("minimum", "maximum"):
        value = getattr(change, name)
        if value is not KEEP:
            answer[name] = None if value is None else plain(value)
    if change.price is not None:
        answer["price"] = price_json(change.price)
    if change.end:
        answer["end"] = True
        answer["refund"] = change.refund
    return answer

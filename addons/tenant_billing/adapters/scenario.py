"""A leg as the simulator's JSON, so that anybody can replay it (DESIGN 6)."""

from ..engine.money import plain
from ..engine.terms import KEEP
from .prices import price_json


def scenario(terms, as_of):
    """The simulator's input for the terms of a leg from beginning to end.

    A component that begins later than the subscription stands with quantity 0 until then.
    """
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
        "changes": [
            *(
                {
                    "at": component.start.isoformat(),
                    "component": component.code,
                    "quantity": plain(component.quantity),
                }
                for component in terms.components
                if component.start and component.kind != "metered"
            ),
            *(_change(change) for change in terms.changes),
        ],
        "usage": [
            {
                "component": event.component,
                "at": event.at.isoformat(),
                "value": event.value if isinstance(event.value, str) else plain(event.value),
                "id": event.id,
            }
            for event in terms.usage
        ],
        "as_of": as_of.isoformat(),
    }


def _component(component):
    answer = {
        "code": component.code,
        "kind": component.kind,
        "included": plain(component.included),
        "minimum": None if component.minimum is None else plain(component.minimum),
        "price": price_json(component.price),
    }
    if component.kind != "one_off":
        answer["timing"] = component.timing
    if component.kind == "metered":
        answer["aggregation"] = component.aggregation
    else:
        answer["quantity"] = "0" if component.start else plain(component.quantity)
    return answer


def _change(change):
    answer = {"at": change.at.isoformat()}
    if change.component:
        answer["component"] = change.component
    for name in ("quantity", "included"):
        if getattr(change, name) is not None:
            answer[name] = plain(getattr(change, name))
    if change.minimum is not KEEP:
        answer["minimum"] = None if change.minimum is None else plain(change.minimum)
    if change.price is not None:
        answer["price"] = price_json(change.price)
    if change.end:
        answer["end"] = True
    return answer

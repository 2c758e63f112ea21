"""The simulator's JSON: facts in (DESIGN 6; the answer: `scenario_output`).

Texts here are for its users, in English; nothing of this module is shown in Odoo.
"""

import re

from .drivers import is_per_user
from .errors import BillingError
from .money import ZERO
from .periods import INTERVALS
from .pricing import MODELS, TIERED, Price, Tier, price_problems
from .scenario_output import output
from .scenario_reader import (
    REQUIRED,
    Reader,
    ScenarioInvalid,
    amount,
    boolean,
    choice,
    day,
    instant,
    read_json,
    text,
    whole,
)
from .scenario_spans import discount, free
from .terms import KEEP, KINDS, TIMINGS, Change, Component, Scenario, Subscription, Terms
from .usage import AGGREGATIONS, UsageEvent
from .zones import zone

__all__ = ["Scenario", "ScenarioInvalid", "output", "parse", "read_json", "simulate"]

_PROBLEMS = {
    "negative": "must not be negative",
    "not_positive": "must be above 0",
    "no_tiers": "must have at least one tier",
    "tier_after_open_end": "follows a tier without an end",
    "tiers_overlap": "must be above the tier before it, and above 0",
    "last_tier_limited": "must be null in the last tier, or larger quantities have no price",
}
_TERMS = ("quantity", "included", "minimum", "maximum", "price")
_USAGE_ONLY = "a metered component takes its quantity from its usage"
_PER_USER = "prices by user or seat, which is refused: price what the tenant uses"
_ZONES = {
    "unknown_zone": "unknown time zone",
    "zone_data_missing": "this machine has no time zone data: install tzdata, or use UTC",
}


def simulate(data: bytes) -> dict:
    """The output for an input file. Raises `ScenarioInvalid`."""
    return output(parse(read_json(data)))


def parse(document: object) -> Scenario:
    """The scenario in a document read by `read_json` or built by hand.

    Raises `ScenarioInvalid` with all errors, not the first alone.
    """
    errors: list[str] = []
    root = Reader(document, "$", errors)
    currency = root.get("currency", _currency)
    places = root.get("decimal_places", whole(0, 6))
    subscription = _subscription(root.object("subscription"))
    components = [_component(reader) for reader in root.objects("components", required=True)]
    kinds = _kinds(components, errors)
    if not isinstance(root.value.get("components"), list):
        kinds[None] = None
    changes = tuple(
        _change(reader, kinds, sequence) for sequence, reader in enumerate(root.objects("changes"))
    )
    usage = tuple(_usage(reader, kinds) for reader in root.objects("usage"))
    spans = (
        tuple(free(reader, kinds) for reader in root.objects("free")),
        tuple(discount(reader, kinds) for reader in root.objects("discounts")),
    )
    as_of = root.get("as_of", day)
    root.done()
    if errors:
        raise ScenarioInvalid(errors)
    terms = Terms(subscription, tuple(components), changes, usage, currency, places, *spans)
    return Scenario(terms, as_of)


def _currency(value: object) -> str:
    if isinstance(value, str) and re.fullmatch("[A-Z]{3}", value):
        return value
    raise ValueError("must be a currency code such as EUR")


def _subscription(reader: Reader | None) -> Subscription | None:
    if reader is None:
        return None
    start = reader.get("start", day)
    end = reader.get("end", day, None, null=True)
    anchor = reader.get("anchor_day", whole(1, 31), None, null=True)
    name = reader.get("timezone", text, "UTC")
    interval = reader.get("interval", choice(*INTERVALS))
    count = reader.get("interval_count", whole(1, 1000), 1)
    reader.done()
    if start and end and end < start:
        reader.error("end", f"must not be before the start, {start}")
    if name:
        try:
            zone(name)
        except BillingError as error:
            reader.error("timezone", _ZONES[error.code])
    return Subscription(start, end, anchor, name, interval, count)


def _component(reader: Reader) -> Component:
    code = reader.get("code", text)
    if code and is_per_user(code):
        reader.error("code", _PER_USER)
    kind = reader.get("kind", choice(*KINDS))
    metered = kind == "metered"
    timing = reader.get("timing", choice(*TIMINGS), REQUIRED if kind == "recurring" else "arrears")
    if metered:
        if timing == "advance":
            reader.error("timing", "must be arrears: usage is known when its period is over")
        reader.forbid("quantity", _USAGE_ONLY)
        aggregation = reader.get("aggregation", choice(*AGGREGATIONS))
    else:
        aggregation = None
        reader.forbid("aggregation", "is of metered components only")
    quantity = ZERO if metered else reader.get("quantity", amount)
    included = reader.get("included", amount, ZERO)
    minimum = reader.get("minimum", amount, None, null=True)
    maximum = reader.get("maximum", amount, None, null=True)
    price = _price(reader.object("price"))
    start = reader.get("start", day, None, null=True)
    reader.done()
    return Component(
        code, kind, price, timing, quantity, included, minimum, aggregation, start, maximum=maximum
    )


def _price(reader: Reader | None) -> Price | None:
    if reader is None:
        return None
    before = len(reader.errors)
    model = reader.get("model", choice(*MODELS))
    price = _of_model(reader, model)
    if model:
        reader.done()
    if price is None or len(reader.errors) > before:
        return None
    for problem in price_problems(price):
        reader.errors.append(f"{reader.path}{problem.path}: {_PROBLEMS[problem.code]}")
    return price


def _of_model(reader: Reader, model: str | None) -> Price | None:
    if model is None:
        return None
    if model in TIERED:
        for name in ("amount", "package_size"):
            reader.forbid(name, f"a {model} price has tiers instead")
        tiers = tuple(_tier(tier) for tier in reader.objects("tiers", required=True))
        return Price(model, tiers=tiers)
    reader.forbid("tiers", f"a {model} price has no tiers")
    cost = reader.get("amount", amount)
    if model == "package":
        return Price(model, cost, reader.get("package_size", amount))
    reader.forbid("package_size", f"a {model} price has no packages")
    return Price(model, cost)


def _tier(reader: Reader) -> Tier:
    up_to = reader.get("up_to", amount, None, null=True)
    tier = Tier(up_to, reader.get("unit", amount), reader.get("flat", amount, ZERO))
    reader.done()
    return tier


def _kinds(components: list[Component], errors: list[str]) -> dict[str | None, Component | None]:
    """Components by code; under None the first whose code could not be read."""
    known: dict[str | None, Component | None] = {}
    for position, component in enumerate(components):
        if component.code is not None and component.code in known:
            errors.append(f"$.components[{position}].code: is used by another component")
        known.setdefault(component.code, component)
    return known


def _known(
    reader: Reader, kinds: dict[str | None, Component | None], code: str | None
) -> Component | None:
    if code is None:
        return None
    # Where a component could not be read, it may be the one that is meant: one error is enough.
    if code not in kinds and None not in kinds:
        reader.error("component", f"no component has this code: {ascii(code)}")
    return kinds.get(code)


def _change(reader: Reader, kinds: dict[str | None, Component | None], sequence: int) -> Change:
    at = reader.get("at", day)
    code = reader.get("component", text, None, null=True)
    component = _known(reader, kinds, code)
    if component and component.kind == "metered":
        reader.forbid("quantity", _USAGE_ONLY)
    quantity = reader.get("quantity", amount, None, null=True)
    included = reader.get("included", amount, None, null=True)
    minimum, maximum = (
        reader.get(name, amount, None, null=True) if name in reader.value else KEEP
        for name in ("minimum", "maximum")
    )
    price = _price(reader.object("price", required=False)) if "price" in reader.value else None
    end = reader.get("end", _true, False, null=True)
    refund = reader.get("refund", boolean, True)
    if not end:
        reader.forbid("refund", "is of an end only")
    reader.done()
    terms = [name for name in _TERMS if name in reader.value]
    if reader.ok and terms and not reader.has("component"):
        reader.error("component", f"is missing: {terms[0]} is of a component")
    elif reader.ok and not terms and "end" not in reader.value:
        reader.errors.append(f"{reader.path}: changes nothing: give quantity, price, ... or end")
    return Change(
        at, code, quantity, included, minimum, price, bool(end), sequence, maximum, refund
    )


def _true(value: object) -> bool:
    if value is not True:
        raise ValueError("must be true")
    return value


def _usage(reader: Reader, kinds: dict[str | None, Component | None]) -> UsageEvent:
    code = reader.get("component", text)
    component = _known(reader, kinds, code)
    if component and component.kind not in (None, "metered"):
        reader.error("component", f"is {component.kind}: only metered components have usage")
    counted = component and component.aggregation == "unique_count"
    value = reader.get("value", text if counted else amount)
    event = UsageEvent(reader.get("id", text), reader.get("at", instant), value, code)
    reader.done()
    return event

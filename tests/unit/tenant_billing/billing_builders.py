"""Short ways to write facts and read charges in tests of the billing engine."""

from datetime import date, datetime, timezone
from decimal import Decimal

from cp.tenant_billing.engine.pricing import Price, Tier
from cp.tenant_billing.engine.rating import (
    Change,
    Charge,
    Component,
    Subscription,
    Terms,
    UsageEvent,
    target,
)

D = Decimal


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """UTC instant from ``2026-02-01`` or ``2026-02-01 13:30``."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def flat(amount: str) -> Price:
    return Price("flat", D(amount))


def per_unit(amount: str) -> Price:
    return Price("per_unit", D(amount))


def package(amount: str, size: str) -> Price:
    return Price("package", D(amount), D(size))


def tiered(model: str, *tiers: tuple) -> Price:
    """Tiers as ``(up_to or None, unit)`` or ``(up_to, unit, flat)``."""
    return Price(
        model,
        tiers=tuple(
            Tier(D(up_to) if up_to else None, D(unit), D(rest[0] if rest else "0"))
            for up_to, unit, *rest in tiers
        ),
    )


def recurring(code="base", price=None, quantity="1", timing="advance", **more) -> Component:
    return Component(code, "recurring", price or per_unit("100"), timing, D(quantity), **more)


def metered(code="storage", price=None, aggregation="max", included="0", **more) -> Component:
    return Component(
        code,
        "metered",
        price or per_unit("1"),
        included=D(included),
        aggregation=aggregation,
        **more,
    )


def change(when: str, component: str | None = "base", **terms) -> Change:
    for name in ("quantity", "included", "minimum"):
        if isinstance(terms.get(name), str):
            terms[name] = D(terms[name])
    return Change(day(when), component, **terms)


def used(*events: tuple[str, str], component="storage") -> tuple[UsageEvent, ...]:
    """Events ``(instant, value)`` with ids by position."""
    return tuple(
        UsageEvent(f"{component}-{number}", at(when), D(value), component)
        for number, (when, value) in enumerate(events)
    )


def terms(
    *components,
    start="2026-01-01",
    end=None,
    changes=(),
    usage=(),
    places=2,
    free=(),
    discounts=(),
    **more,
):
    return Terms(
        Subscription(day(start), day(end) if end else None, **more),
        tuple(components),
        tuple(changes),
        tuple(usage),
        decimal_places=places,
        free=tuple(free),
        discounts=tuple(discounts),
    )


def rows(facts: Terms, as_of: str, leg=None) -> list[tuple[str, str, str, str]]:
    """``(entry, start, end, amount)`` of each charge, dates without the century."""
    return [short(charge) for charge in target(facts, day(as_of), leg)]


def short(charge: Charge) -> tuple[str, str, str, str]:
    return (
        charge.entry,
        f"{charge.period_start:%y-%m-%d}",
        f"{charge.period_end:%y-%m-%d}",
        str(charge.amount),
    )


def amounts(facts: Terms, as_of: str, leg=None) -> list[str]:
    return [str(charge.amount) for charge in target(facts, day(as_of), leg)]


def total(facts: Terms, as_of: str, leg=None) -> Decimal:
    return sum((charge.amount for charge in target(facts, day(as_of), leg)), D(0))

"""Price models: what a quantity costs in one full period, unrounded (DESIGN 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from .errors import BillingError
from .money import ZERO, exact

MODELS = ("flat", "per_unit", "package", "graduated", "volume")
TIERED = ("graduated", "volume")


@dataclass(frozen=True, slots=True)
class Tier:
    """Quantities up to and including ``up_to`` (None: no limit)."""

    up_to: Decimal | None
    unit: Decimal
    flat: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Price:
    """``amount`` for flat, per_unit and package; ``package_size`` for package; else ``tiers``."""

    model: str
    amount: Decimal = ZERO
    package_size: Decimal | None = None
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceProblem:
    """``path`` below the price (``.tiers[1].up_to``) and what is wrong there."""

    path: str
    code: str


def price_quantity(price: Price, quantity: Decimal) -> Decimal:
    """Cost of ``quantity`` (after the allowance), unrounded; nothing for 0 or less.

    Raises ``BillingError``: ``unknown_model``, ``no_tier`` (tiers that do not reach it).
    """
    if quantity <= 0:
        return ZERO
    with exact():
        if price.model == "flat":
            return price.amount
        if price.model == "per_unit":
            return price.amount * quantity
        if price.model == "package":
            packs = (quantity / price.package_size).to_integral_value(rounding=ROUND_CEILING)
            return price.amount * packs
        if price.model == "graduated":
            return _graduated(price.tiers, quantity)
        if price.model == "volume":
            tier = _tier_of(price.tiers, quantity)
            return tier.unit * quantity + tier.flat
    raise BillingError("unknown_model", model=price.model)


def _graduated(tiers: tuple[Tier, ...], quantity: Decimal) -> Decimal:
    total, below = ZERO, ZERO
    for tier in tiers:
        reached = quantity if tier.up_to is None else min(quantity, tier.up_to)
        total += (reached - below) * tier.unit + tier.flat
        if reached == quantity:
            return total
        below = tier.up_to
    raise BillingError("no_tier", quantity=quantity)


def _tier_of(tiers: tuple[Tier, ...], quantity: Decimal) -> Tier:
    for tier in tiers:
        if tier.up_to is None or quantity <= tier.up_to:
            return tier
    raise BillingError("no_tier", quantity=quantity)


def scaled(price: Price, factor: Decimal) -> Price:
    """The price that costs ``factor`` times as much for every quantity."""
    if factor == 1:
        return price
    with exact():
        tiers = tuple(
            Tier(tier.up_to, tier.unit * factor, tier.flat * factor) for tier in price.tiers
        )
        return Price(price.model, price.amount * factor, price.package_size, tiers)


def lowest_rate(price: Price) -> Decimal:
    """The lowest rate at which a price may charge: of its tiers, else its amount."""
    if price.model in TIERED:
        return min((tier.unit for tier in price.tiers), default=ZERO)
    return price.amount


def canonical(price: Price) -> Price:
    """The same function of a quantity in its one shortest form.

    Two prices that cost the same for every quantity in the ways people write them (a tier
    cut in two, one tier for everything) compare equal, so that exchanging one for the other
    is a change that changes nothing.
    """
    if price.model not in TIERED:
        if not price.amount:
            return Price("flat", ZERO)
        if price.model == "package":
            return Price("package", price.amount, price.package_size)
        return Price(price.model, price.amount)
    tiers: list[Tier] = []
    for tier in price.tiers:
        last = tiers[-1] if tiers else None
        joins = (
            last
            and last.unit == tier.unit
            and (last.flat == tier.flat if price.model == "volume" else not tier.flat)
        )
        if joins:
            tiers[-1] = Tier(tier.up_to, last.unit, last.flat)
        else:
            tiers.append(tier)
    if len(tiers) == 1 and tiers[0].up_to is None:
        only = tiers[0]
        if not only.flat:
            return canonical(Price("per_unit", only.unit))
        if not only.unit:
            return Price("flat", only.flat)
        return Price("graduated", tiers=(only,))
    return Price(price.model, tiers=tuple(tiers))


def price_problems(price: Price) -> tuple[PriceProblem, ...]:
    """Everything wrong with a price, empty when it can be used. Never raises.

    Codes: ``unknown_model``, ``negative``, ``not_positive``, ``no_tiers``,
    ``tier_after_open_end``, ``tiers_overlap``, ``last_tier_limited``.
    """
    return tuple(_problems(price))


def _problems(price: Price) -> Iterator[PriceProblem]:
    if price.model not in MODELS:
        yield PriceProblem(".model", "unknown_model")
        return
    if price.model not in TIERED:
        if price.amount < 0:
            yield PriceProblem(".amount", "negative")
        if price.model == "package" and (price.package_size is None or price.package_size <= 0):
            yield PriceProblem(".package_size", "not_positive")
        return
    if not price.tiers:
        yield PriceProblem(".tiers", "no_tiers")
        return
    below: Decimal | None = ZERO
    for position, tier in enumerate(price.tiers):
        path = f".tiers[{position}]"
        if tier.unit < 0:
            yield PriceProblem(f"{path}.unit", "negative")
        if tier.flat < 0:
            yield PriceProblem(f"{path}.flat", "negative")
        if below is None:
            yield PriceProblem(path, "tier_after_open_end")
        elif tier.up_to is not None and tier.up_to <= below:
            yield PriceProblem(f"{path}.up_to", "tiers_overlap")
        below = tier.up_to if below is not None else None
    if price.tiers[-1].up_to is not None:
        yield PriceProblem(f".tiers[{len(price.tiers) - 1}].up_to", "last_tier_limited")

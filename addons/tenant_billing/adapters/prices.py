"""Between price records and the engine's prices; tiers as people type them."""

from decimal import Decimal, InvalidOperation

from ..engine.money import plain
from ..engine.pricing import TIERED, Price, Tier

PRICE_FIELDS = (
    "price_model",
    "amount",
    "package_size",
    "tiers",
    "included",
    "minimum",
    "maximum",
    "charged_when_paused",
)


def decimal(value):
    """A stored number as the decimal that it prints as; 0 for an empty one."""
    return Decimal(str(value or 0))


def engine_price(record):
    """The engine's price of a record of ``billing.price.mixin``."""
    if record.price_model in TIERED:
        return Price(record.price_model, tiers=engine_tiers(record.tiers))
    size = decimal(record.package_size) if record.price_model == "package" else None
    return Price(record.price_model, decimal(record.amount), size)


def engine_tiers(tiers):
    """Tiers of the JSON form ``[{"up_to": "200" or null, "unit": "0.20", "flat": "0"}]``."""
    return tuple(
        Tier(
            Decimal(tier["up_to"]) if tier.get("up_to") is not None else None,
            Decimal(tier["unit"]),
            Decimal(tier.get("flat") or "0"),
        )
        for tier in tiers or ()
    )


def price_json(price):
    """A price as the simulator reads it (DESIGN 6)."""
    if price.model in TIERED:
        tiers = [
            {
                "up_to": None if tier.up_to is None else plain(tier.up_to),
                "unit": plain(tier.unit),
                "flat": plain(tier.flat),
            }
            for tier in price.tiers
        ]
        return {"model": price.model, "tiers": tiers}
    answer = {"model": price.model, "amount": plain(price.amount)}
    if price.model == "package":
        answer["package_size"] = plain(price.package_size)
    return answer


def tiers_text(tiers):
    """One line a tier: ``up to; unit price; flat``; ``*`` for no limit."""
    return "\n".join(
        f"{tier['up_to'] if tier.get('up_to') is not None else '*'}; {tier['unit']}; "
        f"{tier.get('flat') or '0'}"
        for tier in tiers or ()
    )


def tiers_from_text(text):
    """The JSON form of `tiers_text`.

    :raises ValueError: with the line that cannot be read
    """
    tiers = []
    for line in (text or "").splitlines():
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split(";")]
        if len(parts) not in (2, 3):
            raise ValueError(line)
        try:
            numbers = [None if part == "*" else str(_finite(part)) for part in parts]
        except InvalidOperation as error:
            raise ValueError(line) from error
        if numbers[1] is None or (len(numbers) == 3 and numbers[2] is None):
            raise ValueError(line)
        tiers.append(
            {
                "up_to": numbers[0],
                "unit": numbers[1],
                "flat": numbers[2] if len(numbers) == 3 else "0",
            }
        )
    return tiers


def _finite(text):
    number = Decimal(text)
    if not number.is_finite():
        raise InvalidOperation
    return number

"""Who takes part in an OEM deal, and what is missing for it (PG-037, PG-038, seed A:44)."""

from dataclasses import dataclass

# Kinds of deals that bring no implementation, so that nobody is displaced.
WITHOUT_DELIVERY = frozenset(("renewal", "services", "referral"))
VENDOR, DELIVERY, PLATFORM = "vendor", "delivery", "platform"


@dataclass(frozen=True)
class OemDeal:
    """``delivery``: names of delivery partners engaged or asked; ``reason``: why there is none."""

    vendor: str
    platform: str
    kind: str = ""
    delivery: tuple[str, ...] = ()
    reason: str = ""


def parties(deal: OemDeal) -> tuple[tuple[str, str], ...]:
    """``(role, name)`` of the three parties; the name is empty where a party is missing."""
    return (
        (VENDOR, deal.vendor),
        *((DELIVERY, name) for name in deal.delivery or ("",)),
        (PLATFORM, deal.platform),
    )


def lacks_delivery(deal: OemDeal) -> bool:
    """Whether neither a delivery partner nor a reason for having none is there."""
    if deal.kind in WITHOUT_DELIVERY:
        return False
    return not deal.delivery and not deal.reason.strip()

"""What a right of the ledger must say, and whether a promise is kept upstream (PG-029 … PG-036)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

# Terms that a right of a kind cannot do without; one that is missing makes it red.
TERMS = {
    "branding": (),
    "pricing": (),
    "mandate": (),
    "data": ("data_role", "export_terms", "exit_terms"),
    "support": ("support_hours", "channels", "languages", "l1"),
    "sla": ("availability", "response_hours"),
    "release": ("release_window", "release_approver", "notice_days"),
    "incident": ("incident_contacts", "severity_matrix", "communication_duty"),
    "roadmap": ("agreed_on", "review_on"),
    "packaging": ("bundle", "territory"),
}
UNCLEAR = "unclear"


@dataclass(frozen=True)
class Promise:
    """Availability in percent a month, hours until an answer; 0 says nothing."""

    availability: Decimal = Decimal(0)
    response_hours: Decimal = Decimal(0)


def lacking(kind: str, terms: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the terms that are missing, or unclear."""
    return tuple(
        name for name in TERMS.get(kind, ()) if not terms.get(name) or terms[name] == UNCLEAR
    )


def exceeds(down: Promise, up: tuple[Promise, ...]) -> tuple[str, ...]:
    """What is promised downstream beyond what is held upstream (PG-032).

    :return: ``nothing_held``, or of ``availability`` and ``response_hours``; empty: it is kept
    """
    if not up:
        return ("nothing_held",)
    failing = [_beyond(down, each) for each in up]
    return min(failing, key=len)


def _beyond(down: Promise, up: Promise) -> tuple[str, ...]:
    found = []
    if down.availability > up.availability:
        found.append("availability")
    if down.response_hours and (not up.response_hours or down.response_hours < up.response_hours):
        found.append("response_hours")
    return tuple(found)

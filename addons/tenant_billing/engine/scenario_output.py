"""The simulator's answer: the charges of a scenario as JSON values (DESIGN 6)."""

from collections.abc import Iterator

from .charges import Charge
from .money import ZERO, exact, plain, round_money
from .rating import target
from .terms import Scenario


def output(scenario: Scenario) -> dict:
    """The simulator's answer, ready for ``json.dumps``; amounts are strings."""
    places = scenario.terms.decimal_places
    charges = target(scenario.terms, scenario.as_of)
    with exact():
        total = sum((charge.amount for charge in charges), ZERO)
        return {
            "charges": [_row(charge) for charge in charges],
            "total": f"{round_money(total, places):f}",
        }


def _row(charge: Charge) -> dict[str, str]:
    return {
        "component": charge.component,
        "kind": charge.kind,
        "period_start": charge.period_start.isoformat(),
        "period_end": charge.period_end.isoformat(),
        "quantity": plain(charge.quantity),
        "amount": f"{charge.amount:f}",
        "reason": "; ".join(_reason(charge)),
    }


_WORDS = {
    "period": "full period",
    "partial_period": "part of a period",
    "change": "new terms",
    "one_off": "once, at the start",
}
_CREDITS = {"change": "credit, terms changed", "end": "credit, ended", "handover": "credit, moved"}


def _reason(charge: Charge) -> Iterator[str]:
    """Why this amount, in the words of an invoice."""
    credit = charge.entry == "credit"
    yield (_CREDITS if credit else _WORDS)[charge.reason]
    if charge.kind != "one_off":
        yield f"{charge.days} of {charge.full_days} days"
    if charge.aggregation:
        yield f"{charge.aggregation} {plain(charge.quantity)}"
    if charge.included:
        yield f"{plain(charge.included)} included, {plain(charge.billable)} priced"
    if charge.discount:
        yield f"{plain(charge.discount, 4)} % off"
    if charge.minimum_part:
        yield "raised to the minimum"
    yield f"{charge.model} price"

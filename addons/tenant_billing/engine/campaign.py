"""Price changes announced with notice: from which day they hold for whom (TB-071, TRADE 6)."""

from collections.abc import Sequence
from datetime import date, timedelta

from .renewal import term_end

RULES = ("renewal", "notice")


def effective_day(
    first_day: date,
    announced: date,
    notice_days: int,
    rule: str,
    term_from: date | None = None,
    term_months: int = 0,
    term_until: date | None = None,
) -> date:
    """The day on which a running contract gets a new price: never before ``first_day`` nor before
    its notice is over; with the rule ``renewal`` not inside a term, so at the first end of one
    from then on. A contract without a term is bound by the notice alone.

    Raises ``ValueError`` for an unknown rule.
    """
    if rule not in RULES:
        raise ValueError(rule)
    earliest = max(first_day, announced + timedelta(days=notice_days))
    if rule == "notice" or term_until is None:
        return earliest
    if term_until >= earliest:
        return term_until
    if term_from is None or term_months <= 0:
        return earliest
    return term_end(term_from, term_months, earliest - timedelta(days=1))


def standing(versions: Sequence[tuple[date, date]]) -> list[int]:
    """Which versions of a price count for a contract, as positions in their order of days.

    ``versions`` are (the day that the seller meant, the day for this contract), in order of the
    first. A version put off beyond the day of a newer one never holds: the newer decision counts.
    """
    kept: list[int] = []
    newer = date.max
    for position in range(len(versions) - 1, -1, -1):
        own = versions[position][1]
        if own < newer:
            kept.append(position)
            newer = own
    return kept[::-1]

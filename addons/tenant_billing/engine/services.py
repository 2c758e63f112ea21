"""What a service includes and how fast it answers (TB-034, TB-035)."""

from collections.abc import Iterable
from typing import NamedTuple


class Clause(NamedTuple):
    """``case_class`` None decides nothing: it is there to be read."""

    id: object
    case_class: str | None
    is_excluded: bool


class Verdict(NamedTuple):
    """``included``, ``billable`` or ``unsaid``, and the clause that decides, or None."""

    verdict: str
    clause: object = None


class Commitment(NamedTuple):
    """A first answer within ``hours`` (0: none) of a window, ``24x7`` or ``8x5``."""

    id: object
    hours: float
    window: str


def verdict(clauses: Iterable[Clause], case_class: str) -> Verdict:
    """Whether a request of a class is billed apart: a service that includes it wins over one
    that does not, since the customer pays for it already."""
    said = [clause for clause in clauses if clause.case_class == case_class]
    for clause in said:
        if not clause.is_excluded:
            return Verdict("included", clause.id)
    return Verdict("billable", said[0].id) if said else Verdict("unsaid")


def best_commitment(commitments: Iterable[Commitment]) -> Commitment | None:
    """The one that answers first: fewest hours, around the clock before working days."""
    real = [one for one in commitments if one.hours > 0]
    return min(real, key=lambda one: (one.hours, one.window != "24x7"), default=None)

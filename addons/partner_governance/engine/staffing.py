"""The roles and milestones that a governance tier demands of a project (PG-101, PG-115)."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Seat:
    """One role on one project. ``person`` is None while nobody fills it; ``fit``: the person may
    fill it, that is, holds the certificate that the role needs and works for a party of it."""

    project: int
    role: int
    person: int | None
    mandatory: bool = True
    fit: bool = True


def unfilled(seats) -> tuple[Seat, ...]:
    """Mandatory seats that nobody fit fills: a project with one cannot start."""
    held = {(seat.project, seat.role) for seat in seats if seat.person is not None and seat.fit}
    return tuple(seat for seat in seats if seat.mandatory and (seat.project, seat.role) not in held)


def schedule(start: date, steps) -> tuple[tuple, ...]:
    """``(key, deadline)`` of each ``(key, days after start)``, a weekend moved to Monday."""
    return tuple((key, _workday(start + timedelta(days=days))) for key, days in steps)


def _workday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)

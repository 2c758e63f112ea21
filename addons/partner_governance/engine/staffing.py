"""Who carries the projects: concentration of work, people without whom it stops (PG-131, PG-148),
and the roles and milestones that a governance tier demands (PG-101, PG-115)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Seat:
    """One role on one project. ``person`` is None while nobody fills it."""

    project: int
    role: int
    person: int | None
    mandatory: bool = True


@dataclass(frozen=True)
class Load:
    """What one person carries: distinct projects, seats, seats that nobody else of the project
    could take over (the role's only person), and the share of all filled seats in percent."""

    person: int
    projects: int
    seats: int
    sole: int
    share: Decimal


def loads(seats) -> tuple[Load, ...]:
    """One load per person, the heaviest first; seats that nobody fills weigh nothing."""
    filled = [seat for seat in seats if seat.person is not None]
    people_of = defaultdict(set)
    seats_of = defaultdict(set)
    for seat in filled:
        people_of[seat.project, seat.role].add(seat.person)
        seats_of[seat.person].add((seat.project, seat.role))
    total = sum(len(own) for own in seats_of.values())
    found = [
        Load(
            person=person,
            projects=len({project for project, _role in own}),
            seats=len(own),
            sole=sum(len(people_of[seat]) == 1 for seat in own),
            share=(Decimal(len(own)) * 100 / total).quantize(Decimal("0.1"), ROUND_HALF_UP),
        )
        for person, own in seats_of.items()
    ]
    return tuple(sorted(found, key=lambda load: (-load.sole, -load.seats, load.person)))


def key_people(found, limit: int) -> tuple[Load, ...]:
    """Loads of people who are the only one in more than ``limit`` seats."""
    return tuple(load for load in found if load.sole > limit)


def unfilled(seats) -> tuple[Seat, ...]:
    """Mandatory seats that nobody fills: a project with one cannot start."""
    held = {(seat.project, seat.role) for seat in seats if seat.person is not None}
    return tuple(
        seat
        for seat in seats
        if seat.mandatory and seat.person is None and (seat.project, seat.role) not in held
    )


def schedule(start: date, steps) -> tuple[tuple, ...]:
    """``(key, deadline)`` of each ``(key, days after start)``, a weekend moved to Monday."""
    return tuple((key, _workday(start + timedelta(days=days))) for key, days in steps)


def _workday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)

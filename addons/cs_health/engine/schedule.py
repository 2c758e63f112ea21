"""When a customer is reviewed (CS-002, CS-005).

Three reviews stand 30, 90 and 180 days after go-live; then a cadence in months goes on.
Moving go-live moves the reviews that were not held yet, and leaves held ones alone.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

DAYS_AFTER_GO_LIVE = (30, 90, 180)


@dataclass(frozen=True)
class Review:
    """A review as it stands: ``days`` after go-live it is for, due day, held or not."""

    days: int
    due: date
    held: bool = False
    id: int | None = None


@dataclass(frozen=True)
class Change:
    """What to do: ``create``, ``move`` or ``cancel`` the review for ``days``.

    ``due`` is None for ``cancel``; ``id`` is that of the review to move or cancel.
    """

    action: str
    days: int
    due: date | None
    id: int | None = None


def plan_reviews(
    go_live: date | None,
    existing: Iterable[Review] = (),
    days: Iterable[int] = DAYS_AFTER_GO_LIVE,
) -> tuple[Change, ...]:
    """The changes that bring the reviews in line with ``go_live``; empty when they are.

    Without a go-live the reviews not yet held are cancelled. ``existing`` are those of
    the current go-live, cancelled ones left out.
    """
    by_days: dict[int, Review] = {}
    for review in sorted(existing, key=lambda r: r.held):
        by_days[review.days] = review  # a held one stands for its day
    changes = []
    for number in sorted(days):
        review = by_days.pop(number, None)
        due = go_live + timedelta(days=number) if go_live else None
        if review is None:
            if due:
                changes.append(Change("create", number, due))
        elif review.held or review.due == due:
            continue
        else:
            changes.append(Change("move" if due else "cancel", number, due, review.id))
    return tuple(changes)


def next_review(last: date, months: int) -> date:
    """The review ``months`` after ``last`` (1 or more), on the last day of a shorter month."""
    count = last.year * 12 + last.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(last.day, monthrange(year, month + 1)[1]))

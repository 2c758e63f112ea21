"""Reviews after go-live (CS-002, CS-005)."""

from datetime import date

import pytest
from cp.cs_health.engine.schedule import Change, Review, next_review, plan_reviews

GO_LIVE = date(2026, 1, 31)


def applied(changes, existing=()):
    by_days = {review.days: review for review in existing}
    for change in changes:
        if change.action == "cancel":
            del by_days[change.days]
        else:
            by_days[change.days] = Review(change.days, change.due, id=change.days)
    return tuple(by_days.values())


def test_go_live_makes_three_dated_reviews():
    """CS-002: 30, 90 and 180 days after."""
    assert plan_reviews(GO_LIVE) == (
        Change("create", 30, date(2026, 3, 2)),
        Change("create", 90, date(2026, 5, 1)),
        Change("create", 180, date(2026, 7, 30)),
    )


def test_again_changes_nothing():
    """CS-002: planning twice is a no-op."""
    assert plan_reviews(GO_LIVE, applied(plan_reviews(GO_LIVE))) == ()


def test_moving_go_live_moves_what_was_not_held():
    """CS-002: a held review stays on its day."""
    existing = (
        Review(30, date(2026, 3, 2), held=True, id=1),
        Review(90, date(2026, 5, 1), id=2),
        Review(180, date(2026, 7, 30), id=3),
    )
    assert plan_reviews(date(2026, 2, 10), existing) == (
        Change("move", 90, date(2026, 5, 11), 2),
        Change("move", 180, date(2026, 8, 9), 3),
    )


def test_no_go_live():
    """CS-002: taking go-live back cancels the reviews not held; before it there are none."""
    existing = (Review(30, date(2026, 3, 2), True, 1), Review(90, date(2026, 5, 1), id=2))
    assert plan_reviews(None, existing) == (Change("cancel", 90, None, 2),)
    assert plan_reviews(None) == ()


@pytest.mark.parametrize(
    ("months", "due"),
    [(1, date(2026, 9, 30)), (3, date(2026, 11, 30)), (6, date(2027, 2, 28)),
     (12, date(2027, 8, 31))],
)  # fmt: skip
def test_cadence_goes_on(months, due):
    """CS-005: quarterly or yearly by support tier, months clamped."""
    assert next_review(date(2026, 8, 31), months) == due

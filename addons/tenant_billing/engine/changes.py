"""Planning a change of quantities: which dated versions to add (B-08, TB-058).

Versions are added, never edited; the last one of a day stands. So what is pending is
overridden on its own day, and a burst is two versions: up, and back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .errors import BillingError
from .money import ZERO
from .periods import Calendar


@dataclass(frozen=True, slots=True)
class Version:
    """From ``day`` on ``code`` has ``quantity``, or with ``ends`` is not there. Of metered
    components the quantity is what it is: they are there or not."""

    code: str
    day: date
    quantity: Decimal = ZERO
    ends: bool = False

    def there(self, kind: str) -> bool:
        """Whether a component of this kind is part of it: not ended, and not none of it."""
        return not self.ends and (kind == "metered" or self.quantity > 0)

    @property
    def says(self) -> tuple:
        return (True, ZERO) if self.ends else (False, self.quantity)


def standing(versions: Iterable[Version], code: str, day: date) -> Version | None:
    """What holds for ``code`` on ``day``; None where it was never there by then.
    ``versions`` come in the order in which they were added."""
    found = None
    for version in versions:
        if version.code == code and version.day <= day:
            if found is None or version.day >= found.day:
                found = version
    return found


def planned(
    versions: Iterable[Version],
    wishes: Iterable[Version],
    until: date | None = None,
    keep_pending: bool = False,
) -> tuple[Version, ...]:
    """The versions to add so that each wish holds from its day on.

    With ``until`` it holds up to that day alone, and then what would have held without it.
    Pending versions of the same component are overridden while the wish holds, or left with
    ``keep_pending`` (B-08: a pending change is cancelled by the next). A wish for what holds
    adds nothing.

    Raises ``BillingError`` ``bad_until`` where ``until`` is not after a wish's day.
    """
    known = list(versions)
    added: list[Version] = []
    for wish in wishes:
        if until is not None and until <= wish.day:
            raise BillingError("bad_until", until=until, day=wish.day)
        added += _of_one(known, wish, until, keep_pending)
    return tuple(added)


def _of_one(known: list[Version], wish: Version, until: date | None, keep_pending: bool):
    now = standing(known, wish.code, wish.day)
    if now is None and wish.ends:
        return
    if now is None or now.says != wish.says:
        yield wish
    pending = {version.day for version in known if version.code == wish.code}
    for day in sorted(each for each in pending if wish.day < each < (until or date.max)):
        if not keep_pending and standing(known, wish.code, day).says != wish.says:
            yield Version(wish.code, day, wish.quantity, wish.ends)
    if until is not None:
        after = standing(known, wish.code, until)
        if after is None:
            yield Version(wish.code, until, ends=True)
        elif after.says != wish.says and after.day != until:
            yield Version(wish.code, until, after.quantity, after.ends)


def next_boundary(calendar: Calendar, day: date) -> date:
    """The first day of the period after the one that holds ``day``."""
    return calendar.boundary(calendar.index(max(day, calendar.start)) + 1)

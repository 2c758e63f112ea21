"""Time zones: the instant at which a local day begins (R-17, R-18, B-02)."""

from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import BillingError

UTC = timezone.utc
_ZONE_ERRORS = (ZoneInfoNotFoundError, ValueError, OSError)
# Files beside the zones: this machine's own setting, and copies with leap seconds.
_NOT_PLACES = ("localtime", "posix", "right/")


@lru_cache(maxsize=512)
def zone(name: str) -> tzinfo:
    """The zone called ``name`` (IANA). ``UTC`` needs no zone data.

    Raises ``BillingError``: ``unknown_zone``, or ``zone_data_missing`` where this machine
    has no zone data at all (Python package or system package ``tzdata``).
    """
    if name == "UTC":
        return UTC
    if name.startswith(_NOT_PLACES):
        raise BillingError("unknown_zone", zone=name)
    try:
        return ZoneInfo(name)
    except _ZONE_ERRORS as error:
        code = "unknown_zone" if _has_zone_data() else "zone_data_missing"
        raise BillingError(code, zone=name) from error


def _has_zone_data() -> bool:
    """Whether any zone is found here; one that is always there stands for all."""
    try:
        return bool(ZoneInfo("Europe/London"))
    except _ZONE_ERRORS:
        return False


@lru_cache(maxsize=65536)
def midnight(day: date, name: str) -> datetime:
    """First instant (UTC) at which the local date in zone ``name`` is ``day`` or later.

    Where the clock skips midnight, that is the instant of the skip; where midnight comes
    twice, it is the first one; a day that a zone left out (Samoa, 30 Dec 2011) has no length.
    """
    local = zone(name)
    wall = datetime.combine(day, time(0), tzinfo=local)
    instant = wall.astimezone(UTC)
    if local is UTC or instant.astimezone(local).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    # In a gap fold=1 is read with the offset after it, which lands before the skip.
    early, late = wall.replace(fold=1).astimezone(UTC), instant
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        if middle.astimezone(local).date() >= day:
            late = middle
        else:
            early = middle
    return late


def local_day(instant: datetime, name: str) -> date:
    """Local date of an aware instant in zone ``name``."""
    return instant.astimezone(zone(name)).date()

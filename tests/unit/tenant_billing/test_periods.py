"""Period calendar and zones (R-18, B-01, B-02)."""

from datetime import date, datetime, timedelta

import pytest
from billing_builders import at, day
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.periods import Calendar
from cp.tenant_billing.engine.zones import UTC, local_day, midnight, zone


def bounds(calendar: Calendar, last: str) -> list[str]:
    periods = list(calendar.periods(calendar.start, day(last)))
    return [f"{period.start:%y-%m-%d}" for period in periods] + [f"{periods[-1].end:%y-%m-%d}"]


@pytest.mark.parametrize(
    ("calendar", "last", "expected"),
    [
        (  # B-01: each clamped from the anchor, not from the boundary before it
            Calendar(date(2026, 1, 31), anchor_day=31),
            "2026-05-01",
            ["26-01-31", "26-02-28", "26-03-31", "26-04-30", "26-05-31"],
        ),
        (
            Calendar(date(2024, 1, 30), anchor_day=30),
            "2024-03-01",
            ["24-01-30", "24-02-29", "24-03-30"],
        ),
        (  # the short month's own boundary is the first one
            Calendar(date(2026, 2, 28), anchor_day=31),
            "2026-03-01",
            ["26-02-28", "26-03-31"],
        ),
        (  # off the anchor: a first, partial period
            Calendar(date(2026, 1, 15), anchor_day=31),
            "2026-02-01",
            ["26-01-15", "26-01-31", "26-02-28"],
        ),
        (
            Calendar(date(2026, 1, 15), anchor_day=10),
            "2026-02-10",
            ["26-01-15", "26-02-10", "26-03-10"],
        ),
        (
            Calendar(date(2026, 1, 31), "month", 3, 31),
            "2026-07-31",
            ["26-01-31", "26-04-30", "26-07-31", "26-10-31"],
        ),
        (  # leap day, by year
            Calendar(date(2024, 2, 29), "year", 1, 29),
            "2028-02-29",
            ["24-02-29", "25-02-28", "26-02-28", "27-02-28", "28-02-29", "29-02-28"],
        ),
        (  # days and weeks step from the start, whatever the anchor
            Calendar(date(2026, 1, 30), "week", 2, 1),
            "2026-02-20",
            ["26-01-30", "26-02-13", "26-02-27"],
        ),
        (
            Calendar(date(2026, 2, 27), "day", 3, 31),
            "2026-03-04",
            ["26-02-27", "26-03-02", "26-03-05"],
        ),
    ],
)
def test_boundaries(calendar, last, expected):
    """R-18, B-01: month ends, leap days, several months, weeks and days."""
    assert bounds(calendar, last) == expected


@pytest.mark.parametrize(
    ("calendar", "full"),
    [
        (Calendar(date(2026, 1, 15), anchor_day=31), ("2025-12-31", "2026-01-31")),
        (Calendar(date(2026, 3, 10), anchor_day=31), ("2026-02-28", "2026-03-31")),
        (Calendar(date(2026, 3, 10), "year", 1, 15), ("2025-03-15", "2026-03-15")),
        (Calendar(date(2026, 3, 10), "month", 2, 15), ("2026-01-15", "2026-03-15")),
        (Calendar(date(2026, 3, 10), "week"), ("2026-03-10", "2026-03-17")),
    ],
)
def test_the_first_period_is_part_of_a_full_one(calendar, full):
    """R-19: proration divides by the full period that a partial one falls in."""
    period = calendar.period_at(calendar.start)
    assert (period.full_start, period.full_end) == (day(full[0]), day(full[1]))


def test_a_day_before_the_start_has_no_period():
    with pytest.raises(BillingError, match="before_start"):
        Calendar(date(2026, 1, 1)).period_at(date(2025, 12, 31))


def test_periods_begin_with_the_one_that_holds_the_day():
    periods = list(Calendar(date(2026, 1, 1)).periods(date(2030, 5, 7), date(2030, 6, 1)))
    assert [str(period.start) for period in periods] == ["2030-05-01", "2030-06-01"]
    assert list(Calendar(date(2026, 1, 1)).periods(date(2020, 1, 1), date(2025, 1, 1))) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"interval": "fortnight"}, "bad_interval"),
        ({"interval_count": 0}, "bad_interval_count"),
        ({"anchor_day": 32}, "bad_anchor_day"),
    ],
)
def test_an_impossible_calendar_is_refused(values, code):
    with pytest.raises(BillingError, match=code):
        Calendar(date(2026, 1, 1), **values)


@pytest.mark.parametrize(
    ("when", "name", "instant"),
    [
        ("2026-03-29", "Europe/Berlin", "2026-03-28 23:00"),
        ("2026-03-30", "Europe/Berlin", "2026-03-29 22:00"),
        ("2026-10-26", "Europe/Berlin", "2026-10-25 23:00"),
        ("2026-01-01", "Pacific/Kiritimati", "2025-12-31 10:00"),  # UTC+14
        ("2026-01-01", "Etc/GMT+12", "2026-01-01 12:00"),  # UTC-12
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04 03:00"),  # midnight skipped
        ("2011-12-30", "Pacific/Apia", "2011-12-30 10:00"),  # the whole day skipped
        ("2011-12-31", "Pacific/Apia", "2011-12-30 10:00"),
        ("2022-10-30", "Asia/Beirut", "2022-10-29 22:00"),  # 23:00 twice the day before
        ("1919-03-31", "America/Toronto", "1919-03-31 04:30"),  # skipped from 23:30 to 00:30
        ("2026-06-01", "UTC", "2026-06-01 00:00"),
    ],
)
def test_midnights(when, name, instant):
    """R-18, B-02: the first instant of a local day, DST and date line included."""
    assert midnight(day(when), name) == at(instant)


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"])
def test_days_of_a_dst_year_follow_each_other(name):
    """R-18: 366 midnights in order, each the first instant of its day."""
    days = [date(2018, 1, 1) + timedelta(days=number) for number in range(366)]
    instants = [midnight(each, name) for each in days]
    assert instants == sorted(set(instants))
    for each, instant in zip(days, instants, strict=True):
        assert local_day(instant, name) == each
        assert local_day(instant - timedelta(seconds=1), name) < each


@pytest.mark.parametrize(
    "name", ["Europe/Atlantis", "../passwd", "America", "localtime", "right/UTC"]
)
def test_an_unknown_zone_is_named(name):
    with pytest.raises(BillingError) as caught:
        zone(name)
    assert (caught.value.code, caught.value.params) == ("unknown_zone", {"zone": name})


def test_a_machine_without_zone_data_says_so(monkeypatch):
    """A slim machine has no zones at all: then the zone is not to blame; UTC still works."""
    from cp.tenant_billing.engine import zones

    def nothing_found(name):
        raise zones.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zones, "ZoneInfo", nothing_found)
    zone.cache_clear()
    with pytest.raises(BillingError, match="zone_data_missing"):
        zone("Europe/Atlantis")
    assert zone("UTC") is UTC
    assert midnight(date(2026, 1, 1), "UTC") == datetime(2026, 1, 1, tzinfo=UTC)

"""Profiles and metrics: records ↔ engine."""

from decimal import Decimal, InvalidOperation

from ..engine.bands import Thresholds
from ..engine.profile import DIMENSIONS, Metric, Profile, check_profile

# Errors that concern a profile as a whole, not one metric looked at alone.
_OF_PROFILE = frozenset(("metrics_missing", "metric_duplicate"))


def number(value):
    """A float field as Decimal, by the digits that are stored (0.1 is 0.1)."""
    return Decimal(str(value or 0))


def parse_points(text):
    """``"0=100; 14=60"`` → ``((Decimal(0), Decimal(100)), (Decimal(14), Decimal(60)))``.

    :raises ValueError: where a pair cannot be read
    """
    pairs = []
    for part in filter(None, (part.strip() for part in (text or "").split(";"))):
        value, equals, score = part.partition("=")
        try:
            pair = (Decimal(value.strip()), Decimal(score.strip()))
        except InvalidOperation:
            raise ValueError(part) from None
        if not equals or not all(each.is_finite() for each in pair):
            raise ValueError(part)
        pairs.append(pair)
    return tuple(pairs)


def read_metric(record, name, weight):
    """An engine metric from a ``cs.metric`` or a ``cs.profile.line``."""
    return Metric(
        code=name,
        dimension=record.dimension or "",
        weight=weight,
        direction=record.direction or "",
        points=parse_points(record.points),
        max_age=record.max_age,
    )


def check_metric(record):
    """``(code, name)`` of what is wrong with how one metric or line judges its values."""
    is_line = record._name == "cs.profile.line"
    name = (record.metric_id if is_line else record).name or ""
    weight = number(record.weight) if is_line else Decimal(1)
    try:
        metric = read_metric(record, name, weight)
    except ValueError:
        return [("points_unreadable", name)]
    # Every dimension counts, so that a lone metric of the expansion potential is one too.
    errors = check_profile(Profile("", 1, (metric,), separate=()))
    codes = [error.partition(":")[0] for error in errors]
    return [(code, name) for code in codes if code not in _OF_PROFILE]


def read_profile(record):
    """The engine's profile of one ``cs.profile``, its lines in a fixed order."""
    order = {code: place for place, code in enumerate(DIMENSIONS)}
    lines = record.line_ids.sorted(
        lambda line: (order.get(line.dimension, 9), line.sequence, line.metric_id.code)
    )
    return Profile(
        code=record.code,
        version=record.version,
        metrics=tuple(
            read_metric(line, line.metric_id.code, number(line.weight)) for line in lines
        ),
        stages=(record.stage,) if record.stage else (),
        priority=record.priority,
        min_coverage=number(record.min_coverage),
    )


def thresholds(record):
    """The band limits of one ``cs.profile``."""
    return Thresholds(
        red_enter=number(record.red_enter),
        red_leave=number(record.red_leave),
        green_leave=number(record.green_leave),
        green_enter=number(record.green_enter),
        runs=record.runs,
    )

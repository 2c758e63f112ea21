"""From the pay of an engagement to the engine's side terms (TB-027)."""

from types import SimpleNamespace

from ..engine.side_leg import CODE, SideTerms
from ..engine.usage import UsageEvent
from ..engine.zones import midnight
from .prices import decimal


def side_terms(record):
    return SideTerms(
        record.kind,
        decimal(record.amount),
        decimal(record.percent),
        frozenset(filter(None, (record.share_stream,))),
    )


def hour_events(rows, timezone):
    """The engine's usage of ``(id, day, hours)``."""
    return tuple(
        UsageEvent(f"{ident}", midnight(day, timezone), hours, CODE) for ident, day, hours in rows
    )


def component(leg, kind):
    """What stands for a component of a plan on the rows of a side leg."""
    return SimpleNamespace(id=False, kind=kind, stream=leg.side_terms_id.stream)

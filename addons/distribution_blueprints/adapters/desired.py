"""Between the tables of blueprints and the engine's dataclasses."""

from ..engine.live import Accepted, Applied
from ..engine.resources import MAIN, Resource


def read_resources(records):
    """``blueprint.resource`` records as the engine's ``Resource``."""
    return tuple(
        Resource(
            kind=record.kind,
            key=record.key,
            model=record.res_model or "",
            values=record.values_json or {},
            ownership=record.ownership_json or {},
            lifecycle=record.lifecycle,
            company=None if record.company_key in (False, MAIN, "") else record.company_key,
            depends=tuple((record.depends or "").split()),
            natural=tuple((record.natural or "").split()),
            removal=record.removal,
        )
        for record in records
    )


def read_applied(records):
    """``blueprint.applied`` records as ``{key: Applied}``."""
    return {
        record.key: Applied(
            record.key,
            record.kind,
            record.res_model,
            record.record_ref,
            record.values_json or {},
            record.lifecycle,
            record.removal,
        )
        for record in records
    }


def applied_values(state):
    """An ``Applied`` as values of ``blueprint.applied``."""
    return {
        "kind": state.kind,
        "res_model": state.model,
        "record_ref": state.record_id,
        "values_json": dict(state.values),
        "lifecycle": state.lifecycle,
        "removal": state.removal,
    }


def read_accepted(records):
    """Accepted findings as the engine's exceptions."""
    return tuple(Accepted(r.key, r.field_name or "", r.accepted_until) for r in records)


def as_text(value):
    """A value of a blueprint or a tenant as a person reads it.

    ``{"ref": key}`` → ``key``; ``[3, "Main"]`` (a many2one as read) → ``Main``.
    """
    if isinstance(value, dict):
        if set(value) == {"by_company"}:
            return ", ".join(f"{c}: {as_text(v)}" for c, v in value["by_company"].items())
        return ", ".join(as_text(item) for item in value.values())
    if isinstance(value, list | tuple):
        if len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str):
            return value[1]
        return ", ".join(as_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def change_texts(changes):
    """Before and after of a line, one field a row: two texts."""
    before = "\n".join(f"{c.field}: {as_text(c.before)}" for c in changes if c.before is not None)
    return before, "\n".join(f"{c.field}: {as_text(c.after)}" for c in changes)


def change_rows(changes):
    """Changes as plain data for the database."""
    return [
        {"field": c.field, "before": as_text(c.before), "after": as_text(c.after),
         "reason": c.reason}
        for c in changes
    ]  # fmt: skip

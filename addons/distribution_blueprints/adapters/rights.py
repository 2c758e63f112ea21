"""Rights that a tenant's key needs and only gets once modules are there (blueprints.md 3.0)."""

from collections.abc import Iterable
from typing import Any

from ..engine.steps import Done
from .reader import external_rows
from .wires import TenantError, Wire


def missing_groups(wire: Wire, xmlids: Iterable[str]) -> list[int]:
    """Groups of ``xmlids`` that exist on the tenant and that the key's user lacks."""
    rows = external_rows(wire, xmlids)
    wanted = {row["res_id"] for row in rows if row["model"] == "res.groups"}
    if not wanted:
        return []
    uid = wire.value("res.users", "context_get")["uid"]
    [user] = wire.value("res.users", "read", {"fields": ["all_group_ids"]}, [uid])
    return sorted(wanted - set(user["all_group_ids"]))


def grant(wire: Wire, groups: Iterable[int]) -> Any:
    """Give the key's own user the groups; adding twice is harmless."""
    commands = [[4, group] for group in groups]
    if not commands:
        return Done()
    try:
        uid = wire.value("res.users", "context_get")["uid"]
    except TenantError as error:
        return error.result
    return wire.call("res.users", "write", {"vals": {"group_ids": commands}}, [uid])

"""What must hold before anything is planned or written; reads only (D-08, D-10 to D-12)."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..engine.resources import MODULE, Resource
from .wires import TenantError, Wire

SERIES = ("19.0",)


@dataclass(frozen=True)
class Problem:
    """Why nothing can be planned: ``code``, and what it is about."""

    code: str
    detail: str = ""


def preflight(wire: Wire, resources: Iterable[Resource], uuid: str = "") -> tuple[Problem, ...]:
    """Everything that is in the way, all of it at once.

    ``series_unsupported``, ``uuid_changed`` (a copy or another database: keys and external
    ids work there too), ``neutralized``, ``module_missing``, ``module_unavailable``,
    ``update_pending``, or the code of a call that failed. ``uuid`` is the pin; empty on
    first contact.
    """
    problems: list[Problem] = []
    version = wire.transport.version()
    if version.kind != "ok":
        return (Problem(version.code, "version"),)
    series = series_of(version.value)
    if series not in SERIES:
        return (Problem("series_unsupported", series),)
    try:
        found = param(wire, "database.uuid")
        if uuid and found != uuid:
            return (Problem("uuid_changed", str(found)),)
        if param(wire, "database.is_neutralized") in ("true", "True", True):
            problems.append(Problem("neutralized"))
        problems += _modules(wire, resources)
        if wire.value("ir.module.module", "check_module_update"):
            problems.append(Problem("update_pending"))
    except TenantError as error:
        problems.append(Problem(error.code, error.message or error.where))
    return tuple(problems)


def series_of(version: object) -> str:
    """``19.0`` of ``{"version": "19.0-20260101"}`` or ``saas~19.1``; empty if none."""
    info = version.get("version_info") if isinstance(version, dict) else None
    return ".".join(str(part) for part in info[:2]) if info else ""


def param(wire: Wire, key: str) -> object:
    """A system parameter of the tenant."""
    return wire.value("ir.config_parameter", "get_param", {"key": key})


def _modules(wire: Wire, resources: Iterable[Resource]) -> list[Problem]:
    names = [r.technical_name for r in resources if r.kind == MODULE]
    if not names:
        return []
    rows = wire.rows("ir.module.module", [["name", "in", names]], ["name", "state"])
    states = {row["name"]: row["state"] for row in rows}
    problems = [Problem("module_missing", name) for name in names if name not in states]
    return problems + [
        Problem("module_unavailable", name)
        for name, state in states.items()
        if state == "uninstallable"
    ]

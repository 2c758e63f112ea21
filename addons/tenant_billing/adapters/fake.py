"""``FakeTransport``: a tenant's Odoo in memory, with faults to order.

For tests and for trying a blueprint without a tenant. It follows what was measured on a
running 19.0 (blueprints.md 2 and 3), traps included; models and fields beyond those of
``fake_odoo.SCHEMA`` are added with ``define``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine.json2 import Fatal, Ok, Result, Retryable, Unknown, build_call, check_load
from .fake_odoo import BOT, FakeOdoo, ServerError

READS = frozenset({"search_read", "search", "search_count", "read", "fields_get", "default_get",
                   "has_access", "get_param", "context_get", "check_module_update"})  # fmt: skip
_OPERATION = {"create": "create", "load": "create", "write": "write", "unlink": "unlink"}


@dataclass
class Fault:
    """What goes wrong at the ``at``-th call that changes something (from 1), or, with a
    ``method``, at its ``at``-th call.

    ``kind``: ``die_before``/``die_after`` the commit (the tenant stays down until
    ``revive``), ``timeout_before``/``timeout_after`` (only this answer is lost),
    ``html``, ``ids_false``, ``busy``, ``gateway`` (504 after the commit).
    """

    kind: str
    at: int
    method: str = ""


class FakeTransport:
    """A ``Transport`` over a ``FakeOdoo``. Keeps every call in ``calls``, without values
    of secrets because none is given to it."""

    def __init__(self, odoo: FakeOdoo | None = None, faults: Sequence[Fault] = ()):
        self.odoo = odoo or FakeOdoo()
        self.faults = list(faults)
        self.down = False
        self.calls: list[tuple[str, str]] = []
        self.changes: list[tuple[str, str]] = []
        self._counts: dict[str, int] = {}
        self._denied: set[tuple[str, str]] = set()

    def __repr__(self) -> str:
        return f"FakeTransport({len(self.calls)} calls)"

    # -- what a test orders ---------------------------------------------------------

    def fail(self, kind: str, at: int = 1, method: str = "") -> None:
        """Order a ``Fault``, counted from now on."""
        self._counts.clear()
        self.faults.append(Fault(kind, at, method))

    def revive(self) -> None:
        """The tenant is back and has no more faults."""
        self.down = False
        self.faults.clear()
        self._counts.clear()

    def deny(self, model: str, *operations: str) -> None:
        """Take rights on ``model`` away: all, or the named of read, create, write, unlink."""
        for operation in operations or ("read", "create", "write", "unlink"):
            self._denied.add((model, operation))

    def allow(self, model: str) -> None:
        """Give all rights on ``model`` back."""
        self._denied = {pair for pair in self._denied if pair[0] != model}

    # -- the interface --------------------------------------------------------------

    def version(self) -> Result:
        if self.down:
            return Retryable("connection_failed")
        return Ok({"version": self.odoo.series, "version_info": [19, 0, 0, "final", 0, ""]})

    def call(
        self,
        model: str,
        method: str,
        *,
        ids: Sequence[int] = (),
        params: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> Result:
        call = build_call(model, method, ids, params, context)
        call.payload()  # what is no JSON fails here as it would on the wire
        self.calls.append((model, method))
        if self.down:
            return Retryable("connection_failed")
        fault = self._due_fault(model, method)
        if fault in ("die_before", "timeout_before"):
            self.down = fault == "die_before"
            return Unknown("timeout")
        if fault == "html":
            return Fatal("answer_not_json", status=200)
        if fault == "busy":
            return Retryable("busy", "Odoo is currently processing another module operation.", 422)
        if fault == "ids_false":
            return check_load({"ids": False, "messages": [{"message": "No matching record"}]})
        result = self._perform(model, method, list(ids), dict(params or {}), dict(context or {}))
        if fault in ("die_after", "timeout_after", "gateway"):
            self.down = fault == "die_after"
            return Unknown("gateway_timeout" if fault == "gateway" else "timeout")
        return result

    def _due_fault(self, model: str, method: str) -> str | None:
        names = [method]
        if method not in READS:
            self.changes.append((model, method))
            names.append("")
        for name in names:
            self._counts[name] = self._counts.get(name, 0) + 1
        for fault in self.faults:
            if fault.method in names and fault.at == self._counts[fault.method]:
                self.faults.remove(fault)
                return fault.kind
        return None

    def _perform(self, model, method, ids, params, context) -> Result:
        try:
            if method == "has_access":
                self.odoo.model(model)
                return Ok((model, params["operation"]) not in self._denied)
            operation = _OPERATION.get(method, "read")
            if (model, operation) in self._denied and method != "fields_get":
                raise ServerError(403, "access_denied", self._denial(model, operation))
            value = self.odoo.run(model, method, ids, params, context, BOT)
        except ServerError as error:
            return Fatal(error.code, error.message, error.status)
        return check_load(value) if method == "load" else Ok(value)

    def _denial(self, model: str, operation: str) -> str:
        group = self.odoo.managers.get(model, "Administration/Settings")
        return (
            f"You are not allowed to {operation} records of {model}. "
            f"This operation is allowed for the following groups: {group}"
        )

"""Calls and answers of Odoo's JSON-2 API, without the network.

``build_call`` refuses what the server would accept in silence (a ``write`` without ids
answers true and does nothing; a body that is no object is dropped and every record comes
back). ``classify`` turns an answer into one of four results:

* ``Ok``         the value;
* ``Retryable``  nothing was done, the same call may be sent again;
* ``Unknown``    it may have been done: observe, never repeat blindly (D-02);
* ``Fatal``      refused, repeating does not help.

Sources: ``odoo/addons/rpc/controllers/json2.py``, ``odoo/http.py`` (serialize_exception);
statuses measured on 19.0. The ``debug`` member is a server traceback and is never kept.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

MAX_MESSAGE = 500
_MODEL = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*\Z")
_METHOD = re.compile(r"[a-z][a-zA-Z0-9_]*\Z")
_NEEDS_IDS = frozenset({"write", "unlink", "read", "copy", "execute", "toggle_active",
                        "action_archive", "action_unarchive"})  # fmt: skip
_MODEL_METHODS = frozenset({"create", "search", "search_read", "search_count", "load",
                            "fields_get", "default_get", "name_search", "get_param",
                            "update_list", "context_get", "check_module_update"})  # fmt: skip
_NEEDS_FIELDS = frozenset({"read", "search_read", "load", "default_get"})
# Repeating these gives the same state, so a lost answer does no harm.
IDEMPOTENT = frozenset({"search", "search_read", "search_count", "read", "fields_get",
                        "default_get", "has_access", "name_search", "get_param",
                        "context_get", "check_module_update", "write", "load",
                        "update_list"})  # fmt: skip
_BUSY = re.compile(r"try again|another module operation|scheduled action|being updated", re.I)
_CONFLICT = re.compile(r"could not serialize|deadlock|SerializationFailure|LockNotAvailable", re.I)
_RETRY_STATUS = {409: "locked", 425: "too_early", 429: "too_many_requests", 503: "unavailable"}
_GATEWAY = {408: "request_timeout", 502: "bad_gateway", 504: "gateway_timeout"}
_FATAL_STATUS = {400: "bad_request", 401: "key_refused", 403: "access_denied", 404: "not_found",
                 405: "bad_request", 413: "body_too_large", 415: "bad_request",
                 422: "refused", 500: "server_error"}  # fmt: skip


@dataclass(frozen=True)
class Ok:
    """The call was done; ``value`` is the JSON it answered."""

    value: Any = None
    kind: ClassVar[str] = "ok"


@dataclass(frozen=True)
class Retryable:
    """Nothing was done; the same call may be sent again after a while."""

    code: str
    message: str = ""
    status: int | None = None
    kind: ClassVar[str] = "retryable"


@dataclass(frozen=True)
class Unknown:
    """No usable answer: the server may have finished the call."""

    code: str
    message: str = ""
    status: int | None = None
    kind: ClassVar[str] = "unknown"


@dataclass(frozen=True)
class Fatal:
    """Refused. ``name`` is the server's exception class, where it gave one."""

    code: str
    message: str = ""
    status: int | None = None
    name: str = ""
    kind: ClassVar[str] = "fatal"


Result = Ok | Retryable | Unknown | Fatal


class CallError(ValueError):
    """A call that must not be sent. ``code`` says why, ``detail`` names the part."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Call:
    """One POST: ``/json/2/<model>/<method>`` with ``body``, a JSON object."""

    model: str
    method: str
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/json/2/{self.model}/{self.method}"

    @property
    def idempotent(self) -> bool:
        """Whether a repeated call leaves the same state as one."""
        return self.method in IDEMPOTENT

    def payload(self) -> bytes:
        """The body as UTF-8 JSON. ``CallError('body_not_json')`` for other values."""
        try:
            return json.dumps(self.body, allow_nan=False, separators=(",", ":")).encode()
        except (TypeError, ValueError):
            raise CallError("body_not_json", self.path) from None


def build_call(
    model: str,
    method: str,
    ids: Sequence[int] = (),
    params: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
) -> Call:
    """A checked call. ``params`` are the method's named parameters.

    Errors (``CallError.code``): ``model_name``, ``method_name``, ``body_not_object``,
    ``params_reserved``, ``context_not_object``, ``ids_empty``, ``ids_not_integers``,
    ``ids_not_allowed``, ``fields_missing``.
    """
    if not isinstance(model, str) or not _MODEL.match(model):
        raise CallError("model_name", repr(model)[:60])
    if not isinstance(method, str) or not _METHOD.match(method):
        raise CallError("method_name", repr(method)[:60])
    where = f"{model}/{method}"
    if not isinstance(params, Mapping | None):
        raise CallError("body_not_object", where)
    if not isinstance(context, Mapping | None):
        raise CallError("context_not_object", where)
    params = dict(params or {})
    if {"ids", "context"} & params.keys():
        raise CallError("params_reserved", where)
    ids = _check_ids(ids, method, where)
    if method in _NEEDS_FIELDS and not params.get("fields"):
        # Without names the server reads everything, base64 images included.
        raise CallError("fields_missing", where)
    body = dict(params)
    if ids:
        body["ids"] = ids
    if context:
        body["context"] = dict(context)
    return Call(model, method, body)


def _check_ids(ids: Sequence[int], method: str, where: str) -> list[int]:
    ids = list(ids or ())
    if any(isinstance(i, bool) or not isinstance(i, int) or i < 1 for i in ids):
        raise CallError("ids_not_integers", where)
    if not ids and (method in _NEEDS_IDS or method.startswith(("button_", "action_"))):
        raise CallError("ids_empty", where)
    if ids and method in _MODEL_METHODS:
        raise CallError("ids_not_allowed", where)
    return ids


def classify(status: int, content_type: str | None, body: bytes, idempotent: bool = True) -> Result:
    """The result of one answer. ``idempotent`` is ``Call.idempotent``.

    A gateway's 502 or 504 says nothing about the server behind it: it is ``Retryable``
    for a call that may be repeated, ``Unknown`` for any other.
    """
    if 300 <= status < 400:
        return Fatal("redirect_refused", status=status)
    if status in _GATEWAY:
        kind = Retryable if idempotent else Unknown
        return kind(_GATEWAY[status], status=status)
    is_json, value = _decode(content_type, body)
    if status == 200:
        if is_json:
            return Ok(value)
        return Fatal("answer_not_json", status=status)
    message, name = _error_text(value) if is_json else ("", "")
    if status in _RETRY_STATUS:
        return Retryable(_RETRY_STATUS[status], message, status)
    if status == 422 and _BUSY.search(message):
        return Retryable("busy", message, status)
    if status in (422, 500) and _CONFLICT.search(f"{name} {message}"):
        return Retryable("conflict", message, status)
    if status == 404 and not is_json:
        return Fatal("database_unknown", status=status)
    code = _FATAL_STATUS.get(status, "unexpected_status")
    return Fatal(code, message, status, name)


def check_load(value: Any) -> Result:
    """The result of ``load``, which answers 200 with ``ids: false`` when it failed."""
    if isinstance(value, Mapping) and value.get("ids"):
        return Ok(value["ids"])
    messages = value.get("messages") if isinstance(value, Mapping) else None
    texts = [str(m.get("message", "")) for m in messages or () if isinstance(m, Mapping)]
    text = " ".join(texts)[:MAX_MESSAGE]
    if _CONFLICT.search(text):
        return Retryable("conflict", text, 200)
    return Fatal("load_rejected", text, 200)


def _decode(content_type: str | None, body: bytes) -> tuple[bool, Any]:
    if (content_type or "").partition(";")[0].strip().lower() != "application/json":
        return False, None
    try:
        return True, json.loads(body)
    except (ValueError, RecursionError):
        return False, None


def _error_text(value: Any) -> tuple[str, str]:
    """Message and exception name of an error body; everything else is left behind."""
    if not isinstance(value, Mapping):
        return "", ""
    return str(value.get("message") or "")[:MAX_MESSAGE], str(value.get("name") or "")[:120]

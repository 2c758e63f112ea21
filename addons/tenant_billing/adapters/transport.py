"""The one way to a tenant's Odoo: a ``Transport``, real or in memory.

``Json2Transport`` speaks JSON-2 over HTTPS with ``requests``; ``FakeTransport`` is a
tenant in memory with faults to order. Both answer with the result classes of
``engine.json2`` and raise nothing but ``CallError`` for a call that must not be sent.
Works without Odoo (D-07, D-08, blueprints.md 2).
"""

import re
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from ..engine.address_guard import Target, check_address, check_url
from ..engine.json2 import Fatal, Result, Retryable, Unknown, build_call, check_load, classify
from .fake import FakeTransport
from .pinned import Answer, ExchangeError, Limits, exchange

__all__ = ["FakeTransport", "Json2Transport", "Limits", "RefusedError", "Transport"]

_HEADER_VALUE = re.compile(r"[\x21-\x7e]+\Z")
USER_AGENT = "odoo-control-plane/1"


class Transport(Protocol):
    """What readers and writers of a tenant may ask."""

    def call(
        self,
        model: str,
        method: str,
        *,
        ids: Sequence[int] = (),
        params: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> Result:
        """One call, one transaction on the tenant. ``params`` are named parameters."""
        ...

    def version(self) -> Result:
        """``Ok({"version": "19.0", ...})``; needs no key."""
        ...


class RefusedError(ValueError):
    """A connection that is not made. ``code`` is one of the address guard, or
    ``key_syntax``, ``database_syntax``; never holds the key."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


def resolve(host: str, port: int) -> list[str]:
    """Every address of ``host``, IPv4 first. OSError when there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found.sort(key=lambda row: row[0] != socket.AF_INET)
    return list(dict.fromkeys(row[4][0] for row in found))


class Json2Transport:
    """JSON-2 calls to one tenant, to an address resolved, checked and pinned once.

    ``key`` is the API key in clear, kept out of repr, errors and pickles. ``allow_hosts``
    as in ``check_url``. ``verify`` is True or the path of a certificate bundle; TLS is
    never left unverified.
    """

    def __init__(
        self,
        url: str,
        key: str,
        database: str = "",
        *,
        allow_hosts: Iterable[str] = (),
        limits: Limits | None = None,
        verify: bool | str = True,
        resolver: Callable[[str, int], Sequence[str]] = resolve,
    ):
        target = check_url(url, allow_hosts)
        if isinstance(target, str):
            raise RefusedError(target)
        if not isinstance(key, str) or not _HEADER_VALUE.match(key):
            raise RefusedError("key_syntax")
        if database and not _HEADER_VALUE.match(database):
            raise RefusedError("database_syntax")
        if verify is not True and not (isinstance(verify, str) and verify):
            raise RefusedError("tls_verify")
        self.target: Target = target
        self.database = database
        self.limits = limits or Limits()
        self._key, self._verify, self._resolver = key, verify, resolver
        self._address: str | None = None

    def __repr__(self) -> str:
        return f"Json2Transport({self.target.host}:{self.target.port}, {self.database or '-'})"

    def __reduce__(self):
        raise TypeError("a transport holds a key and is not to be serialised")

    def call(self, model, method, *, ids=(), params=None, context=None) -> Result:
        """See ``Transport.call``. Nothing is repeated here."""
        call = build_call(model, method, ids, params, context)
        headers = {"Authorization": f"bearer {self._key}", "Content-Type": "application/json"}
        if self.database:
            headers["X-Odoo-Database"] = self.database
        answer = self._exchange("POST", call.path, headers, call.payload(), call.idempotent)
        if not isinstance(answer, Answer):
            return answer
        result = self._classified(answer, call.idempotent)
        return check_load(result.value) if method == "load" and result.kind == "ok" else result

    def version(self) -> Result:
        """See ``Transport.version``. The key is not sent."""
        answer = self._exchange("GET", "/json/version", {}, None, True)
        return self._classified(answer, True) if isinstance(answer, Answer) else answer

    def _exchange(self, method, path, headers, body, idempotent) -> Answer | Result:
        address = self._pinned()
        if not isinstance(address, str):
            return address
        target = self.target
        literal = f"[{address}]" if ":" in address else address
        headers = {
            "Host": target.host_header,
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **headers,
        }
        try:
            return exchange(
                method,
                f"{target.scheme}://{literal}:{target.port}{path}",
                headers,
                body,
                limits=self.limits,
                server_name=target.host if target.scheme == "https" else None,
                verify=self._verify,
            )
        except ExchangeError as error:
            if error.code == "tls_failed":
                return Fatal("tls_failed")
            if error.sent and not (idempotent and error.code == "connection_lost"):
                return Unknown(error.code)
            return Retryable(error.code)

    def _pinned(self) -> str | Result:
        """The checked address; resolved at the first call, the same ever after."""
        if self._address is None:
            try:
                addresses = list(self._resolver(self.target.host, self.target.port))
            except (OSError, UnicodeError):
                return Retryable("dns_failed")
            if not addresses:
                return Retryable("dns_failed")
            for address in addresses:
                # One bad answer condemns the name: mixed answers are how rebinding works.
                code = check_address(address, exempt=self.target.exempt)
                if code:
                    return Fatal(code)
            self._address = addresses[0]
        return self._address

    def _classified(self, answer: Answer, idempotent: bool) -> Result:
        body = answer.body
        if answer.status != 200:
            # A server may quote the header it got; what it quotes ends up in logs.
            body = body.replace(self._key.encode(), b"***")
        return classify(answer.status, answer.content_type, body, idempotent)

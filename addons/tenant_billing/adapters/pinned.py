"""One HTTP exchange with a checked address: pinned, with a deadline and a byte cap.

``requests`` alone cannot promise any of the three: it resolves the name again, its read
timeout starts anew with every byte, and it reads an answer of any size. So the request
goes to the address itself with the name in ``Host``, SNI and certificate check, a timer
shuts the socket at the deadline, and the body is read in pieces (D-08).
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_PIECE = 65536


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, to wait for a byte, for the whole exchange; bytes of an answer."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0
    max_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back: HTTP status, content type, body."""

    status: int
    content_type: str
    body: bytes


class ExchangeError(Exception):
    """No usable answer. ``code``; ``sent`` is true when the server may have got the call."""

    def __init__(self, code: str, sent: bool):
        super().__init__(code)
        self.code, self.sent = code, sent


class _Guard:
    """Shuts the sockets of one exchange when its time is up."""

    def __init__(self, seconds: float):
        self.expired = False
        self.ready = False  # connected, handshake done: from here on the call may arrive
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self):
        self._timer.start()
        return self

    def __exit__(self, *exc):
        self._timer.cancel()
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    def watch(self, sock: socket.socket) -> None:
        # A duplicate, because TLS takes the original over and leaves it closed.
        with self._lock:
            self._sockets.append(sock.dup())
            if self.expired:
                self._shut()

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            self._shut()

    def _shut(self) -> None:
        for sock in self._sockets:
            # Where the peer was faster, the socket is shut already.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class PinnedAdapter(HTTPAdapter):
    """Sends with its own timeouts, whatever the session was told, and watches sockets.

    The timeout sits here and not in the call, because Odoo's test runner replaces
    ``Session.send`` and compares the timeout with a number there.
    """

    def __init__(self, limits: Limits, guard: _Guard, server_name: str | None):
        self._timeout = (limits.connect, limits.read)
        self._guard, self._server_name = guard, server_name
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args, **kwargs):  # pylint: disable=missing-return
        if self._server_name:
            kwargs["server_hostname"] = kwargs["assert_hostname"] = self._server_name
        super().init_poolmanager(*args, **kwargs)
        guard = self._guard

        class Watched:
            def _new_conn(self):
                sock = super()._new_conn()
                guard.watch(sock)
                return sock

            def connect(self):  # pylint: disable=missing-return
                super().connect()
                guard.ready = True

        class Plain(Watched, HTTPConnection):
            pass

        class Secure(Watched, HTTPSConnection):
            pass

        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": Secure}),
        }

    def send(self, request, **kwargs):
        kwargs["timeout"] = self._timeout
        kwargs["proxies"] = None
        return super().send(request, **kwargs)


class _Session(requests.Session):
    """A session that sees no redirects: even unfollowed ones it would read without a cap."""

    def get_redirect_target(self, resp):
        return None


def exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    limits: Limits,
    server_name: str | None = None,
    verify: bool | str = True,
    clock: Callable[[], float] = time.monotonic,
) -> Answer:
    """Send once, over a connection of its own, to the address written in ``url``.

    A fresh connection, because a kept one may die under a create and leave it unknown.
    ``server_name`` is the name for SNI and certificate, None for plain http.
    Raises ``ExchangeError``: connection_failed, tls_failed (never sent); timeout,
    connection_lost, answer_too_large, answer_encoding (sent); deadline (either).
    """
    session = _Session()
    session.trust_env = False  # no proxies, no netrc, no foreign certificate bundle
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    until = clock() + limits.total
    with session, _Guard(limits.total) as guard:
        for scheme in ("http://", "https://"):
            session.mount(scheme, PinnedAdapter(limits, guard, server_name))
        try:
            response = session.request(
                method, url, data=body, headers=dict(headers),
                stream=True, allow_redirects=False, verify=verify,
            )  # fmt: skip
            with response:
                data = _read(response, limits.max_bytes, until, clock)
                if guard.expired:  # a head cut by the timer reads as a finished one
                    raise ExchangeError("deadline", True)
                content_type = response.headers.get("Content-Type", "")
                return Answer(response.status_code, content_type, data)
        except ExchangeError as error:
            raise _named(error.code, guard) from None
        except requests.exceptions.SSLError:
            raise _named("connection_lost" if guard.ready else "tls_failed", guard) from None
        except requests.exceptions.Timeout:
            raise _named("timeout" if guard.ready else "connection_failed", guard) from None
        except (requests.exceptions.RequestException, OSError, ValueError, AttributeError):
            # AttributeError: http.client reading on a socket that the timer closed.
            code = "connection_lost" if guard.ready else "connection_failed"
            raise _named(code, guard) from None


def _named(code: str, guard: _Guard) -> ExchangeError:
    # Whatever broke after the timer shut the socket broke because of it.
    return ExchangeError("deadline" if guard.expired else code, guard.ready)


def _read(response, cap: int, until: float, clock) -> bytes:
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ExchangeError("answer_encoding", True)  # a packed answer knows no cap
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > cap:
        raise ExchangeError("answer_too_large", True)
    data = bytearray()
    try:
        for piece in response.raw.stream(min(_PIECE, cap + 1), decode_content=False):
            data += piece
            if len(data) > cap:
                raise ExchangeError("answer_too_large", True)
            if clock() > until:
                raise ExchangeError("deadline", True)
    except ExchangeError:
        raise
    except Exception as error:  # urllib3 has its own families here, none of requests'
        name = type(error).__name__
        raise ExchangeError("timeout" if "Timeout" in name else "connection_lost", True) from None
    if length.isdigit() and len(data) != int(length):
        raise ExchangeError("connection_lost", True)
    return bytes(data)

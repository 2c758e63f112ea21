"""Signed events to a provisioner, and its signed answers (TB-072).

The signature is that of the well-known payment webhooks: ``t=<unix time>,v1=<HMAC-SHA256 of
"time.body">``; an old time is refused, so that a caught message cannot be sent again later.
Works without Odoo.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..engine.address_guard import check_address, check_url
from .pinned import ExchangeError, Limits, exchange
from .transport import RefusedError, resolve

SIGNATURE = "X-Control-Plane-Signature"
TOLERANCE = 300  # seconds
_PARTS = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})\Z")


def sign(secret: str, body: bytes, now: int) -> str:
    """The signature of ``body`` at unix time ``now``."""
    digest = hmac.new(secret.encode(), b"%d." % now + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={digest}"


def verify(secret: str, body: bytes, signature: str | None, now: int) -> bool:
    """Whether ``signature`` is one of ``body``, not older or newer than ``TOLERANCE``."""
    parts = _PARTS.match(signature or "")
    if not parts or abs(now - int(parts[1])) > TOLERANCE:
        return False
    return hmac.compare_digest(sign(secret, body, int(parts[1])), signature)


def send(
    url: str,
    path: str,
    secret: str,
    payload: Mapping[str, Any],
    now: int,
    *,
    allow_hosts: Iterable[str] = (),
    resolver: Callable[[str, int], Sequence[str]] = resolve,
) -> int:
    """Post ``payload`` to a checked and pinned address; the status that came back.

    Raises ``RefusedError`` (address) or ``ExchangeError`` (no answer).
    """
    target = check_url(url, allow_hosts)
    if isinstance(target, str):
        raise RefusedError(target)
    try:
        addresses = list(resolver(target.host, target.port))
    except (OSError, UnicodeError):
        raise ExchangeError("dns_failed", False) from None
    for address in addresses:
        code = check_address(address, exempt=target.exempt)
        if code:
            raise RefusedError(code)
    if not addresses:
        raise ExchangeError("dns_failed", False)
    body = json.dumps(payload, sort_keys=True).encode()
    headers = {
        "Host": target.host_header,
        "Content-Type": "application/json",
        "Connection": "close",
        SIGNATURE: sign(secret, body, now),
    }
    literal = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    answer = exchange(
        "POST",
        f"{target.scheme}://{literal}:{target.port}{path}",
        headers,
        body,
        limits=Limits(read=15, total=20, max_bytes=65536),
        server_name=target.host if target.scheme == "https" else None,
    )
    return answer.status

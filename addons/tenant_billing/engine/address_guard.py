"""Which addresses a connection to a tenant may go to. Pure checks, no look-ups.

``check_url`` judges the text of an address before anything is resolved, ``check_address``
judges each address that the resolver answered. The caller resolves once, checks every
answer and connects to the checked address itself, so that a second look-up cannot change
the answer (D-08, DESIGN.md 4.7).

Errors are codes, never exceptions: ``url_syntax``, ``url_scheme``, ``url_credentials``,
``url_port``, ``url_path``, ``url_host``, ``url_host_local``, ``url_ip_notation``, and the
``address_*`` codes of ``check_address``.

The only exception is ``allow_hosts``: entries ``host:port``, given by the operator of the
machine. For these plain http, another port, loopback and private networks are permitted;
link-local (cloud metadata), multicast and the like never are.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")
_LOCAL_SUFFIXES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa")
_EXEMPTIBLE = frozenset({"address_loopback", "address_private"})

# Spelled out, because what ``ipaddress.is_private`` covers changed between patch releases.
_NETWORKS = [
    (ipaddress.ip_network(net), code)
    for net, code in (
        ("0.0.0.0/8", "address_unspecified"),
        ("10.0.0.0/8", "address_private"),
        ("172.16.0.0/12", "address_private"),
        ("192.168.0.0/16", "address_private"),
        ("100.64.0.0/10", "address_cgnat"),
        ("127.0.0.0/8", "address_loopback"),
        ("169.254.0.0/16", "address_link_local"),
        ("192.88.99.0/24", "address_6to4"),
        ("192.0.0.0/24", "address_reserved"),
        ("192.0.2.0/24", "address_reserved"),
        ("198.18.0.0/15", "address_reserved"),
        ("198.51.100.0/24", "address_reserved"),
        ("203.0.113.0/24", "address_reserved"),
        ("168.63.129.16/32", "address_reserved"),  # a cloud's wire server on a public address
        ("224.0.0.0/4", "address_multicast"),
        ("240.0.0.0/4", "address_reserved"),
        ("::/128", "address_unspecified"),
        ("::1/128", "address_loopback"),
        ("64:ff9b::/96", "address_nat64"),
        ("64:ff9b:1::/48", "address_nat64"),
        ("2002::/16", "address_6to4"),
        ("2001::/23", "address_reserved"),  # Teredo, ORCHID and other IETF protocols
        ("2001:db8::/32", "address_reserved"),
        ("3fff::/20", "address_reserved"),
        ("fc00::/7", "address_private"),
        ("fe80::/10", "address_link_local"),
        ("fec0::/10", "address_private"),
        ("ff00::/8", "address_multicast"),
    )
]
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")


@dataclass(frozen=True)
class Target:
    """Where a connection may go: ``scheme`` http|https, ``host`` (lower case), ``port``.

    ``exempt`` is true when the operator's ``allow_hosts`` names this host and port.
    """

    scheme: str
    host: str
    port: int
    exempt: bool = False

    @property
    def host_header(self) -> str:
        """The ``Host`` header, with the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"


def parse_allow_hosts(text: str | None) -> tuple[str, ...]:
    """Entries ``host:port`` of a comma- or space-separated text; others are dropped."""
    entries = re.split(r"[,\s]+", (text or "").strip().lower())
    return tuple(e for e in entries if re.fullmatch(r"(?:\[[0-9a-f:]+\]|[a-z0-9.-]+):\d+", e))


def check_url(url: str, allow_hosts: Iterable[str] = ()) -> Target | str:
    """The ``Target`` that the text names, or an error code. Resolves nothing.

    ``url`` is ``https://host`` with nothing behind it but a slash; ``allow_hosts`` are
    entries ``host:port``.
    """
    if not isinstance(url, str) or not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        return "url_syntax"
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return "url_syntax"
    if parts.scheme not in ("http", "https"):
        return "url_scheme"
    if "@" in parts.netloc:
        return "url_credentials"
    if not host:
        return "url_host"
    if parts.path not in ("", "/") or "?" in url or "#" in url:
        return "url_path"
    if port is None:
        if parts.netloc.endswith(":"):
            return "url_port"
        port = _default_port(parts.scheme)
    target = Target(parts.scheme, host.lower(), port)
    name = f"[{target.host}]" if ":" in target.host else target.host
    exempt = f"{name}:{port}" in {entry.strip().lower() for entry in allow_hosts}
    return _check_target(target, exempt)


def _check_target(target: Target, exempt: bool) -> Target | str:
    if exempt:
        target = Target(target.scheme, target.host, target.port, True)
    elif target.scheme != "https":
        return "url_scheme"
    elif target.port != 443:
        return "url_port"
    return _check_host(target.host, exempt) or target


def _check_host(host: str, exempt: bool) -> str | None:
    """An error code for a host that is no public DNS name and no public address."""
    if ":" in host:
        return check_address(host, exempt=exempt)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.match(label) for label in labels):
        return "url_host"
    if _NUMBER.match(labels[-1]):
        # The resolver reads 127.1, 2130706433, 0x7f000001 and 0177.0.0.1 as addresses,
        # so whatever ends in a number is one, and must be written the plain way.
        if not _is_plain_ipv4(host):
            return "url_ip_notation"
        return check_address(host, exempt=exempt)
    if not exempt and (len(labels) < 2 or labels[-1] in _LOCAL_SUFFIXES):
        return "url_host_local"
    return None


def _is_plain_ipv4(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and all(p.isdigit() and str(int(p)) == p and int(p) < 256 for p in parts)


def check_address(ip: str, exempt: bool = False) -> str | None:
    """None for a public unicast address, else why it is refused.

    Codes: ``address_syntax``, ``_unspecified``, ``_loopback``, ``_private``,
    ``_link_local``, ``_cgnat``, ``_multicast``, ``_reserved``, ``_nat64``, ``_6to4``,
    ``_mapped``. With ``exempt`` loopback and private addresses pass.
    """
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "address_syntax"
    if "%" in str(address):
        return "address_link_local"  # a zone only means something on one link
    code = _code_of(address)
    return None if exempt and code in _EXEMPTIBLE else code


def _code_of(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str | None:
    for network, code in _NETWORKS:
        if address.version == network.version and address in network:
            return code
    if address.version == 4:
        return None
    if address.ipv4_mapped:
        # Never a public answer: at best a detour round a check for IPv4.
        return _code_of(address.ipv4_mapped) or "address_mapped"
    return None if address in _GLOBAL_V6 else "address_reserved"


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80

"""The transport against real sockets on 127.0.0.1 (D-02, D-07, D-08)."""

import datetime
import ipaddress
import json
import pickle
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cp.tenant_billing.adapters.transport import Json2Transport, Limits, RefusedError
from cp.tenant_billing.engine.json2 import CallError, Fatal, Ok, Retryable, Unknown
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

KEY = "0123456789abcdef0123456789abcdef01234567"
FAST = Limits(connect=0.5, read=0.2, total=0.4, max_bytes=2000)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass  # clients that hang up are the point


@contextmanager
def serving(answer, tls=None):
    """A server that calls ``answer(handler, body)``; yields port and the requests seen."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append((self.command, self.path, dict(self.headers), body))
            answer(self, body)

        do_GET = do_POST

        def log_message(self, *args):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1], seen
    finally:
        server.shutdown()
        server.server_close()


def reply(handler, status=200, body=b"true", content_type="application/json", **headers):
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def transport(port, **kwargs):
    kwargs.setdefault("limits", FAST)
    host = f"localhost:{port}"
    return Json2Transport(f"http://{host}", KEY, "db1", allow_hosts=[host], **kwargs)


def write(port, **kwargs):
    return transport(port, **kwargs).call("a.b", "write", ids=[1], params={"vals": {}})


def create(port, **kwargs):
    return transport(port, **kwargs).call("a.b", "create", params={"vals_list": [{}]})


def test_call_arrives_as_json2_wants_it():
    """D-08: path, bearer key, database, host name and body; no cookie, no agent of a library."""
    with serving(lambda h, b: reply(h, body=b'{"x": [1]}', Set_Cookie="session_id=1")) as server:
        port, seen = server
        client = transport(port)
        for _ in range(2):
            result = client.call("a.b", "write", ids=[1], params={"vals": {"n": "é"}})
    assert result == Ok({"x": [1]})
    method, path, headers, body = seen[1]
    assert (method, path) == ("POST", "/json/2/a.b/write")
    assert headers["Authorization"] == f"bearer {KEY}"
    assert headers["X-Odoo-Database"] == "db1"
    assert headers["Host"] == f"localhost:{port}"
    assert headers["Accept-Encoding"] == "identity"
    assert "Cookie" not in headers and "requests" not in headers["User-Agent"]
    assert json.loads(body) == {"ids": [1], "vals": {"n": "é"}}


def test_version_needs_no_key():
    """D-10: the version is asked without the key."""
    with serving(lambda h, b: reply(h, body=b'{"version": "19.0"}')) as (port, seen):
        assert transport(port).version() == Ok({"version": "19.0"})
    assert seen[0][:2] == ("GET", "/json/version") and "Authorization" not in seen[0][2]


def test_redirect_is_not_followed():
    """D-08: a redirect is refused and its target never asked."""
    with serving(lambda h, b: reply(h)) as (other, seen):
        target = f"http://127.0.0.1:{other}/"
        with serving(lambda h, b: reply(h, 302, Location=target)) as (port, _):
            assert write(port) == Fatal("redirect_refused", "", 302)
    assert seen == []


def test_html_and_packed_answers():
    """D-08: JSON only, and nothing that could unpack to any size."""
    with serving(lambda h, b: reply(h, body=b"<html>", content_type="text/html")) as (port, _):
        assert write(port).code == "answer_not_json"
    with serving(lambda h, b: reply(h, 404, b"<h1>", "text/html")) as (port, _):
        assert write(port).code == "database_unknown"
    with serving(lambda h, b: reply(h, Content_Encoding="gzip")) as (port, _):
        assert write(port) == Unknown("answer_encoding")


def test_load_that_failed_is_no_success():
    """D-03: 200 with ``ids: false``."""
    params = {"fields": ["id"], "data": [["x"]]}
    for body, code in ((b'{"ids": false, "messages": []}', "load_rejected"),
                       (b'{"ids": [4], "messages": []}', None)):  # fmt: skip
        with serving(lambda h, b, body=body: reply(h, body=body)) as (port, _):
            result = transport(port).call("a.b", "load", params=params)
            assert (result.value == [4]) if code is None else (result.code == code)


@pytest.mark.parametrize("announced", [True, False])
def test_byte_cap(announced):
    """D-08: an answer over the cap is dropped, with or without a length."""

    def answer(handler, body):
        if announced:
            return reply(handler, body=b"1" * 2001)
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"1" * 1000)

    with serving(answer) as (port, _):
        assert write(port) == Unknown("answer_too_large")
    with serving(lambda h, b: reply(h, body=b"1" * 2000)) as (port, _):
        assert write(port).kind == "ok"


@pytest.mark.parametrize("part", ["head", "body"])
def test_total_deadline_holds_against_a_drip(part):
    """D-08: a byte now and then keeps no call alive past its deadline."""

    def answer(handler, body):
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        drip = b"X-A: " + b"a" * 90 if part == "head" else b"1" * 90
        handler.wfile.write(head if part == "head" else head + b"Content-Length: 90\r\n\r\n")
        for byte in drip:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.05)

    with serving(answer) as (port, _):
        started = time.monotonic()
        assert write(port) == Unknown("deadline")
        assert time.monotonic() - started < 1.5


def test_silence_and_hang_up_after_sending_are_unknown():
    """D-02: the server may have finished; only what never connected is known not to be done."""
    with serving(lambda h, b: time.sleep(0.3)) as (port, _):
        assert write(port) == Unknown("timeout")
    with serving(lambda h, b: None) as (port, seen):
        assert create(port) == Unknown("connection_lost")
        assert write(port) == Retryable("connection_lost")
    assert len(seen) == 2  # nothing is repeated down here
    assert create(port) == Retryable("connection_failed")


def test_cut_body_is_no_answer():
    """D-02: fewer bytes than announced, even if they read as JSON."""

    def answer(handler, body):
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n"
                            b"Content-Length: 9\r\n\r\n123")  # fmt: skip

    with serving(answer) as (port, _):
        assert create(port) == Unknown("connection_lost")


def test_key_is_in_no_error_text():
    """D-07: not in repr, pickle, refusals, or a message that quotes the header."""
    body = json.dumps({"message": "x" * 480 + f"bad bearer {KEY}", "name": KEY}).encode()
    with serving(lambda h, b: reply(h, 401, body)) as (port, _):
        client = transport(port)
        result = client.call("a.b", "write", ids=[1], params={"vals": {}})
    assert result.code == "key_refused" and KEY[:8] not in repr(result)
    assert KEY not in repr(client)
    with pytest.raises(TypeError):
        pickle.dumps(client)
    for bad in (KEY + "\r\nX: y", "", None, "kéy"):
        with pytest.raises(RefusedError) as caught:
            Json2Transport("https://tenant.example.com", bad)
        assert caught.value.code == "key_syntax" and KEY not in str(caught.value)


def test_name_is_resolved_once_checked_and_pinned():
    """D-08: a name that changes its answer after the check is never asked again."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    with serving(lambda h, b: reply(h)) as (port, seen):
        client = transport(port, resolver=lambda host, p: next(answers))
        for _ in range(2):
            assert client.call("a.b", "write", ids=[1], params={"vals": {}}).kind == "ok"
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("addresses", "code"),
    [
        (["127.0.0.1"], "address_loopback"),
        (["8.8.8.8", "10.0.0.1"], "address_private"),
        (["64:ff9b::a00:1"], "address_nat64"),
        ([], "dns_failed"),
    ],
)
def test_names_that_lead_inside_are_refused(addresses, code):
    """D-08: every address of the answer is checked before anything is sent."""
    client = Json2Transport(
        "https://tenant.example.com", KEY, resolver=lambda host, port: addresses
    )
    assert client.version().code == code


def test_refused_addresses_and_calls():
    """D-08: no transport for a hostile address; no sending of a call that does nothing."""
    with pytest.raises(RefusedError) as caught:
        Json2Transport("http://localhost:1", KEY)
    assert caught.value.code == "url_scheme"
    with pytest.raises(RefusedError):
        Json2Transport("https://tenant.example.com", KEY, verify=False)
    with pytest.raises(CallError):
        Json2Transport("https://tenant.example.com", KEY).call("a.b", "write")

    def fail(host, port):
        raise OSError("no such name")

    client = Json2Transport("https://tenant.example.com", KEY, resolver=fail)
    assert client.version() == Retryable("dns_failed")


def test_environment_proxies_and_netrc_are_ignored(monkeypatch):
    """D-08: the environment of the server process leads no call elsewhere."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with serving(lambda h, b: reply(h)) as (port, _):
        assert write(port) == Ok(True)


def test_timeout_is_not_given_to_the_session(monkeypatch):
    """D-08: Odoo's test runner compares the session's timeout with a number."""
    import requests

    original, seen = requests.Session.send, []

    def patched(self, request, **kwargs):
        seen.append(kwargs.get("timeout"))
        return original(self, request, **kwargs)

    monkeypatch.setattr(requests.Session, "send", patched)
    with serving(lambda h, b: reply(h)) as (port, _):
        assert write(port) == Ok(True)
    assert seen == [None]


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A server context and the path of its certificate, issued to ``tenant.test``."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tenant.test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("tenant.test"), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "cert.pem"
    pem.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    names_asked = []
    context.sni_callback = lambda sock, asked, ctx: names_asked.append(asked)
    return context, str(pem), names_asked


def test_tls_checks_the_name_though_the_address_is_dialled(tls):
    """D-08: pinned to the address, verified against the name, with SNI and Host."""
    context, bundle, names_asked = tls

    def client(host, port, **kwargs):
        return Json2Transport(
            f"https://{host}:{port}", KEY, allow_hosts=[f"{host}:{port}"], limits=FAST,
            resolver=lambda h, p: ["127.0.0.1"], **kwargs,
        )  # fmt: skip

    with serving(lambda h, b: reply(h), context) as (port, seen):
        assert client("tenant.test", port, verify=bundle).version() == Ok(True)
        assert names_asked[-1] == "tenant.test"
        assert seen[0][2]["Host"] == f"tenant.test:{port}"
        assert client("other.test", port, verify=bundle).version() == Fatal("tls_failed")
        assert client("tenant.test", port).version() == Fatal("tls_failed")
    assert len(seen) == 1
    with serving(lambda h, b: reply(h)) as (port, _):  # speaks no TLS at all
        assert client("tenant.test", port, verify=bundle).version() == Fatal("tls_failed")


def test_deadline_and_hang_up_under_tls(tls):
    """D-02, D-08: the timer reaches through TLS; what broke after sending is unknown."""
    context, bundle, _ = tls

    def drip(handler, body):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n")
        for _ in range(40):
            handler.wfile.write(b"1")
            time.sleep(0.05)

    for answer, code in ((drip, "deadline"), (lambda h, b: None, "connection_lost")):
        with serving(answer, context) as (port, _):
            host = f"tenant.test:{port}"
            client = Json2Transport(
                f"https://{host}", KEY, allow_hosts=[host], limits=FAST, verify=bundle,
                resolver=lambda h, p: ["127.0.0.1"],
            )  # fmt: skip
            assert client.call("a.b", "create", params={"vals_list": [{}]}) == Unknown(code)

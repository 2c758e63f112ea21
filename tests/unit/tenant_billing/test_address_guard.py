"""The address guard refuses hostile addresses of a tenant, in every way of writing (D-08)."""

import pytest
from cp.tenant_billing.engine.address_guard import (
    Target,
    check_address,
    check_url,
    parse_allow_hosts,
)

HOSTILE_URLS = [
    ("http://tenant.example.com", "url_scheme"),
    ("ftp://tenant.example.com", "url_scheme"),
    ("file:///etc/passwd", "url_scheme"),
    ("gopher://tenant.example.com", "url_scheme"),
    ("tenant.example.com", "url_scheme"),
    ("", "url_scheme"),
    (None, "url_syntax"),
    ("https://", "url_host"),
    ("https://user:pw@tenant.example.com", "url_credentials"),
    ("https://tenant.example.com@127.0.0.1", "url_credentials"),
    ("https://@tenant.example.com", "url_credentials"),
    ("https://tenant.example.com:8069", "url_port"),
    ("https://tenant.example.com:22", "url_port"),
    ("https://tenant.example.com:", "url_port"),
    ("https://tenant.example.com:99999", "url_syntax"),
    ("https://tenant.example.com/odoo", "url_path"),
    ("https://tenant.example.com/?x=1", "url_path"),
    ("https://tenant.example.com#x", "url_path"),
    ("https://tenant.example.com\\@10.0.0.1", "url_syntax"),
    ("https://tenant.example.com\r\nHost: x", "url_syntax"),
    (" https://tenant.example.com", "url_syntax"),
    ("https://tenant\t.example.com", "url_syntax"),
    ("https://①②⑦.⓪.⓪.①", "url_syntax"),
    ("https://tenant_.example.com", "url_host"),
    ("https://-a.example.com", "url_host"),
    ("https://a..example.com", "url_host"),
    ("https://tenant.example.com.", "url_host"),
    ("https://%6c%6f.example.com", "url_host"),
    ("https://" + "a" * 64 + ".com", "url_host"),
    ("https://localhost", "url_host_local"),
    ("https://odoo", "url_host_local"),
    ("https://x.localhost", "url_host_local"),
    ("https://metadata.google.internal", "url_host_local"),
    ("https://printer.local", "url_host_local"),
    ("https://127.0.0.1", "address_loopback"),
    ("https://10.1.2.3", "address_private"),
    ("https://169.254.169.254", "address_link_local"),
    ("https://2130706433", "url_ip_notation"),
    ("https://0x7f000001", "url_ip_notation"),
    ("https://0x7f.1", "url_ip_notation"),
    ("https://0x", "url_ip_notation"),
    ("https://0177.0.0.1", "url_ip_notation"),
    ("https://127.1", "url_ip_notation"),
    ("https://127.0.0.01", "url_ip_notation"),
    ("https://1.2.3.4.5", "url_ip_notation"),
    ("https://8.8.8.256", "url_ip_notation"),
    ("https://a.example.1", "url_ip_notation"),
    ("https://[::1]", "address_loopback"),
    ("https://[::]", "address_unspecified"),
    ("https://[::ffff:127.0.0.1]", "address_loopback"),
    ("https://[::ffff:a00:1]", "address_private"),
    ("https://[::ffff:8.8.8.8]", "address_mapped"),
    ("https://[64:ff9b::7f00:1]", "address_nat64"),
    ("https://[fe80::1%25eth0]", "address_link_local"),
    ("https://[2002:7f00:1::]", "address_6to4"),
    ("https://[::1", "url_syntax"),
]


@pytest.mark.parametrize(("url", "code"), HOSTILE_URLS)
def test_hostile_urls_are_refused_by_name_of_the_fault(url, code):
    """D-08: the text alone is enough to refuse these."""
    assert check_url(url) == code


def test_plain_urls_pass():
    """D-08: what a tenant's address looks like."""
    assert check_url("https://Tenant.Example.com") == Target("https", "tenant.example.com", 443)
    assert check_url("https://a-b.example.com/").host_header == "a-b.example.com"
    assert check_url("https://xn--mller-kva.example:443").port == 443
    assert check_url("https://8.8.8.8").host == "8.8.8.8"
    assert check_url("https://[2606:4700::1111]").host_header == "[2606:4700::1111]"


def test_only_the_named_host_and_port_is_exempt():
    """D-08: an exception is for one host on one port, and for nothing that looks like it."""
    allow = ("localhost:8070", "[::1]:8070")
    assert check_url("http://localhost:8070", allow) == Target("http", "localhost", 8070, True)
    assert check_url("http://localhost:8070", allow).host_header == "localhost:8070"
    assert check_url("http://[::1]:8070", allow).exempt
    assert check_url("https://localhost:8070", allow).scheme == "https"
    assert check_url("http://localhost:8071", allow) == "url_scheme"
    assert check_url("http://localhost", allow) == "url_scheme"
    assert check_url("http://127.0.0.1:8070", allow) == "url_scheme"
    assert check_url("http://localhost.evil.com:8070", allow) == "url_scheme"
    assert check_url("http://u@localhost:8070", allow) == "url_credentials"
    assert check_url("http://2130706433:80", ("2130706433:80",)) == "url_ip_notation"
    assert check_url("http://169.254.169.254:80", ("169.254.169.254:80",)) == "address_link_local"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("127.8.9.1", "address_loopback"),
        ("10.0.0.1", "address_private"),
        ("172.16.0.1", "address_private"),
        ("172.31.255.255", "address_private"),
        ("192.168.1.1", "address_private"),
        ("100.64.0.1", "address_cgnat"),
        ("100.127.255.255", "address_cgnat"),
        ("169.254.169.254", "address_link_local"),
        ("0.0.0.0", "address_unspecified"),
        ("0.1.2.3", "address_unspecified"),
        ("224.0.0.1", "address_multicast"),
        ("255.255.255.255", "address_reserved"),
        ("192.0.2.1", "address_reserved"),
        ("198.19.0.1", "address_reserved"),
        ("168.63.129.16", "address_reserved"),
        ("192.88.99.1", "address_6to4"),
        ("fc00::1", "address_private"),
        ("fd00:ec2::254", "address_private"),
        ("fe80::1", "address_link_local"),
        ("ff02::1", "address_multicast"),
        ("2001:db8::1", "address_reserved"),
        ("2001:0:4136:e378::1", "address_reserved"),
        ("64:ff9b::a00:1", "address_nat64"),
        ("64:ff9b:1::1", "address_nat64"),
        ("2002:a00:1::", "address_6to4"),
        ("::ffff:169.254.169.254", "address_link_local"),
        ("::127.0.0.1", "address_reserved"),
        ("4000::1", "address_reserved"),
        ("not an address", "address_syntax"),
        ("127.1", "address_syntax"),
    ],
)
def test_addresses_of_no_tenant_are_refused(address, code):
    """D-08: what the resolver answers is judged too."""
    assert check_address(address) == code


def test_public_addresses_pass_and_exemption_is_narrow():
    """D-08: an exempt target may be on this machine or network, never on the link."""
    for address in ("8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"):
        assert check_address(address) is None
    for address in ("127.0.0.1", "::1", "10.0.0.1", "fd00::1"):
        assert check_address(address, exempt=True) is None
    for address in ("169.254.169.254", "0.0.0.0", "224.0.0.1", "100.64.0.1", "64:ff9b::1"):
        assert check_address(address, exempt=True)


def test_allow_hosts_text():
    """D-08: entries without a port are no exception at all."""
    text = " Localhost:8070, [::1]:8069 example.com;bad:port, "
    assert parse_allow_hosts(text) == ("localhost:8070", "[::1]:8069")
    assert parse_allow_hosts(None) == ()

"""Which registrations mean one company (PG-025): normalised, without any service outside."""

from datetime import date, timedelta

import pytest
from cp.partner_governance.engine import matching
from cp.partner_governance.engine.matching import Identity, identify
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "country", "key"),
    [
        ("DE811907980", "", "DE811907980"),
        ("de 811 907-980", "", "DE811907980"),
        ("811907980", "de", "DE811907980"),
        ("ATU12345678", "", "ATU12345678"),
        ("NL 123456789 B01", "", "NL123456789B01"),
        ("811907980", "", ""),
        ("nordwind.example", "DE", ""),
        ("info@de811907980.example", "DE", ""),
        ("Nordwind", "DE", ""),
        ("", "DE", ""),
        (None, "", ""),
    ],
)
def test_vat_numbers(text, country, key):
    """PG-025"""
    assert matching.vat_key(text, country) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://www.Nordwind.example/shop?x=1", "nordwind.example"),
        ("shop.nordwind.example", "nordwind.example"),
        ("nordwind.example:8069", "nordwind.example"),
        ("http://user@nordwind.example#top", "nordwind.example"),
        ("joern@nordwind.example", "nordwind.example"),
        ("www.nordwind.co.uk", "nordwind.co.uk"),
        ("a.b.nordwind.com.br", "nordwind.com.br"),
        ("müller.example", "müller.example"),
        ("someone@gmail.com", ""),
        ("DE811907980", ""),
        ("NL123456789.B01", ""),
        ("Jörn Matthiesen", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_domains(text, key):
    """PG-025: scheme, path, port, user and subdomain do not tell companies apart."""
    assert matching.domain_key(text) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller & Söhne GmbH", "MUELLER und Soehne"),
        ("Nordwind Industriebedarf GmbH & Co. KG", "Nordwind  Industriebedarf"),
        ("Azulejos Levante S.A.", "Azulejos Levante, SA"),
        ("Velo Groothandel B.V.", "velo groothandel bv"),
        ("Ørsted Værktøj A/S", "Orsted Vaerktoj"),
        ("The Tile Company Ltd.", "Tile"),
    ],
)
def test_names_that_are_one(one, other):
    """PG-025: legal forms, accents and umlauts written out are the same name."""
    assert matching.name_key(one) == matching.name_key(other)


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        (("Nordwind GmbH", "DE", "DE811907980"), ("Anders AG", "DE", "811 907 980"), "vat"),
        (("Nordwind", "DE", "nordwind.example"), ("NW", "AT", "www.nordwind.example"), "domain"),
        (("Nordwind", "DE", "x", "a@nordwind.example"), ("NW", "DE", "nordwind.example"), "domain"),
        (("Nordwind Industriebedarf", "DE"), ("Industriebedarf Nordwind GmbH", "DE"), "name"),
        (("Nordwind Industriebedarf", "DE"), ("Nordwind Industrie Bedarf", "DE"), "name"),
        (("Nordwind Industriebedarf", "DE"), ("Nordwind Industriebedarf", "AT"), ""),
        (("Nordwind", "DE", "DE811907980"), ("Nordwind", "DE", "DE129273398"), ""),
        (("Nordwind", "DE", "DE811907980"), ("Nordwind", "DE"), "name"),
        (("Nordwind Industriebedarf", "DE"), ("Südwind Industriebedarf", "DE"), ""),
        (("Nordwind Industriebedarf", ""), ("Nordwind Industriebedarf", ""), ""),
        (("Hafen Logistik", "DE"), ("Hafen Bäckerei", "DE"), ""),
        (("Meyer", "DE", "meyer@gmail.com"), ("Schulze", "DE", "schulze@gmail.com"), ""),
        (("", "DE"), ("", "DE"), ""),
    ],
)
def test_the_rule_that_decides(one, other, rule):
    """PG-025, TRADE 7: VAT, domain, name + place; two different VAT numbers are two companies."""
    assert matching.rule(identify(*one), identify(*other)) == rule
    assert matching.rule(identify(*other), identify(*one)) == rule


TEXT = st.text(max_size=30)


@given(TEXT, TEXT, TEXT)
def test_any_text_is_taken(name, identity, contact):
    """PG-025: whatever is typed, identifying never fails, and is a fixed point."""
    found = identify(name, "DE", identity, contact)
    assert found == identify(name, "DE", identity, contact)
    assert matching.rule(found, found) in ("vat", "domain", "name", "")
    assert len(found.block) <= matching.BLOCK


@given(TEXT, TEXT)
def test_similarity_is_symmetric(one, other):
    """PG-025: who registers first changes nothing about whether it is one company."""
    a, b = Identity(name=matching.name_key(one)), Identity(name=matching.name_key(other))
    assert matching.similar(a.name, b.name) is matching.similar(b.name, a.name)


def test_one_letter_wrong_is_found():
    """PG-025: a slip in a name does not make another company, and its block finds it."""
    one, other = identify("Nordwind Industriebedarf"), identify("Nordwnid Industribedarf GmbH")
    assert matching.similar(one.name, other.name)
    assert one.block == other.block == "ind"


DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("after", "days", "step", "fate"),
    [
        (0, 90, 0, ""),
        (34, 90, 0, ""),
        (35, 90, 0, "warn"),
        (44, 90, 0, "warn"),
        (45, 90, 0, "lapsed"),
        (45, 90, 30, ""),
        (79, 90, 75, ""),
        (80, 90, 75, "warn"),
        (90, 90, 89, "lapsed"),
        (30, 30, 29, "lapsed"),
    ],
)
def test_protection_lapses(after, days, step, fate):
    """PG-025, TRADE 7: at its end, or 45 days after the last step, with a warning before."""
    end, last = DAY + timedelta(days=days), DAY + timedelta(days=step)
    assert matching.fate(DAY + timedelta(days=after), end, last) == fate


@pytest.mark.parametrize(
    ("customer", "protected", "advice"),
    [(True, False, "first"), (False, True, "first"), (False, False, "second")],
)
def test_the_older_one_keeps_while_protected(customer, protected, advice):
    """PG-025"""
    assert matching.advice(customer, protected) == advice

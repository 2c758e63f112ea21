"""Whether two registrations mean one company, and how long one is protected (PG-025, TRADE 7).

VAT numbers, web domains and names are normalised first; a name counts within one country only,
by the share of letters that it has in common, and never against two different VAT numbers.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

# Shares of letters in common: of whole names written together, of whole names, of one word.
SAME, SIMILAR, WORD = 0.95, 0.88, 0.75
IDLE_DAYS = 45
WARN_DAYS = 10
BLOCK = 3

# Words that tell the form of a company, not which one it is.
FORMS = frozenset(
    """ab ag aps as asa bv bvba co company corp corporation eg ek eu gbr gesellschaft gmbh group
    gruppe holding inc incorporated international ivs kg kgaa kft limited llc llp ltd mbh nv ohg
    oy oyj plc pte pty sa sarl sas sasu sca scs se sl slu sp spa spzoo srl sro ug und and the der
    die das et y""".split()
)
# Addresses at these say nothing of the company.
FREEMAIL = frozenset(
    """aol.com gmail.com gmx.at gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com
    mail.com me.com msn.com orange.fr outlook.com proton.me protonmail.com t-online.de web.de
    yahoo.com yandex.com""".split()
)
# "co.uk", "com.br": the name stands before these two labels.
SECOND_LEVEL = frozenset("ac co com edu gob gov net or org".split())
LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "đ": "d", "œ": "oe", "å": "a"})


@dataclass(frozen=True)
class Identity:
    """What tells a company: normalised VAT number, web domain and name, country code.

    Empty texts are not known. ``block`` finds candidates whose names may be similar.
    """

    vat: str = ""
    domain: str = ""
    name: str = ""
    country: str = ""

    @property
    def block(self) -> str:
        return max(self.name.split(), key=lambda word: (len(word), word), default="")[:BLOCK]


def identify(name: str, country: str = "", *texts: str) -> Identity:
    """The identity that free texts (VAT number, web or mail address, in any order) tell.

    :param country: ISO code; completes a VAT number that was written without it
    """
    vat = domain = ""
    for text in texts:
        domain = domain or domain_key(text)
        vat = vat or vat_key(text, country)
    return Identity(vat, domain, name_key(name), (country or "").upper())


def vat_key(text: str | None, country: str = "") -> str:
    """``"de 811.907.980"`` → ``DE811907980``; empty when it is no VAT number."""
    if not text or "@" in text or "/" in text:
        return ""
    bare = re.sub(r"[\s.\-_]", "", text).upper()
    if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{4,14}", bare) and sum(map(str.isdigit, bare)) >= 4:
        return bare
    if re.fullmatch(r"[0-9]{6,14}[A-Z]?", bare) and country:
        return country.upper() + bare
    return ""


def domain_key(text: str | None) -> str:
    """``https://shop.Example.co.uk/x``, ``jo@example.co.uk`` → ``example.co.uk``."""
    bare = (text or "").strip().lower()
    bare = re.sub(r"^[a-z][a-z0-9+.\-]*://", "", bare)
    host = re.split(r"[/?#]", bare)[0].rsplit("@", 1)[-1].split(":")[0].strip(".")
    labels = host.split(".")
    known = len(labels) > 1 and all(re.fullmatch(r"[^\W_](?:[\w-]*[^\W_])?", x) for x in labels)
    if not known or not re.fullmatch(r"[^\W\d_]{2,}|xn--[a-z0-9-]+", labels[-1]):
        return ""
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL
    key = ".".join(labels[-3:] if deep else labels[-2:])
    return "" if key in FREEMAIL else key


def name_key(text: str | None) -> str:
    """``Müller & Söhne GmbH`` and ``MUELLER und Soehne`` → ``muller sohne``."""
    bare = (text or "").casefold().translate(LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    bare = re.sub(r"\b(\w)[./](?=\w\b)", r"\1", bare)
    words = re.findall(r"\w+", bare)
    kept = [word for word in words if word not in FORMS] or words
    return " ".join(re.sub(r"([aou])e", r"\1", word) for word in kept)


def similar(one: str, other: str) -> bool:
    """Whether two normalised names are one: the same letters, or every word of the shorter one
    found in the longer, whatever the order ("Nordwind Bedarf" is not "Südwind Bedarf")."""
    if not one or not other:
        return False
    if _ratio(one.replace(" ", ""), other.replace(" ", "")) >= SAME:
        return True
    few, many = sorted((one.split(), other.split()), key=len)
    if _ratio(" ".join(sorted(few)), " ".join(sorted(many))) < SIMILAR:
        return False
    return all(max(_ratio(word, each) for each in many) >= WORD for word in few)


def _ratio(one: str, other: str) -> float:
    """The share of letters in common; the same whichever comes first."""
    return SequenceMatcher(None, *sorted((one, other)), autojunk=False).ratio()


def rule(one: Identity, other: Identity) -> str:
    """Why two identities mean one company: ``vat``, ``domain``, ``name``; empty: they do not."""
    if one.vat and one.vat == other.vat:
        return "vat"
    if one.vat and other.vat and one.vat[:2] == other.vat[:2]:
        return ""
    if one.domain and one.domain == other.domain:
        return "domain"
    if not one.country or one.country != other.country:
        return ""
    return "name" if similar(one.name, other.name) else ""


def lapses_on(until: date, last_step: date, idle_days: int = IDLE_DAYS) -> date:
    """The first day without protection: its end, or so many days without a step."""
    return min(until, last_step + timedelta(days=idle_days))


def fate(today: date, until: date, last_step: date) -> str:
    """``lapsed``, ``warn`` in the last days before, else empty."""
    end = lapses_on(until, last_step)
    if today >= end:
        return "lapsed"
    return "warn" if today >= end - timedelta(days=WARN_DAYS) else ""


def advice(first_is_customer: bool, first_protected: bool) -> str:
    """Which registration the programme's rule favours: the older one while it is protected."""
    return "first" if first_is_customer or first_protected else "second"

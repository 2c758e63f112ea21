"""The sealed chain of audit rows: each row's hash covers its own content and the hash before."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS = "0" * 64


def seal(previous: str, number: int, content: Mapping) -> str:
    """The hash (64 hex digits) of row ``number`` after ``previous``.

    ``content`` holds JSON values only; the order of its keys does not matter.
    """
    body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}\n{number}\n{body}".encode()).hexdigest()


@dataclass(frozen=True)
class Row:
    number: int
    digest: str
    content: Mapping


@dataclass(frozen=True)
class Break:
    """The first row that does not fit. ``code``: ``gap``, ``changed``, or against a head that
    was kept elsewhere ``missing`` (rows at the end are gone), ``replaced`` (sealed anew)."""

    code: str
    number: int


@dataclass(frozen=True)
class Head:
    """The last row at some time, as it was carried out of the database."""

    number: int
    digest: str


def check(
    rows: Iterable[Row], previous: str = GENESIS, first: int = 1, head: Head | None = None
) -> Break | None:
    """Walk sealed rows in order; None when the chain is whole and goes through ``head``."""
    expected = first
    for row in rows:
        if row.number != expected:
            return Break("gap", expected)
        if seal(previous, row.number, row.content) != row.digest:
            return Break("changed", row.number)
        if head and row.number == head.number and row.digest != head.digest:
            return Break("replaced", row.number)
        previous, expected = row.digest, expected + 1
    if head and expected <= head.number:
        return Break("missing", expected)
    return None


def parse_head(text: str) -> Head:
    """A head as it was downloaded: JSON with ``number`` and ``digest``.

    :raises ValueError: ``head`` where it is none
    """
    try:
        values = json.loads(text)
        number, digest = values["number"], values["digest"]
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError("head") from error
    well = isinstance(number, int) and isinstance(digest, str) and len(digest) == len(GENESIS)
    if not well or number < 1:
        raise ValueError("head")
    return Head(number, digest)

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
    """The first row that does not fit. ``code``: ``gap`` or ``changed``."""

    code: str
    number: int


def check(rows: Iterable[Row], previous: str = GENESIS, first: int = 1) -> Break | None:
    """Walk sealed rows in order; None when the chain is whole."""
    expected = first
    for row in rows:
        if row.number != expected:
            return Break("gap", expected)
        if seal(previous, row.number, row.content) != row.digest:
            return Break("changed", row.number)
        previous, expected = row.digest, expected + 1
    return None

"""Packaging rules: which components go together (TB-017, TB-028)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

KINDS = ("requires", "excludes", "at_least_one", "at_most_one", "only")


class Part(NamedTuple):
    """A component on an offer or a subscription."""

    code: str
    stream: str


@dataclass(frozen=True, slots=True)
class Rule:
    """``when`` and ``then`` are selectors: the code of a component, or ``@`` and a stream.

    ``requires``: where ``when`` is there, one of ``then`` is too · ``excludes``: where ``when``
    is there, nothing of ``then`` is · ``at_least_one``, ``at_most_one`` of ``then`` ·
    ``only``: everything is one of ``then``.
    """

    id: object
    kind: str
    then: tuple[str, ...]
    when: tuple[str, ...] = ()


class Breach(NamedTuple):
    """``parts`` are the codes that cannot stay as they are, empty where something is missing."""

    rule: object
    parts: tuple[str, ...]


def breaches(rules: Iterable[Rule], parts: Iterable[Part]) -> tuple[Breach, ...]:
    """The rules that a set of components breaks, in their order; an empty set breaks none.

    Raises ``ValueError`` for an unknown kind.
    """
    parts = tuple(dict.fromkeys(parts))
    found = []
    for rule in rules if parts else ():
        broken = _broken(rule, parts)
        if broken is not None:
            found.append(Breach(rule.id, broken))
    return tuple(found)


def _broken(rule: Rule, parts: tuple[Part, ...]) -> tuple[str, ...] | None:
    when = [part for part in parts if _selected(part, rule.when)]
    then = [part for part in parts if _selected(part, rule.then)]
    if rule.kind == "requires":
        return tuple(part.code for part in when) if when and not then else None
    if rule.kind == "excludes":
        other = [part.code for part in then if part not in when] if when else []
        return tuple(other) or None
    if rule.kind == "at_least_one":
        return None if then else ()
    if rule.kind == "at_most_one":
        return tuple(part.code for part in then) if len(then) > 1 else None
    if rule.kind == "only":
        return tuple(part.code for part in parts if part not in then) or None
    raise ValueError(rule.kind)


def _selected(part: Part, selectors: tuple[str, ...]) -> bool:
    return part.code in selectors or f"@{part.stream}" in selectors

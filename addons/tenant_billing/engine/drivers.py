"""Pricing by infrastructure: a driver that counts people is refused (TB-012, TB-014)."""

import re

_PEOPLE = frozenset("user users seat seats login logins employee employees headcount".split())
_FREE = frozenset(("unlimited", "no", "without"))
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def is_per_user(code: str) -> bool:
    """Whether a component or meter of this code is priced by people or seats.

    ``active_users``, ``perSeat`` and ``user-licence`` are; ``unlimited_users`` is not.
    """
    words = {word.lower() for word in _WORD.findall(code)}
    if words & _FREE:
        return False
    return bool(words & _PEOPLE) or "peruser" in words or "perseat" in words

"""The responsibility matrix: per line and party one role, exactly one party accountable
(PG-039 … PG-044, PG-123; the RACI chart of project management).

A partner's matrix comes complete from the template of its commercial model; a deal, a project or
a tenant only says where it deviates.
"""

from collections.abc import Iterable, Mapping

ACCOUNTABLE = "accountable"
PARTIES = ("partner", "upline", "platform", "delivery", "customer")
# Between these a partner settles accountability itself: the work stays on its own side.
OWN_SIDE = frozenset(("partner", "delivery"))


class ResponsibilityError(ValueError):
    """A line that nobody or more than one answers for.

    ``code`` is ``nobody_accountable`` or ``two_accountable``; ``parties`` names who is.
    """

    def __init__(self, code: str, parties: tuple[str, ...]):
        super().__init__(f"{code}: {' '.join(parties)}")
        self.code = code
        self.parties = parties


def accountable(roles: Mapping[str, str | None]) -> str:
    """The one party that answers for a line.

    :param roles: party → role or nothing
    :raises ResponsibilityError: nobody, or more than one, is accountable
    """
    found = tuple(party for party in PARTIES if roles.get(party) == ACCOUNTABLE)
    if len(found) != 1:
        raise ResponsibilityError("two_accountable" if found else "nobody_accountable", found)
    return found[0]


def effective(standing: Mapping, *deviations: Mapping) -> dict:
    """The matrix of a record: code → line, later deviations over earlier ones.

    A deviation of a line that the partner does not have counts too.
    """
    lines = dict(standing)
    for each in deviations:
        lines.update(each)
    return lines


def may_settle(before: str | None, after: str) -> bool:
    """Whether a partner may move a line by itself from party ``before`` to ``after``.

    Nobody puts a duty on somebody else, nor takes a right of approval from anybody.
    """
    return before == after or {before, after} <= OWN_SIDE


def gaps(expected: Iterable[str], owners: Mapping[str, bool]) -> tuple[str, ...]:
    """Codes that nobody answers for.

    :param expected: codes of the template of the partner's model
    :param owners: code → whether the accountable party is there
    """
    return tuple(code for code in expected if not owners.get(code))

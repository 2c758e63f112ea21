"""A plan, bound to the state that it was made from (D-03).

The fingerprint covers what is live, what was applied last and the version. It exists for
the very first plan too, when nothing was ever applied (hashicorp/terraform#24078).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from .diff import ADOPT, BLOCKED, NOOP, PlanLine, diff
from .live import Accepted, Applied, Live, LiveRecord
from .resources import Resource, digest, version_hash


@dataclass(frozen=True)
class Plan:
    """Lines in the order to apply, and the state that they are true for."""

    lines: tuple[PlanLine, ...]
    fingerprint: str
    version_hash: str = ""

    @property
    def blocked(self) -> tuple[PlanLine, ...]:
        """Lines that keep the whole plan from being applied: no half run (D-12)."""
        return tuple(line for line in self.lines if line.action == BLOCKED)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to do or to decide."""
        return all(line.action == NOOP for line in self.lines)

    def counts(self) -> dict[str, int]:
        """Lines per action."""
        counts: dict[str, int] = {}
        for line in self.lines:
            counts[line.action] = counts.get(line.action, 0) + 1
        return counts

    def changing(self) -> tuple[PlanLine, ...]:
        """Lines that would write to the tenant."""
        quiet = (NOOP, BLOCKED)
        return tuple(
            line for line in self.lines
            if line.action not in quiet and (line.changes or line.action != ADOPT)
        )  # fmt: skip


def make_plan(
    desired: Iterable[Resource],
    live: Live,
    applied: Mapping[str, Applied],
    accepted: Iterable[Accepted] = (),
    today: date | None = None,
) -> Plan:
    """The plan for the present state. ``today`` decides which exceptions still hold."""
    desired = tuple(desired)
    version = version_hash(desired)
    lines = diff(desired, live, applied, accepted, today)
    return Plan(lines, fingerprint(live, applied, version), version)


def fingerprint(live: Live, applied: Mapping[str, Applied], version: str) -> str:
    """SHA-256 over tenant, live values, applied state and version.

    Last writer and time are left out: a change to a field that the blueprint does not
    name makes no plan stale.
    """
    return digest(
        {
            "uuid": live.uuid,
            "series": live.series,
            "records": {key: _facts(record) for key, record in live.records.items()},
            "candidates": {
                key: [_facts(r) for r in sorted(found, key=lambda r: r.id)]
                for key, found in live.candidates.items()
                if found
            },
            "hidden": live.hidden,
            "pending": live.pending,
            "blocked": {key: block.code for key, block in live.blocked.items()},
            "ids": live.ids,
            "applied": {key: dict(vars(last)) for key, last in applied.items()},
            "version": version,
        }
    )


def _facts(record: LiveRecord) -> list:
    return [record.id, record.active, record.values]


def is_stale(plan: Plan, live: Live, applied: Mapping[str, Applied], version_hash: str) -> bool:
    """Whether the state is another than the one that the plan was made from."""
    return plan.fingerprint != fingerprint(live, applied, version_hash)

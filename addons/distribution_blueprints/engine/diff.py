"""Desired, live, last applied: what differs and whose change it is (D-04, D-05, D-06).

Three-way, per field. Where live is as last applied, the blueprint moved: ``update``.
Where the blueprint is as last applied, somebody changed the tenant: ``drift``, which is
only reverted when approved. Where both moved: ``drift`` with the reason ``conflict``.
A rename is found by external id, so it never makes a second record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .live import Accepted, Applied, Live, LiveRecord
from .ordering import order
from .resources import BUSINESS, MODULE, OBSERVED, OWNED, SEED, SETTING, Resource
from .risk import risk_of
from .values import normal, resolve, shown

CREATE, UPDATE, ADOPT, NOOP, BLOCKED, FORGET, DRIFT, ASK = ACTIONS = (
    "create",
    "update",
    "adopt",
    "noop",
    "blocked",
    "forget",
    "drift",
    "ask",
)


@dataclass(frozen=True)
class Change:
    """One field: before and after as a person reads them, and why.

    ``reason``: new, desired, by_hand, conflict, archived (written when the line is
    applied); seed, observed, accepted (notes, never written).
    """

    field: str
    before: Any
    after: Any
    reason: str
    ownership: str = OWNED


@dataclass(frozen=True)
class PlanLine:
    """What is to happen to one resource. A key has one line, or an ``update`` and a
    ``drift``. ``who`` and ``when`` are the last writer and time, for a drift."""

    key: str
    kind: str
    model: str
    action: str
    changes: tuple[Change, ...] = ()
    reason: str = ""
    detail: str = ""
    risk: str = ""
    record_id: int | None = None
    who: str = ""
    when: str = ""
    notes: tuple[Change, ...] = ()

    @property
    def id(self) -> tuple[str, str]:
        """Key and action: what an approval is given to."""
        return self.key, self.action


def diff(
    desired: Iterable[Resource],
    live: Live,
    applied: Mapping[str, Applied],
    accepted: Iterable[Accepted] = (),
    today: date | None = None,
) -> tuple[PlanLine, ...]:
    """The lines of a plan, in the order to apply them, what is forgotten last."""
    desired = order(desired)
    silenced = {(a.key, a.field) for a in accepted if today is None or today <= a.until}
    lines: list[PlanLine] = []
    claimed: set[tuple[str, int]] = {(r.model, live.records[r.key].id) for r in desired
                                     if r.key in live.records}  # fmt: skip
    for resource in desired:
        lines += _Differ(resource, live, applied.get(resource.key), silenced, claimed).lines()
    keys = {resource.key for resource in desired}
    for key, last in applied.items():
        if key not in keys:
            record_id = last.record_id
            lines.append(PlanLine(key, last.kind, last.model, FORGET, (), last.removal,
                                  record_id=record_id))  # fmt: skip
    return tuple(lines)


class _Differ:
    """The lines of one resource. Keeps no state but its arguments."""

    def __init__(self, resource, live, last, silenced, claimed):
        self.r: Resource = resource
        self.live: Live = live
        self.last: Applied | None = last
        self.silenced: set[tuple[str, str]] = silenced
        self.claimed: set[tuple[str, int]] = claimed
        self.infos = live.fields.get(resource.model, {})

    def line(self, action: str, record: LiveRecord | None = None, **values) -> PlanLine:
        r = self.r
        if record is not None:
            values.setdefault("record_id", record.id)
        risk = risk_of(r, action, values.get("changes", ()), record)
        return PlanLine(r.key, r.kind, r.model, action, risk=risk, **values)

    def lines(self) -> list[PlanLine]:
        r, live = self.r, self.live
        block = live.blocked.get(r.key)
        if block:
            return [self.line(BLOCKED, reason=block.code, detail=block.detail)]
        if r.key in live.hidden:
            return [self.line(BLOCKED, reason="hidden_on_tenant")]
        too_long = [n for n in r.values if self._too_long(n)]
        if too_long:
            return [self.line(BLOCKED, reason="value_too_long", detail=", ".join(too_long))]
        record = live.records.get(r.key)
        if r.kind == MODULE:
            return self._module(record)
        if record is not None:
            return self._present(record, taken_over=self.last is None)
        if r.kind == SETTING:
            return [self.line(UPDATE, changes=self._initial("new"), reason="after_install")]
        return self._absent()

    def _too_long(self, name: str) -> bool:
        size, value = self.infos.get(name, {}).get("size"), self.r.values[name]
        return bool(size) and isinstance(value, str) and len(value) > size

    def _module(self, record: LiveRecord | None) -> list[PlanLine]:
        state = record.values.get("state") if record else None
        if state is None:
            return [self.line(BLOCKED, reason="module_missing", detail=self.r.technical_name)]
        if state == "uninstallable":
            name = self.r.technical_name
            return [self.line(BLOCKED, record, reason="module_unavailable", detail=name)]
        if state in ("installed", "to upgrade"):
            return [self.line(NOOP if self._settled(record) else ADOPT, record)]
        if self.last is not None:
            change = Change("state", state, "installed", "by_hand")
            return [self.line(DRIFT, record, changes=(change,), reason="uninstalled_on_tenant")]
        return [self.line(CREATE, record, changes=(Change("state", state, "installed", "new"),))]

    def _absent(self) -> list[PlanLine]:
        r = self.r
        free = [c for c in self.live.candidates.get(r.key, ())
                if (r.model, c.id) not in self.claimed]  # fmt: skip
        if len(free) > 1:
            ids = ", ".join(str(c.id) for c in free)
            return [self.line(BLOCKED, reason="ambiguous", detail=ids)]
        if free:
            self.claimed.add((r.model, free[0].id))
            return self._present(free[0], taken_over=True)
        if r.key in self.live.pending:
            return [self.line(CREATE, changes=self._initial("new"), reason="after_install")]
        if self.last is None:
            return [self.line(CREATE, changes=self._initial("new"))]
        values = {"changes": self._initial("new"), "reason": "deleted_on_tenant"}
        action = ASK if r.lifecycle == BUSINESS else CREATE
        return [self.line(action, record_id=self.last.record_id, **values)]

    def _initial(self, reason: str) -> tuple[Change, ...]:
        return tuple(Change(n, None, v, reason, self.r.ownership_of(n))
                     for n, v in self.r.recorded().items())  # fmt: skip

    def _present(self, record: LiveRecord, taken_over: bool) -> list[PlanLine]:
        writes, drifts, notes = [], [], []
        for name, value in self.r.values.items():
            change = self._compare(name, value, record, taken_over)
            if change is None:
                continue
            if change.reason in (SEED, OBSERVED, "accepted"):
                notes.append(change)
            elif change.reason in ("by_hand", "conflict"):
                drifts.append(change)
            else:
                writes.append(change)
        if not record.active and "active" not in self.r.values:
            change = Change("active", False, True, "archived")
            if (self.r.key, "active") in self.silenced:
                notes.append(Change("active", False, True, "accepted"))
            else:
                (writes if taken_over else drifts).append(change)
        lines = []
        shared = {"notes": tuple(notes)}
        if taken_over and self.r.kind != SETTING:
            lines.append(self.line(ADOPT, record, changes=tuple(writes), **shared))
        elif writes:
            lines.append(self.line(UPDATE, record, changes=tuple(writes), **shared))
        elif not drifts:
            settled = self._settled(record, {n.field for n in notes})
            lines.append(self.line(NOOP if settled else ADOPT, record, **shared))
        if drifts:
            lines.append(self._drift(record, tuple(drifts)))
        return lines

    def _drift(self, record: LiveRecord, drifts: tuple[Change, ...]) -> PlanLine:
        reasons = {change.reason for change in drifts}
        reason = next(r for r in ("conflict", "archived", "by_hand") if r in reasons)
        who = record.write_user or str(record.write_uid or "")
        if record.write_uid is not None and record.write_uid == self.live.bot:
            who = "bot"  # our own key wrote last: the hand is in a field it did not write
        return self.line(
            DRIFT, record, changes=drifts, reason=reason, who=who, when=record.write_date
        )

    def _compare(self, name, value, record: LiveRecord, taken_over: bool) -> Change | None:
        info = self.infos.get(name)
        want = self._norm(value, info)
        have = normal(record.values[name], info) if name in record.values else None
        if name in record.values and want == have:
            return None
        before, ownership = shown(record.values.get(name)), self.r.ownership_of(name)
        if ownership != OWNED:
            return Change(name, before, value, ownership, ownership)
        if (self.r.key, name) in self.silenced:
            return Change(name, before, value, "accepted")
        if taken_over or self.last is None or name not in self.last.values:
            return Change(name, before, value, "new")
        if have == self._norm(self.last.values[name], info):
            return Change(name, before, value, "desired")
        moved = value != self.last.values[name]
        return Change(name, before, value, "conflict" if moved else "by_hand")

    def _norm(self, value: Any, info) -> Any:
        return normal(resolve(value, self.live.ids, self.live.xmlids), info)

    def _settled(self, record: LiveRecord, leave: Iterable[str] = ()) -> bool:
        """Whether the applied state says already what it would be set to."""
        last, r = self.last, self.r
        if last is None or (last.lifecycle, last.removal) != (r.lifecycle, r.removal):
            return False
        recorded = r.recorded()
        if set(recorded) != set(last.values) or last.record_id != record.id:
            return False
        return all(last.values[n] == v for n, v in recorded.items() if n not in leave)

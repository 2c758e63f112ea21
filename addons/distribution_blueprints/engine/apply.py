"""Carrying a plan out, one step at a time (D-01 to D-06, D-11, D-12).

``apply_plan`` is a generator: it yields a ``Step``, the caller journals it, commits,
carries it out on the tenant and sends the result back in; the end is an ``Outcome``.
Nothing here talks to anybody, so every fault can be played through in a test.

The rules: observe before a create and after an unknown answer, by external id, then by
natural key; one match is adopted, several stop the run, none ends it without repeating
the create; every write is read back before it counts.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from .diff import ADOPT, ASK, CREATE, DRIFT, FORGET, NOOP, UPDATE, PlanLine
from .live import Applied, Live
from .modules import install
from .plan import Plan
from .records import Records
from .resources import ARCHIVE, MODULE, SETTING, Resource
from .risk import GATED
from .steps import Outcome, Skipped, Step, Stop
from .talk import Patience, Talk
from .values import Unresolved


def needs_approval(line: PlanLine) -> bool:
    """Whether a line waits for a person: drift, a deleted business record, a grave risk."""
    return line.action in (DRIFT, ASK) or line.risk in GATED


def apply_plan(
    plan: Plan,
    desired: Iterable[Resource],
    live: Live,
    applied: Mapping[str, Applied],
    approved: Collection[tuple[str, str]] = (),
    patience: Patience | None = None,
) -> Talk:
    """Steps to carry ``plan`` out; returns an ``Outcome``.

    ``approved`` holds the ``PlanLine.id`` that a person agreed to. Lines that wait for an
    approval are skipped, and so is what refers to a record that they would make. The
    caller has checked ``is_stale`` under its lock just before.
    """
    if plan.blocked:
        line = plan.blocked[0]
        return Outcome("refused", "plan_blocked", line.key, line.detail or line.reason)
    run = _Run(plan, {r.key: r for r in desired}, live, dict(applied), set(approved),
               patience or Patience())  # fmt: skip
    try:
        yield from run.all()
    except Stop as stop:
        return replace(stop.outcome, skipped=tuple(run.skipped))
    return Outcome("done", skipped=tuple(run.skipped))


class _Run:
    """One run over the lines of a plan."""

    def __init__(self, plan, desired, live, applied, approved, patience):
        self.lines: tuple[PlanLine, ...] = plan.lines
        self.desired: dict[str, Resource] = desired
        self.applied: dict[str, Applied] = applied
        self.approved, self.patience = approved, patience
        self.records = Records(live, patience)
        self.skipped: list[Skipped] = []

    def all(self) -> Talk:
        lines = list(self._agreed())
        modules = [line for line in lines if line.kind == MODULE and line.changes]
        if modules:
            names = tuple(self.desired[line.key].technical_name for line in modules)
            yield from install(names, modules[0].key, self.patience)
        for line in lines:
            if line.action == FORGET:
                yield from self._forget(line)
            elif line.kind == MODULE:
                yield from self._verified(line, self.desired[line.key], line.record_id)
            elif line.kind == SETTING:
                yield from self._guarded(line, self._setting)
            else:
                yield from self._guarded(line, self._record)

    def _agreed(self) -> Iterator[PlanLine]:
        for line in self.lines:
            if line.action == NOOP:
                continue
            if needs_approval(line) and line.id not in self.approved:
                self.skipped.append(Skipped(line.key, line.action, "not_approved", line.risk))
            else:
                yield line

    def _guarded(self, line: PlanLine, handle) -> Talk:
        """Leave a line out whose references are not there because theirs was left out."""
        r = self.desired[line.key]
        yield from self.records.resolve_xmlids(r)
        missing = self.records.missing(r)
        if missing is None:
            yield from handle(line, r)
        elif isinstance(missing, Unresolved) and missing.name in self._left_out():
            self.skipped.append(Skipped(line.key, line.action, "waits_for", missing.name))
        else:
            raise Stop("stopped", "reference_missing", line.key, missing.name)

    def _left_out(self) -> set[str]:
        return {skip.key for skip in self.skipped}

    def _setting(self, line: PlanLine, r: Resource) -> Talk:
        fields = [change.field for change in line.changes]
        if fields:
            yield from self.records.set_settings(r, fields)
        yield from self._verified(line, r, 0)

    def _record(self, line: PlanLine, r: Resource) -> Talk:
        fields = [change.field for change in line.changes]
        if line.action in (CREATE, ASK):
            late = line.reason == "after_install"
            record_id = yield from self.records.create(r, adopt=late)
        else:
            record_id = line.record_id
            if line.action == ADOPT:
                yield from self.records.register(r, record_id)
            if fields:
                yield from self.records.write(r, record_id, fields)
        yield from self._verified(line, r, record_id)

    def _verified(self, line: PlanLine, r: Resource, record_id: int) -> Talk:
        """Store what counts as applied now; fields of a drift left alone keep theirs."""
        last = self.applied.get(r.key)
        values: dict[str, Any] = r.recorded()
        if line.action == UPDATE and last is not None:
            drifted = self._drifted(r.key)
            values = {
                name: last.values.get(name) if name in drifted else value
                for name, value in values.items()
                if name not in drifted or name in last.values
            }
        elif line.action == DRIFT and last is not None:
            reverted = {change.field for change in line.changes} & set(values)
            kept = {name: value for name, value in last.values.items() if name in values}
            values = {**kept, **{name: values[name] for name in reverted}}
        state = Applied(r.key, r.kind, r.model, record_id or 0, values, r.lifecycle, r.removal)
        self.applied[r.key] = state
        yield Step("verified", r.key, r.model, record_id, applied=state)

    def _drifted(self, key: str) -> set[str]:
        return {change.field for line in self.lines if line.id == (key, DRIFT)
                for change in line.changes}  # fmt: skip

    def _forget(self, line: PlanLine) -> Talk:
        """Let go of a resource that the version no longer names; nothing is deleted."""
        if line.reason == ARCHIVE and line.kind not in (MODULE, SETTING):
            yield from self.records.archive(line)
        yield Step("forgotten", line.key, line.model, line.record_id)

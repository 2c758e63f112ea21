"""Records and settings of a run: create, adopt, write, read back (D-02, D-04, D-05)."""

from collections.abc import Iterable, Mapping
from typing import Any

from .diff import PlanLine
from .live import Live
from .resources import MAIN, Resource
from .steps import Observed, ReadBack, Step, Stop
from .talk import Patience, Talk, ask, change
from .values import Unresolved, normal, resolve, wire


class Records:
    """Knows the ids on the tenant as they come up during a run."""

    def __init__(self, live: Live, patience: Patience):
        self.ids, self.xmlids = dict(live.ids), dict(live.xmlids)
        self.registered = set(live.records)
        self.patience = patience

    # -- references -----------------------------------------------------------------

    def resolve_xmlids(self, r: Resource) -> Talk:
        """Ask for external ids of modules that were not there when the plan was made."""
        unknown = tuple(sorted(r.xmlids() - set(self.xmlids)))
        if unknown:
            found = yield from ask(Step("resolve", r.key, names=unknown), self.patience)
            self.xmlids.update(found)

    def missing(self, r: Resource) -> Unresolved | None:
        """The first reference that leads nowhere yet."""
        values = [self.resolved(r, name) for name in r.recorded()]
        if r.company and r.company not in self.ids:
            values.append(Unresolved(r.company))
        return next((v for v in values if isinstance(v, Unresolved)), None)

    def resolved(self, r: Resource, name: str) -> Any:
        return resolve(r.values[name], self.ids, self.xmlids)

    def company(self, r: Resource) -> int | None:
        return self.ids.get(r.company) if r.company else None

    # -- creating -------------------------------------------------------------------

    def create(self, r: Resource, adopt: bool) -> Talk:
        """The id of the record, made or found. ``adopt``: what stands there already may be
        taken over, because the plan could not see it before its module was installed."""
        seen = yield from self._observe(r)
        found = self._only(r, seen)
        if found and not adopt:
            raise Stop("interrupted", "plan_stale", r.key)
        if not found:
            found = yield from self._make(r)
        else:
            yield from self.register(r, found, seen.external == found)
            yield from self.write(r, found, list(r.recorded()))
            return found
        yield from self.register(r, found)
        yield from self._write_companies(r, found, list(r.recorded()))
        yield from self._expect(r, found, list(r.recorded()))
        return found

    def _make(self, r: Resource) -> Talk:
        values = {n: self.resolved(r, n) for n in r.recorded()}
        values = {n: wire(v) for n, v in values.items() if not _per_company(v)}
        if r.model == "stock.warehouse" and self.company(r):
            values.setdefault("company_id", self.company(r))
        step = Step("create", r.key, r.model, values=values, company=self.company(r))
        result = yield from change(step, self.patience)
        if result.kind == "ok":
            return result.value
        for attempt in range(self.patience.tries):
            found = self._only(r, (yield from self._observe(r)))
            if found:
                return found
            yield Step("wait", r.key, seconds=self.patience.pause * (attempt + 1))
        # Not seen is not the same as not done: the server may still be at it.
        raise Stop("interrupted", "unknown_result", r.key, result.code, self.patience.request_life)

    def _observe(self, r: Resource) -> Talk:
        domain = []
        for name in r.natural:
            value = self.resolved(r, name) if name in r.values else False
            domain.append((name, "=", False if isinstance(value, Unresolved) else value))
        step = Step("observe", r.key, r.model, domain=tuple(domain), company=self.company(r))
        return (yield from ask(step, self.patience))

    def _only(self, r: Resource, seen: Observed) -> int | None:
        if seen.external:
            if seen.external_model not in ("", r.model):
                raise Stop("stopped", "external_id_taken", r.key, seen.external_model)
            return seen.external
        if len(seen.natural) > 1:
            raise Stop("stopped", "ambiguous", r.key, ", ".join(map(str, seen.natural)))
        return seen.natural[0] if seen.natural else None

    def register(self, r: Resource, record_id: int, known: bool = False) -> Talk:
        """Give the record our external id; the server's uniqueness makes it safe to try."""
        if not known and r.key not in self.registered:
            step = Step("register", r.key, r.model, record_id)
            for _ in range(self.patience.tries):
                result = yield from change(step, self.patience, unless=(422,))
                if result.kind == "ok":
                    break
                seen = yield from self._observe(r)
                if seen.external == record_id:
                    break
                if seen.external or result.kind == "fatal":
                    raise Stop("stopped", "external_id_taken", r.key, str(seen.external or ""))
            else:
                raise Stop("interrupted", "unknown_result", r.key)
        self.registered.add(r.key)
        self.ids[r.key] = record_id

    # -- writing --------------------------------------------------------------------

    def write(self, r: Resource, record_id: int, fields: Iterable[str]) -> Talk:
        """Write and read back, again while the answer is lost: writing twice is harmless."""
        fields = list(fields)
        wants = self._wanted(r, fields)
        flat = {n: v for n, v in wants.items() if not _per_company(v)}
        if flat:
            yield from self._converge(r, "write", record_id, flat, self.company(r))
        yield from self._write_companies(r, record_id, fields)
        yield from self._expect(r, record_id, fields)

    def _wanted(self, r: Resource, fields: Iterable[str]) -> dict[str, Any]:
        """Resolved values; ``active`` is wanted true where the blueprint does not say."""
        return {n: self.resolved(r, n) if n in r.values else True for n in fields}

    def _write_companies(self, r: Resource, record_id: int, fields: list[str]) -> Talk:
        """Company-dependent values: one write per company, since the context decides."""
        per: dict[int, dict[str, Any]] = {}
        for name, value in self._wanted(r, fields).items():
            if _per_company(value):
                for company, part in value["by_company"].items():
                    per.setdefault(company, {})[name] = part
        for company, values in per.items():
            yield from self._converge(r, "write", record_id, values, company)

    def set_settings(self, r: Resource, fields: list[str]) -> Talk:
        """Only the changed settings, then read them back."""
        company = self.company(r) or self.ids.get(MAIN)
        yield from self._converge(r, "settings", None, self._wanted(r, fields), company)

    def archive(self, line: PlanLine) -> Talk:
        """Archive a record that the blueprint let go of."""
        r = Resource("record", line.key, line.model)
        yield from self._converge(r, "write", line.record_id, {"active": False}, None)

    def _converge(
        self, r: Resource, op: str, record_id: int | None, wants: dict, company: int | None
    ) -> Talk:
        values = {name: wire(value) for name, value in wants.items()}
        step = Step(op, r.key, r.model, record_id, values, company)
        for attempt in range(self.patience.tries):
            if attempt:
                yield Step("wait", r.key, seconds=self.patience.pause * attempt)
            result = yield from change(step, self.patience)
            wrong = yield from self._differing(r, record_id, wants, company)
            if not wrong:
                return
            if result.kind == "ok":
                raise Stop("stopped", "not_verified", r.key, ", ".join(wrong))
        raise Stop("interrupted", "unknown_result", r.key, ", ".join(wants))

    def _expect(self, r: Resource, record_id: int, fields: Iterable[str]) -> Talk:
        wants = self._wanted(r, fields)
        wrong = yield from self._differing(r, record_id, wants, self.company(r))
        if wrong:
            raise Stop("stopped", "not_verified", r.key, ", ".join(wrong))

    def _differing(
        self, r: Resource, record_id: int | None, wants: dict, company: int | None
    ) -> Talk:
        """The fields that do not read as wanted; all of them when the record is gone."""
        companies = {n: tuple(v["by_company"]) for n, v in wants.items() if _per_company(v)}
        step = Step("read_back", r.key, r.model, record_id, company=company,
                    companies=companies, names=tuple(wants))  # fmt: skip
        back: ReadBack = yield from ask(step, self.patience)
        if back.record is None:
            return list(wants)
        have, infos = back.record.values, back.fields
        return [
            name for name, want in wants.items()
            if name not in have or not _same(have[name], want, infos.get(name))
        ]  # fmt: skip


def _same(have: Any, want: Any, info: Mapping[str, Any] | None) -> bool:
    return normal(have, info) == normal(want, info)


def _per_company(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"by_company"}

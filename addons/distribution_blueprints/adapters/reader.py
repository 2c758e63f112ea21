"""The live facts of a tenant, in bulk: one read per model (blueprints.md 3.13)."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..engine.live import Applied, Blocked, Live, LiveRecord
from ..engine.resources import MAIN, MODULE, NAMESPACE, Resource
from ..engine.values import Unresolved, normal, resolve
from .preflight import param, series_of
from .wires import TenantError, Wire

_META = ("write_uid", "write_date")
_ATTRIBUTES = ["type", "relation", "digits", "size", "company_dependent"]


class Reader:
    """Collects one ``Live``. Any call without an answer ends it with ``TenantError``:
    what could not be read is not missing."""

    def __init__(self, wire: Wire, resources: Iterable[Resource], applied: Mapping[str, Applied]):
        self.wire, self.resources, self.applied = wire, list(resources), applied
        self.records: dict[str, LiveRecord] = {}
        self.candidates: dict[str, tuple[LiveRecord, ...]] = {}
        self.hidden: set[str] = set()
        self.pending: set[str] = set()
        self.blocked: dict[str, Blocked] = {}
        self.fields: dict[str, dict] = {}
        self.ids: dict[str, int] = {}
        self.xmlids: dict[str, int] = {}
        self.installing = False

    def read(self) -> Live:  # pylint: disable=method-required-super
        version = self.wire.transport.version()
        if version.kind != "ok":
            raise TenantError(version, "version")
        uuid = str(param(self.wire, "database.uuid") or "")
        bot = self._bot()
        self._external_ids()
        self._modules()
        by_model: dict[str, list[Resource]] = {}
        for r in self.resources:
            if r.kind != MODULE:
                by_model.setdefault(r.model, []).append(r)
        for model, resources in by_model.items():
            usable = self._usable(model, resources)
            if model == "res.config.settings":
                self._settings(usable)
            elif usable:
                self._model(model, usable)
        return Live(
            self.records, self.candidates, frozenset(self.hidden), frozenset(self.pending),
            self.blocked, self.fields, self.ids, self.xmlids, bot, uuid, series_of(version.value),
        )  # fmt: skip

    def _bot(self) -> int:
        uid = self.wire.value("res.users", "context_get")["uid"]
        fields = ["company_id", "company_ids"]
        [user] = self.wire.value("res.users", "read", {"fields": fields}, [uid])
        self.wire.companies = list(user["company_ids"])
        self.ids[MAIN] = user["company_id"][0]
        return uid

    def _external_ids(self) -> None:
        """Ours, and those of modules that values point at, in one read."""
        wanted = {xmlid for r in self.resources for xmlid in r.xmlids()}
        self.external: dict[str, tuple[str, int]] = {}
        for row in external_rows(self.wire, wanted, own=True):
            if row["module"] == NAMESPACE:
                self.external[row["name"]] = (row["model"], row["res_id"])
            else:
                self.xmlids[f"{row['module']}.{row['name']}"] = row["res_id"]
        for r in self.resources:
            model, record_id = self.external.get(r.key, ("", 0))
            if model == r.model:
                self.ids[r.key] = record_id
            elif model:
                self.blocked[r.key] = Blocked("external_id_taken", model)

    def _modules(self) -> None:
        modules = {r.technical_name: r for r in self.resources if r.kind == MODULE}
        if not modules:
            return
        domain = [["name", "in", list(modules)]]
        for row in self.wire.rows("ir.module.module", domain, ["name", "state"]):
            values = {"state": row["state"]}
            self.records[modules[row["name"]].key] = LiveRecord(row["id"], values)
            self.installing |= row["state"] == "uninstalled"

    def _usable(self, model: str, resources: list[Resource]) -> list[Resource]:
        """Those whose model and fields are there and may be written; others are noted."""
        names = {name for r in resources for name in (*r.values, *r.natural)}
        asked = sorted({*names, "company_id", "active", *_META})
        params = {"allfields": asked, "attributes": _ATTRIBUTES}
        result = self.wire.call(model, "fields_get", params)
        if result.kind == "fatal" and result.code == "not_found":
            for r in resources:
                self._not_there(r, "model_unavailable", model)
            return []
        if result.kind != "ok":
            raise TenantError(result, f"{model}/fields_get")
        self.fields[model] = result.value
        denied = [op for op in ("read", "create", "write") if not self._may(model, op)]
        usable = []
        for r in resources:
            unknown = [name for name in r.values if name not in result.value]
            if r.key in self.blocked:
                continue
            if denied:
                self.blocked[r.key] = Blocked("access_denied", f"{model}: {', '.join(denied)}")
            elif unknown:
                self._not_there(r, "field_unsupported", f"{model}: {', '.join(unknown)}")
            else:
                usable.append(r)
        return usable

    def _may(self, model: str, operation: str) -> bool:
        return bool(self.wire.value(model, "has_access", {"operation": operation}))

    def _not_there(self, r: Resource, code: str, detail: str) -> None:
        # A module of the same plan may bring it; without one it never comes.
        if self.installing:
            self.pending.add(r.key)
        else:
            self.blocked[r.key] = Blocked(code, detail)

    def _settings(self, resources: list[Resource]) -> None:
        by_company: dict[int | None, list[Resource]] = {}
        for r in resources:
            company = self.ids.get(r.company or MAIN)
            if company:
                by_company.setdefault(company, []).append(r)
        for company, group in by_company.items():
            names = sorted({name for r in group for name in r.values})
            values = self.wire.value(
                "res.config.settings", "default_get", {"fields": names}, company=company
            )
            for r in group:
                mine = {name: values.get(name, False) for name in r.values}
                self.records[r.key] = LiveRecord(0, mine)

    def _model(self, model: str, resources: list[Resource]) -> None:
        """One read for all records of a model, one more per further company."""
        ids = {self.ids[r.key] for r in resources if r.key in self.ids}
        ids |= {self.applied[r.key].record_id for r in resources if r.key in self.applied}
        domains = [[["id", "in", sorted(ids)]]] if ids else []
        naturals = {r.key: self._natural(r) for r in resources if r.key not in self.ids}
        domains += [domain for domain in naturals.values() if domain]
        if not domains:
            return
        names = {name for r in resources for name in (*r.values, *r.natural)}
        names |= {name for name in ("company_id", "active", *_META) if name in self.fields[model]}
        domain = any_of(domains)
        rows = {row["id"]: row for row in self.wire.rows(model, domain, sorted(names))}
        self._add_companies(model, resources, domain, rows)
        taken = {rid for other, rid in self.external.values() if other == model}
        for r in resources:
            self._place(r, rows, taken, naturals.get(r.key))

    def _natural(self, r: Resource) -> list | None:
        """The domain of the natural key, or None while part of it is not there yet."""
        terms = []
        for name in r.natural:
            value = resolve(r.values.get(name, False), self.ids, self.xmlids)
            if isinstance(value, Unresolved):
                return None
            terms.append([name, "=", value])
        if r.company and "company_id" in self.fields[r.model]:
            if r.company not in self.ids:
                return None
            terms.append(["company_id", "=", self.ids[r.company]])
        return terms

    def _add_companies(self, model: str, resources, domain: list, rows: dict[int, dict]) -> None:
        """Company-dependent values: as seen from each company that the blueprint names."""
        wanted: dict[str, set[str]] = {}
        for r in resources:
            for name, value in r.values.items():
                if isinstance(value, Mapping) and set(value) == {"by_company"}:
                    for company in value["by_company"]:
                        wanted.setdefault(company, set()).add(name)
                elif self.fields[model][name].get("company_dependent") and r.company:
                    wanted.setdefault(r.company, set()).add(name)
        self.seen: dict[tuple[str, int, str], Any] = {}
        for company, names in wanted.items():
            if company in self.ids:
                company_id = self.ids[company]
                for row in self.wire.rows(model, domain, sorted(names), company=company_id):
                    for name in names:
                        self.seen[company, row["id"], name] = row[name]

    def _place(self, r: Resource, rows: dict[int, dict], taken: set[int], natural) -> None:
        if r.key in self.ids:
            row = rows.get(self.ids[r.key])
            if row is None:
                self.hidden.add(r.key)
            else:
                self.records[r.key] = self._record(r, row)
            return
        last = self.applied.get(r.key)
        found = [row for row in rows.values() if row["id"] not in taken
                 and (self._matches(r.model, row, natural)
                      or (last is not None and last.record_id == row["id"]))]  # fmt: skip
        if last is not None and any(row["id"] == last.record_id for row in found):
            found = [row for row in found if row["id"] == last.record_id]
        if found:
            self.candidates[r.key] = tuple(self._record(r, row) for row in found)

    def _matches(self, model: str, row: dict, natural: list | None) -> bool:
        infos = self.fields[model]
        return bool(natural) and all(
            normal(row[name], infos.get(name)) == normal(value, infos.get(name))
            for name, _, value in natural
        )

    def _record(self, r: Resource, row: dict) -> LiveRecord:
        values = {name: self._value(r, name, row) for name in r.values}
        writer = row.get("write_uid") or [None, ""]
        return LiveRecord(row["id"], values, row.get("active", True), writer[0], writer[1],
                          row.get("write_date") or "")  # fmt: skip

    def _value(self, r: Resource, name: str, row: dict) -> Any:
        value = r.values[name]
        if isinstance(value, Mapping) and set(value) == {"by_company"}:
            return {"by_company": {
                self.ids[c]: self.seen.get((c, row["id"], name)) for c in value["by_company"]
                if c in self.ids
            }}  # fmt: skip
        if r.company and (r.company, row["id"], name) in self.seen:
            return self.seen[r.company, row["id"], name]
        return row[name]


def any_of(domains: list[list]) -> list:
    """One domain that holds where any of ``domains`` does."""
    result: list = ["|"] * (len(domains) - 1)
    for domain in domains:
        result += ["&"] * (len(domain) - 1) + domain
    return result


def external_rows(wire: Wire, xmlids: Iterable[str], own: bool = False) -> list[dict]:
    """Rows of ``ir.model.data``: those named, and with ``own`` all of our namespace."""
    pairs = [xmlid.split(".", 1) for xmlid in sorted(xmlids)]
    domains = [[["module", "=", NAMESPACE]]] if own else []
    domains += [[["module", "=", module], ["name", "=", name]] for module, name in pairs]
    if not domains:
        return []
    return wire.rows("ir.model.data", any_of(domains), ["module", "name", "model", "res_id"])

"""A tenant as a blueprint sees it: look before, read in bulk, carry one step out.

Speaks through a ``Transport`` alone (real or in memory), and works without Odoo. Nothing
is repeated here: what may be tried again is decided by ``engine.talk``.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ..engine.live import Applied, Live, LiveRecord
from ..engine.resources import NAMESPACE, Resource
from ..engine.steps import LOCAL, Done, Failed, Observed, ReadBack, Step
from .preflight import Problem, preflight
from .reader import Reader, external_rows
from .wires import TenantError, Transport, Wire

__all__ = ["Problem", "Tenant", "TenantError"]


class Tenant:
    """One tenant behind a transport. ``uuid`` is its pinned ``database.uuid``."""

    def __init__(self, transport: Transport, uuid: str = ""):
        self.wire, self.uuid = Wire(transport), uuid

    def preflight(self, resources: Iterable[Resource]) -> tuple[Problem, ...]:
        """What is in the way of planning; empty when nothing is. See ``preflight``."""
        return preflight(self.wire, list(resources), self.uuid)

    def update_module_list(self) -> Any:
        """Make modules known that were deployed since; its result."""
        return self.wire.call("ir.module.module", "update_list")

    def reset_module_states(self, names: Iterable[str]) -> Any:
        """Take back installs that are stuck; only after no state moved for longer than a
        request lives. The result of the call, or of the read before it."""
        try:
            rows = self.wire.rows("ir.module.module", [["name", "in", list(names)]], ["state"])
        except TenantError as error:
            return error.result
        ids = [row["id"] for row in rows]
        if not ids:
            return Failed("module_missing", ", ".join(names))
        return self.wire.call("ir.module.module", "button_reset_state", ids=ids)

    def read_live(
        self, resources: Iterable[Resource], applied: Mapping[str, Applied] | None = None
    ) -> Live:
        """The facts to plan from. ``TenantError`` when any of them could not be read."""
        return Reader(self.wire, resources, applied or {}).read()

    def execute(self, step: Step) -> Any:
        """The result of one step of ``apply_plan``; never raises for what the tenant says.

        Local steps (wait, verified, forgotten) are the caller's; here they are done.
        """
        if step.op in LOCAL:
            return Done()
        try:
            self._know_companies(step)
            return getattr(self, f"_do_{step.op}")(step)
        except TenantError as error:
            return error.result

    def _know_companies(self, step: Step) -> None:
        if not self.wire.companies or (step.company or 0) not in (0, *self.wire.companies):
            uid = self.wire.value("res.users", "context_get")["uid"]
            [user] = self.wire.value("res.users", "read", {"fields": ["company_ids"]}, [uid])
            self.wire.companies = list(user["company_ids"])

    # -- modules --------------------------------------------------------------------

    def _do_install(self, step: Step) -> Any:
        rows = self._module_rows(step)
        missing = set(step.names) - {row["name"] for row in rows}
        if missing:
            return Failed("module_missing", ", ".join(sorted(missing)))
        ids = [row["id"] for row in rows if row["state"] == "uninstalled"]
        if not ids:
            return Done()
        return self.wire.call("ir.module.module", "button_immediate_install", ids=ids)

    def _do_poll(self, step: Step) -> Any:
        return Done({row["name"]: row["state"] for row in self._module_rows(step)})

    def _module_rows(self, step: Step) -> list[dict]:
        domain = [["name", "in", list(step.names)]]
        return self.wire.rows("ir.module.module", domain, ["name", "state"])

    # -- records --------------------------------------------------------------------

    def _do_resolve(self, step: Step) -> Any:
        rows = external_rows(self.wire, step.names)
        return Done({f"{row['module']}.{row['name']}": row["res_id"] for row in rows})

    def _do_observe(self, step: Step) -> Any:
        own = self.wire.rows(
            "ir.model.data", [["module", "=", NAMESPACE]], ["name", "model", "res_id"]
        )
        mine = next((row for row in own if row["name"] == step.key), None)
        domain = [list(term) for term in step.domain]
        if step.company and step.model == "stock.warehouse":
            domain.append(["company_id", "=", step.company])
        fields = ["id"]
        rows = self.wire.rows(step.model, domain, fields, step.company) if domain else []
        # What another key stands for is no match, however alike it looks.
        others = {row["res_id"] for row in own
                  if row["model"] == step.model and row["name"] != step.key}  # fmt: skip
        natural = tuple(row["id"] for row in rows if row["id"] not in others)
        if mine is None:
            return Done(Observed(None, natural))
        return Done(Observed(mine["res_id"], natural, mine["model"]))

    def _do_create(self, step: Step) -> Any:
        params = {"vals_list": [dict(step.values)]}
        result = self.wire.call(step.model, "create", params, company=step.company)
        if result.kind != "ok":
            return result
        ids = result.value
        if not isinstance(ids, list) or len(ids) != 1 or not isinstance(ids[0], int):
            return Failed("answer_unexpected", f"{step.model}/create")
        return Done(ids[0])

    def _do_register(self, step: Step) -> Any:
        values = {
            "module": NAMESPACE,
            "name": step.key,
            "model": step.model,
            "res_id": step.record_id,
            "noupdate": True,
        }
        return self.wire.call("ir.model.data", "create", {"vals_list": [values]})

    def _do_write(self, step: Step) -> Any:
        params = {"vals": dict(step.values)}
        return self.wire.call(step.model, "write", params, [step.record_id], step.company)

    def _do_settings(self, step: Step) -> Any:
        """Create the form with the changed fields alone, then execute it. The form is
        worth nothing by itself, so a lost answer to the first call is harmless."""
        params = {"vals_list": [dict(step.values)]}
        created = self.wire.call(step.model, "create", params, company=step.company)
        if created.kind != "ok":
            return created
        return self.wire.call(step.model, "execute", ids=created.value, company=step.company)

    def _do_read_back(self, step: Step) -> Any:
        names = list(step.names)
        infos = self.wire.value(step.model, "fields_get", {"allfields": names})
        if step.model == "res.config.settings":
            params = {"fields": names}
            values = self.wire.value(step.model, "default_get", params, company=step.company)
            return Done(ReadBack(LiveRecord(0, values), infos))
        domain = [["id", "=", step.record_id]]
        rows = self.wire.rows(step.model, domain, names, step.company)
        if not rows:
            return Done(ReadBack(None, infos))
        values = {name: rows[0][name] for name in names}
        for company in sorted({c for ids in step.companies.values() for c in ids}):
            wanted = [name for name, ids in step.companies.items() if company in ids]
            [row] = self.wire.rows(step.model, domain, wanted, company)
            for name in wanted:
                if not (isinstance(values[name], dict) and "by_company" in values[name]):
                    values[name] = {"by_company": {}}
                values[name]["by_company"][company] = row[name]
        return Done(ReadBack(LiveRecord(step.record_id, values), infos))

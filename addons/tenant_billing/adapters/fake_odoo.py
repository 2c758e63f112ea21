"""The memory behind ``FakeTransport``: tables, domains, companies, external ids.

Behaves as measured on Odoo 19.0 (blueprints.md 2.3, 3.5, 3.6, 3.10), as far as a
blueprint touches it. Values are stored raw: many2one as an id, x2many as a list of ids,
company-dependent fields as ``{company id: value}``.
"""

import copy
from datetime import datetime, timedelta
from typing import Any

from . import fake_special
from .fake_domain import commanded, matches
from .fake_schema import DEFAULTS, FIRST_INSTALLED, MODEL_MODULE, MODULES, SCHEMA, UNIQUE

BOT, HUMAN = 2, 7


class ServerError(Exception):
    """What the server would answer: HTTP status, result code, message."""

    def __init__(self, status: int, code: str, message: str = ""):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class FakeOdoo:
    """One database with companies 1 (and more by ``create``), bot user 2, human user 7."""

    def __init__(self, series: str = "19.0", uuid: str = "uuid-1", installed: tuple = ()):
        self.series, self.uuid = series, uuid
        self.parameters = {"database.uuid": uuid, "database.is_neutralized": False}
        self.schema: dict[str, dict[str, dict]] = copy.deepcopy(SCHEMA)
        self.tables: dict[str, dict[int, dict]] = {model: {} for model in self.schema}
        self.unique = dict(UNIQUE)
        self.settings: dict[str, Any] = {}
        self.managers = {"stock.warehouse": "Inventory/Administrator"}
        self.slow_install = 0  # reads of states until an install is through
        self.auto_warehouse = True
        self._tick = 0
        self._next: dict[str, int] = {}
        self.insert("res.company", {"name": "Main"}, BOT)
        for login in ("root", "bot"):
            values = {"name": login, "login": login, "company_id": 1, "company_ids": [1]}
            self.insert("res.users", values, BOT)
        for name, module in MODULES.items():
            state = "installed" if name in FIRST_INSTALLED else module["state"]
            self.insert("ir.module.module", {"name": name, "state": state}, BOT)
        self.insert("product.category", {"name": "Goods"}, BOT)
        for name in installed:
            fake_special.finish_install(self, name)

    # -- what a test does by hand ---------------------------------------------------

    def define(self, model: str, fields: dict[str, dict], unique: tuple = ()) -> None:
        """Add a model: ``fields`` as in ``fields_get``, ``unique`` field names."""
        self.schema[model] = {**DEFAULTS, **fields}
        self.tables.setdefault(model, {})
        if unique:
            self.unique[model] = [unique]

    def by_hand(self, model: str, record_id: int, **values) -> None:
        """A person changes a record in the client."""
        self._update(model, self.tables[model][record_id], values, {}, HUMAN)

    def remove_by_hand(self, model: str, record_id: int) -> None:
        """A person deletes a record; its external ids go with it."""
        del self.tables[model][record_id]
        data = self.tables["ir.model.data"]
        for row in [r for r in data.values() if (r["model"], r["res_id"]) == (model, record_id)]:
            del data[row["id"]]

    def rows(self, model: str, **values) -> list[dict]:
        """The stored records with these values, archived and hidden ones included."""
        return [
            row for row in self.tables.get(model, {}).values()
            if all(row.get(name) == value for name, value in values.items())
        ]  # fmt: skip

    def insert(self, model: str, values: dict, user: int) -> int:
        """A new row with defaults, without any check. Returns its id."""
        record_id = self._next[model] = self._next.get(model, 0) + 1
        row = {"id": record_id, "active": True, "create_uid": user}
        for name, info in self.schema[model].items():
            row.setdefault(name, {} if info.get("company_dependent") else info.get("default"))
        self.tables[model][record_id] = row
        self._update(model, row, values, {}, user)
        return record_id

    # -- calls ----------------------------------------------------------------------

    def model(self, name: str) -> dict[str, dict]:
        """The fields of a model; 404 while its module is not installed."""
        module = MODEL_MODULE.get(name)
        if name not in self.schema or (module and not self.is_installed(module)):
            raise ServerError(404, "not_found", f"the model '{name}' does not exist")
        return {
            field: info for field, info in self.schema[name].items()
            if not info.get("module") or self.is_installed(info["module"])
        }  # fmt: skip

    @property
    def bot_companies(self) -> list[int]:
        """The companies that the bot may work in, its own first."""
        return self.tables["res.users"][BOT]["company_ids"]

    def is_installed(self, module: str) -> bool:
        return bool(self.rows("ir.module.module", name=module, state="installed"))

    def run(self, model: str, method: str, ids: list, params: dict, context: dict, user: int):
        """The JSON value of a call, or ``ServerError``; a failing call changes nothing."""
        fields = self.model(model)
        companies = context.get("allowed_company_ids") or self.bot_companies
        if not set(companies) <= set(self.bot_companies):
            raise ServerError(403, "access_denied", "Access to unauthorized or invalid companies.")
        special = fake_special.METHODS.get((model, method))
        if special:
            return special(self, ids, params, context, user)
        handler = getattr(self, f"_call_{method}", None)
        if handler is None:
            raise ServerError(404, "not_found", f"no method {method}")
        context = {**context, "_companies": companies}
        if method in ("read", "search_read", "fields_get"):
            return handler(model, fields, ids, params, context, user)
        before = copy.deepcopy(self.tables)
        try:
            return handler(model, fields, ids, params, context, user)
        except ServerError:
            self.tables = before
            raise

    def _call_fields_get(self, model, fields, ids, params, context, user):
        names = params.get("allfields") or fields
        keep = ("type", "relation", "string", "size", "digits", "company_dependent", "required")
        return {
            n: {k: v for k, v in fields[n].items() if k in keep} for n in names if n in fields
        }  # fmt: skip

    def _call_search_read(self, model, fields, ids, params, context, user):
        self._known(fields, params["fields"])
        rows = self._search(model, fields, params.get("domain") or [], context)
        rows = rows[params.get("offset") or 0 :]
        rows = rows[: params["limit"]] if params.get("limit") else rows
        if model == "ir.module.module":
            fake_special.step_install(self)
        return [self._shown(model, row, params["fields"], context) for row in rows]

    def _call_read(self, model, fields, ids, params, context, user):
        self._known(fields, params["fields"])
        rows = [self.tables[model][i] for i in ids if i in self.tables[model]]
        if any(not self._visible(row, context) for row in rows):
            raise ServerError(403, "access_denied", "Due to security restrictions")
        return [self._shown(model, row, params["fields"], context) for row in rows]

    def _call_create(self, model, fields, ids, params, context, user):
        vals_list = params["vals_list"]
        created = []
        for values in vals_list if isinstance(vals_list, list) else [vals_list]:
            self._known(fields, values)
            values = dict(values)
            if "company_id" in fields:
                values.setdefault("company_id", context["_companies"][0])
            record_id = self.insert(model, {}, user)
            self._update(model, self.tables[model][record_id], values, context, user)
            fake_special.check(self, model, self.tables[model][record_id], values, created=True)
            created.append(record_id)
        return created

    def _call_write(self, model, fields, ids, params, context, user):
        self._known(fields, params["vals"])
        for record_id in ids:
            row = self.tables[model].get(record_id)
            if row is None:
                raise ServerError(404, "not_found", "Record does not exist or has been deleted.")
            if not self._visible(row, context):
                raise ServerError(403, "access_denied", "Due to security restrictions")
            fake_special.before_write(self, model, row, params["vals"])
            self._update(model, row, params["vals"], context, user)
            fake_special.check(self, model, row, params["vals"], created=False)
        return True

    def _call_unlink(self, model, fields, ids, params, context, user):
        if model == "stock.warehouse":
            raise ServerError(422, "refused", "You cannot delete a warehouse, archive it.")
        for record_id in ids:
            self.remove_by_hand(model, record_id)
        return True

    def _call_load(self, model, fields, ids, params, context, user):
        before = copy.deepcopy(self.tables)
        context = {k: v for k, v in context.items() if k != "_companies"}
        answer = fake_special.load(self, model, params, context, user)
        if not answer["ids"]:
            self.tables = before
        return answer

    # -- rows -----------------------------------------------------------------------

    def _known(self, fields, names) -> None:
        for name in names:
            if name not in fields and name != "id":
                raise ServerError(500, "server_error", f"Invalid field '{name}'")

    def _visible(self, row: dict, context: dict) -> bool:
        return not row.get("company_id") or row["company_id"] in context["_companies"]

    def _search(self, model, fields, domain, context) -> list[dict]:
        for term in domain:
            if isinstance(term, list | tuple):
                self._known(fields, [term[0].split(".")[0]])
        asked = any(isinstance(t, list | tuple) and t[0] == "active" for t in domain)
        hide = context.get("active_test", True) and not asked
        return [
            row for row in self.tables[model].values()
            if self._visible(row, context) and not (hide and not row["active"])
            and matches(row, domain)
        ]  # fmt: skip

    def _shown(self, model: str, row: dict, names, context: dict) -> dict:
        return {
            "id": row["id"],
            **{n: self._value(self.schema[model].get(n, {}), row.get(n), context) for n in names},
        }

    def _value(self, info: dict, value, context: dict):
        if info.get("company_dependent"):
            companies = context.get("allowed_company_ids") or self.bot_companies
            value = (value or {}).get(companies[0], info.get("default"))
        if info.get("type") == "many2one":
            target = self.tables.get(info["relation"], {}).get(value)
            name = target.get("name", "") if target else "User"
            return [value, name or ""] if value else False
        if info.get("type") in ("many2many", "one2many"):
            return list(value or [])
        return False if value is None else value

    def _update(self, model: str, row: dict, values: dict, context: dict, user: int) -> None:
        for name, value in values.items():
            info = self.schema[model].get(name, {})
            if info.get("company_dependent") and not isinstance(value, dict):
                companies = context.get("allowed_company_ids") or self.bot_companies
                value = {**(row.get(name) or {}), companies[0]: value}
            elif info.get("type") in ("many2many", "one2many"):
                value = commanded(list(row.get(name) or []), value)
            elif info.get("size") and isinstance(value, str):
                value = value[: info["size"]]  # cut off in silence, as the server does
            row[name] = value
        self._tick += 1
        stamp = datetime(2026, 1, 1) + timedelta(seconds=self._tick)
        row.update(write_uid=user, write_date=stamp.isoformat(" "))

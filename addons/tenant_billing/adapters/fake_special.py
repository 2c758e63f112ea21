"""What some models of the in-memory tenant do beyond reading and writing.

Modules, settings, warehouses and external ids, with the traps measured on 19.0
(blueprints.md 3.1, 3.2, 3.5, 3.10).
"""

from . import fake_odoo
from .fake_schema import MODULES


def finish_install(odoo, name: str) -> None:
    """Put a module and what it depends on to ``installed``."""
    [row] = odoo.rows("ir.module.module", name=name)
    if row["state"] == "installed":
        return
    for needed in MODULES.get(name, {}).get("depends", ()):
        finish_install(odoo, needed)
    row["state"] = "installed"
    if name == "stock" and odoo.auto_warehouse:
        # Installing stock makes the first company's warehouse, named by the module.
        values = {"name": "Main", "code": "WH", "company_id": 1}
        odoo.insert("stock.warehouse", values, user=1)


def step_install(odoo) -> None:
    """One look at the states brings a slow install one step further."""
    pending = odoo.rows("ir.module.module", state="to install")
    if pending and odoo.slow_install > 0:
        odoo.slow_install -= 1
    elif pending:
        for row in pending:
            finish_install(odoo, row["name"])


def _install(odoo, ids, params, context, user):
    for record_id in ids:
        row = odoo.tables["ir.module.module"][record_id]
        if row["state"] != "uninstalled":
            continue  # 200 and nothing done: installed or uninstallable
        row["state"] = "to install"
        if not odoo.slow_install:
            finish_install(odoo, row["name"])
    return {"type": "ir.actions.client", "tag": "reload"}


def _reset(odoo, ids, params, context, user):
    for row in odoo.rows("ir.module.module", state="to install"):
        row["state"] = "uninstalled"
    return True


def _settings_key(odoo, name: str, context: dict):
    info = odoo.schema["res.config.settings"].get(name, {})
    company = (context.get("allowed_company_ids") or odoo.bot_companies)[0]
    return (company, name) if info.get("company") else name


def _settings_default_get(odoo, ids, params, context, user):
    fields = odoo.model("res.config.settings")
    return {
        name: odoo.settings.get(_settings_key(odoo, name, context), fields[name].get("default"))
        for name in params["fields"]
        if name in fields
    }


def _settings_execute(odoo, ids, params, context, user):
    for record_id in ids:
        row = odoo.tables["res.config.settings"][record_id]
        for name in odoo.model("res.config.settings"):
            # A module box that cannot be installed is ignored without a word.
            if row.get("_given", {}).get(name) is not None and not name.startswith("module_"):
                odoo.settings[_settings_key(odoo, name, context)] = row["_given"][name]
    return {"type": "ir.actions.client", "tag": "reload"}


def _get_param(odoo, ids, params, context, user):
    return odoo.parameters.get(params["key"], params.get("default", False))


def load(odoo, model: str, params: dict, context: dict, user: int) -> dict:
    """Upsert by external id: ``fields`` from ``id``, many2one as ``x/id``. Refuses a row
    with 200 and ``ids: false``, then nothing of the call stays."""
    ids = []
    for row in params["data"]:
        given = dict(zip(params["fields"], row, strict=True))
        module, _, name = given.pop("id").rpartition(".")
        module = module or context.get("module", "")
        values = {}
        for field, value in given.items():
            field, _, how = field.partition("/")
            target = _reference(odoo, value, context) if how and value else value
            if field not in odoo.model(model) or (how and value and not target):
                message = f"No matching record found for '{value}' in field '{field}'"
                return {"ids": False, "messages": [{"type": "error", "message": message}]}
            values[field] = target
        known = odoo.rows("ir.model.data", module=module, name=name)
        if known and known[0]["res_id"] in odoo.tables[model]:
            odoo.run(model, "write", [known[0]["res_id"]], {"vals": values}, context, user)
            ids.append(known[0]["res_id"])
            continue
        ids += odoo.run(model, "create", [], {"vals_list": [values]}, context, user)
        data = {"module": module, "name": name, "model": model, "res_id": ids[-1]}
        data["noupdate"] = bool(context.get("noupdate"))
        odoo.run("ir.model.data", "create", [], {"vals_list": [data]}, {}, user)
    return {"ids": ids, "messages": []}


def _reference(odoo, xml_id: str, context: dict):
    module, _, name = xml_id.rpartition(".")
    found = odoo.rows("ir.model.data", module=module or context.get("module", ""), name=name)
    return found[0]["res_id"] if found else None


METHODS = {
    ("ir.module.module", "button_immediate_install"): _install,
    ("ir.module.module", "button_reset_state"): _reset,
    ("ir.module.module", "update_list"): lambda *a: [0, 0],
    ("ir.module.module", "check_module_update"): lambda *a: False,
    ("res.config.settings", "default_get"): _settings_default_get,
    ("res.config.settings", "execute"): _settings_execute,
    ("ir.config_parameter", "get_param"): _get_param,
    ("res.users", "context_get"): lambda *a: {"lang": "en_US", "tz": False, "uid": fake_odoo.BOT},
}


def before_write(odoo, model: str, row: dict, values: dict) -> None:
    """Writes that the server refuses."""
    company = values.get("company_id", row.get("company_id"))
    if model == "stock.warehouse" and company != row["company_id"]:
        raise fake_odoo.ServerError(422, "refused", "Changing the company is forbidden.")


def check(odoo, model: str, row: dict, values: dict, created: bool) -> None:
    """Constraints and side effects after a create or write."""
    for names in odoo.unique.get(model, ()):
        same = odoo.rows(model, **{name: row.get(name) for name in names})
        if len(same) > 1:
            raise fake_odoo.ServerError(422, "refused", f"{model}: {', '.join(names)} not unique")
    if not created:
        return
    if model == "res.config.settings":
        row["_given"] = dict(values)
    elif model == "res.company":
        odoo.bot_companies.append(row["id"])
    elif model == "stock.warehouse" and len(odoo.rows(model, company_id=row["company_id"])) > 1:
        odoo.settings["group_stock_multi_locations"] = True

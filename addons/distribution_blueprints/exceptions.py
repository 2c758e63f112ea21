"""What blueprints refuse or report: one text per code, the same in the client, API and log."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.partner_governance.exceptions import render
from odoo.addons.tenant_billing.exceptions import MESSAGES as HOSTING

_lt = LazyTranslate(__name__)

MESSAGES = {
    # Of a version (engine.resources.check).
    "key_syntax": _lt("%(key)s: a key has small letters, digits and _, and begins with a letter."),
    "key_duplicate": _lt("%(key)s: the key occurs twice."),
    "kind_unknown": _lt("%(key)s: the kind is not known."),
    "model_missing": _lt("%(key)s: say which model the record is of."),
    "lifecycle_unknown": _lt("%(key)s: the lifecycle is not known."),
    "removal_unknown": _lt("%(key)s: what happens when it is left out is not known."),
    "ownership_unknown": _lt("%(key)s: the ownership of %(detail)s is not known."),
    "natural_key_missing": _lt(
        "%(key)s: name the fields that it is found by, and give each of them a value."
    ),
    "warehouse_code_length": _lt(
        "%(key)s: a warehouse has a code of 1 to 5 letters; Odoo cuts longer ones off in silence."
    ),
    "setting_module": _lt("%(key)s: %(detail)s installs a module; make it a module instead."),
    "choice_unknown": _lt("%(key)s: %(detail)s has a value that Odoo does not know."),
    "ref_unknown": _lt("%(key)s refers to %(detail)s, which is not part of the version."),
    "company_unknown": _lt("%(key)s: %(detail)s is no company of the version."),
    "dependency_cycle": _lt("These wait for each other: %(key)s."),
    # Of the models.
    "version_frozen": _lt(
        "%(version)s is released and frozen: tenants were set up with it. Make a new version."
    ),
    "version_tampered": _lt(
        "%(version)s is not what was released: its hash differs. It is not applied."
    ),
    "version_not_released": _lt("%(version)s is a draft; release it first."),
    "version_missing": _lt("Choose the blueprint that %(tenant)s follows."),
    "connection_missing": _lt("%(tenant)s has no connection yet: provision it first."),
    "may_not_deliver": _lt("Planning and applying is for people in delivery."),
    "plan_expired": _lt("This plan is too old. Plan again: the tenant may have changed since."),
    "plan_spent": _lt("This plan was applied or replaced already. Plan again."),
    "plan_blocked": _lt("Nothing is applied while a line of the plan is blocked: %(detail)s."),
    "run_open": _lt("%(owner)s is applying a plan to this tenant since %(since)s."),
    "run_not_open": _lt("This run has ended already."),
    # How a run ends (engine.steps.Outcome.code).
    "plan_stale": _lt(
        "The tenant is not what the plan was made from. Nothing was sent for it; plan again."
    ),
    "process_died": _lt("The server stopped in the middle. Plan again to see what is left."),
    "lock_lost": _lt("Somebody ended this run while it was under way."),
    "unknown_result": _lt(
        "The tenant never answered, so it is not known whether this was done. Plan again later."
    ),
    "ambiguous": _lt("Several records could be meant (%(detail)s). A person must choose one."),
    "external_id_taken": _lt("The name of this record stands for another one on the tenant."),
    "reference_missing": _lt("It refers to %(detail)s, which is not on the tenant."),
    "not_verified": _lt("The tenant took the values and kept others: %(detail)s."),
    "install_stuck": _lt("The installation of %(detail)s does not move."),
    "module_not_installed": _lt("The tenant did not install %(detail)s."),
    "module_missing": _lt("The module %(detail)s is not deployed on the tenant's server."),
    "module_unavailable": _lt("The module %(detail)s cannot be installed in this edition."),
    "hidden_on_tenant": _lt("The record is there, but the key may not see it."),
    "value_too_long": _lt("Odoo would cut these values off: %(detail)s."),
    "model_unavailable": _lt("The tenant has no such records: %(detail)s."),
    "field_unsupported": _lt("The tenant has no such field: %(detail)s."),
    "series_unsupported": _lt("Odoo %(detail)s is not supported."),
    "neutralized": _lt("This database is a neutralised copy: nothing is applied to it."),
    "update_pending": _lt("Modules of the tenant wait to be upgraded. Do that first."),
    "refused": _lt("The tenant refused it: %(detail)s"),
    "server_error": _lt("The tenant's server failed on it: %(detail)s"),
    "answer_unexpected": _lt("The tenant answered something else than expected: %(detail)s."),
    "not_found": _lt("The tenant does not know this: %(detail)s."),
    "busy": _lt("The tenant is busy with another installation. Try again later."),
    # Reasons of a line.
    "by_hand": _lt("Changed by hand"),
    "conflict": _lt("Changed by hand and in the blueprint"),
    "archived": _lt("Archived on the tenant"),
    "deleted_on_tenant": _lt("Deleted on the tenant"),
    "uninstalled_on_tenant": _lt("Uninstalled on the tenant"),
    "after_install": _lt("Once its module is there"),
    "forget": _lt("No longer part of the version: left as it is"),
    "archive": _lt("No longer part of the version: archived"),
    "not_approved": _lt("Not approved"),
    "waits_for": _lt("Waits for %(detail)s"),
    "costing_change": _lt("Changes how stock is valued"),
    "steps_change": _lt("Changes the steps of a warehouse in use"),
    "resupply_change": _lt("Changes where a warehouse is supplied from"),
    "unit_change": _lt("Changes a unit of measure"),
    "tracking_change": _lt("Changes how a product is tracked"),
    "localisation_install": _lt("Installs a country's accounting"),
    "feature_off": _lt("Switches a feature off"),
    "adopt_overwrites": _lt("Overwrites what stands there"),
}


def message(env, code, **values):
    """The text of ``code`` in the user's language, with ``values`` filled in."""
    return render(env, {**HOSTING, **MESSAGES}, code, **values)

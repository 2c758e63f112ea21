"""From the isolation table to search domains, and from values to the records they point at."""

from collections import defaultdict
from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from ..engine import isolation

NODE, COMPANY, USER, CONTACT = "program.partner", "res.company", "res.users", "res.partner"
SHARED_WITH_UNBOUND = (isolation.REFERENCE, isolation.OWN, isolation.WIZARD, isolation.DOCUMENT)


def model_domain(env, scope, table, model_name, mode, depth=0):
    """The records of ``model_name`` that ``scope`` reaches for ``mode``, as a Domain.

    ``mode`` is read, write, create or unlink. Empty table entries deny.
    """
    entry = table.get(model_name, isolation.DENIED)
    if entry.cls == isolation.LINE and depth < 5 and scope.kind != "public":
        if scope.kind == "portal":
            return _portal(scope, entry, mode)
        return _any_term(env, scope, table, entry, mode, depth)
    if scope.kind == "platform":
        return _platform(env, scope, table, entry, mode, depth)
    if scope.kind in ("portal", "public"):
        return _portal(scope, entry, mode)
    if scope.kind == "unbound" and entry.cls not in SHARED_WITH_UNBOUND:
        return Domain.FALSE
    if entry.cls in (isolation.NOTHING, isolation.CUSTOMER, isolation.LINE):
        return Domain.FALSE
    if entry.cls == isolation.WIZARD:
        return Domain("create_uid", "=", scope.uid)
    if entry.cls == isolation.REFERENCE:
        if mode != "read":
            return Domain.FALSE
        if not entry.terms or scope.kind == "unbound":
            return Domain.TRUE
    if not entry.terms:
        return Domain.TRUE  # document: core checks the record that it hangs on
    domain = _any_term(env, scope, table, entry, mode, depth)
    if entry.cls == isolation.CATALOGUE and mode == "read":
        domain |= Domain("program_published", "=", True) & Domain(
            entry.terms[0].field, "in", scope.ancestor_ids
        )
    return domain


def _platform(env, scope, table, entry, mode, depth):
    if entry.cls in (isolation.COMMERCIAL, isolation.OWN):
        return _any_term(env, scope, table, entry, mode, depth)
    return Domain.TRUE


def _portal(scope, entry, mode):
    """Portal and public users: reference, what they own, and their own party's documents."""
    if entry.cls in (isolation.REFERENCE, isolation.DOCUMENT):
        return Domain.TRUE if mode == "read" or entry.cls == isolation.DOCUMENT else Domain.FALSE
    if scope.kind == "public":
        return Domain.FALSE
    if entry.cls == isolation.WIZARD:
        return Domain("create_uid", "=", scope.uid)
    domain = Domain.FALSE
    if entry.portal:
        domain |= Domain(entry.portal, "=", scope.commercial_partner_id)
    if entry.cls == isolation.OWN:
        for term in entry.terms:
            if term.field.endswith(("user_id", "create_uid", "create_uid.id")):
                domain |= Domain(term.field, "=", scope.uid)
            elif term.field.endswith("partner_id"):
                domain |= Domain(term.field, "=", scope.partner_id)
    return domain


def _any_term(env, scope, table, entry, mode, depth):
    return Domain.OR(_term(env, scope, table, entry, term, mode, depth) for term in entry.terms)


def _term(env, scope, table, entry, term, mode, depth):
    model = env[entry.model]
    if term.engaged:
        return _engaged(scope, term, mode)
    target = _comodel(model, term.field)
    if entry.cls == isolation.LINE and target not in (USER,):
        inner = model_domain(env, scope, table, target, mode, depth + 1)
        domain = inner if inner.is_false() else Domain(term.field, "any", inner)
        if inner.is_true():
            domain = Domain(term.field, "!=", False)
    elif target == NODE:
        # The branch is read; what a partner below owns is changed by that partner alone.
        branch = entry.cls == isolation.OPERATIONAL and mode == "read" and not term.exact
        operator = "child_of" if branch else "="
        domain = Domain(term.field, operator, scope.node_id) if scope.node_id else Domain.FALSE
    elif target == COMPANY:
        domain = Domain(term.field, "in", [scope.company_id])
    elif target == USER:
        domain = Domain(term.field, "in", [scope.uid])
    elif target == CONTACT:
        domain = Domain(term.field, "in", [scope.partner_id])
    else:
        return Domain.FALSE
    if term.or_empty and mode == "read":
        domain |= Domain(term.field, "=", False)
    return domain


def _comodel(model, path):
    """The model that a dotted path ends at; ``id`` ends at the model itself."""
    for name in path.split("."):
        if name == "id":
            return model._name
        field = model._fields.get(name)
        if field is None or not field.comodel_name:
            return ""
        model = model.env[field.comodel_name]
    return model._name


def _engaged(scope, term, mode):
    """Reach by a running engagement; writing needs its permission to work."""
    if not scope.node_id:
        return Domain.FALSE
    # The latest calendar day anywhere: an engagement agreed "from today" holds at once in every
    # time zone, and one that ends on a day is over before anybody's day begins.
    today = (fields.Datetime.now() + timedelta(hours=14)).date()
    running = (
        Domain("partner_id", "=", scope.node_id)
        & Domain("state", "=", "running")
        & Domain("date_from", "<=", today)
        & (Domain("date_until", "=", False) | Domain("date_until", ">", today))
    )
    if mode in ("create", "unlink"):
        return Domain.FALSE
    if mode == "write":
        running &= Domain("may_write", "=", True)
    prefix = "" if term.field == "id" else f"{term.field}."
    return Domain(f"{prefix}engagement_ids", "any", running)


def targets(model, vals_list):
    """The records that values point at: ``{comodel: {id: field name}}``.

    Looks into many2one values, x2many commands (and the values inside them), references and
    ``default_*`` values of the same shapes.
    """
    found = defaultdict(dict)
    for vals in vals_list:
        _collect(model, vals, found)
    return found


def _collect(model, vals, found):
    for name, value in vals.items():
        field = model._fields.get(name)
        if field is None or not value:
            continue
        if field.type == "many2one":
            _note(found, field.comodel_name, _ids(value), name)
        elif field.type == "reference" and isinstance(value, str) and "," in value:
            comodel, _, ident = value.partition(",")
            if comodel in model.env and ident.isdigit():
                _note(found, comodel, [int(ident)], name)
        elif field.type == "many2one_reference":
            comodel = vals.get(field.model_field) or (model[:1] and model[:1][field.model_field])
            if comodel and comodel in model.env:
                _note(found, comodel, _ids(value), name)
        elif field.type in ("one2many", "many2many"):
            _collect_commands(model.env[field.comodel_name], value, name, found)


def _collect_commands(comodel, value, name, found):
    if not isinstance(value, list | tuple):
        _note(found, comodel._name, _ids(value), name)
        return
    for command in value:
        if isinstance(command, int):
            _note(found, comodel._name, [command], name)
            continue
        if not isinstance(command, list | tuple) or not command:
            continue
        if command[0] in (1, 2, 3, 4):
            _note(found, comodel._name, _ids(command[1]), name)
        if command[0] == 6 and len(command) > 2:
            _note(found, comodel._name, _ids(command[2]), name)
        if command[0] in (0, 1) and len(command) > 2 and isinstance(command[2], dict):
            _collect(comodel.browse(), command[2], found)


def _ids(value):
    """Real ids in a value of a form or of an RPC call; virtual ones of the form are skipped.

    Whatever Odoo would read as a number counts, ``77.0`` and ``"7_7"`` too.
    """
    if hasattr(value, "_ids"):
        value = value._ids
    if isinstance(value, dict):
        value = value.get("id")
    values = value if isinstance(value, list | tuple) else [value]
    return [ident for ident in map(_number, values) if ident]


def _number(value):
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        return 0


def _note(found, comodel, ids, name):
    for ident in ids:
        found[comodel].setdefault(ident, name)

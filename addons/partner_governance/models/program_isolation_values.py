from odoo import api, models, tools
from odoo.exceptions import AccessError

from ..adapters import isolation as adapter
from ..engine import isolation as engine
from ..exceptions import message
from .program_isolation import table_path

X2MANY = ("one2many", "many2many")
SERVER_FIELDS = frozenset(("program_partner_id", "program_node_id", "group_ids", "company_ids"))


class ProgramIsolation(models.AbstractModel):
    """What a user may write (DESIGN 4.1): targets, fields of the system, parents."""

    _inherit = "program.isolation"

    @api.model
    def _check_values(self, model, vals_list):
        """Refuse what a user must not write: values that point out of reach, fields that the
        system sets, and a parent that would give the record to somebody else.

        :raise AccessError: naming the field, never the record
        """
        scope = self._scope()
        if scope.fenced:
            self._check_server_fields(model, vals_list)
            self._check_parents(model, vals_list, scope)
        elif scope.kind == "platform":
            self._refuse_fields(model, vals_list, self._readonly_fields(model._name))
        self._check_targets(model, vals_list)

    @api.model
    def _refused_defaults(self, model, defaults):
        """Keys ``default_<name>`` of the context that do not count where the system makes a record
        for a person: all of them on a model of ours that the person could not create, else the
        fields that only the system sets, lines, and targets out of reach.
        """
        scope = self._scope_of_person()
        if scope.kind in ("system", "public"):
            return ()
        names = {name for name in defaults if name in model._fields}
        person = model.with_user(scope.uid)
        ours = self._is_ours(model._name)
        if ours and not model._transient and not person.has_access("create"):
            return {f"default_{name}" for name in names}
        refused = {name for name in names if defaults[name] and self._is_system_set(model, name)}
        if ours:
            refused |= {name for name in names if model._fields[name].type in X2MANY}
        for comodel, named in adapter.targets(model, [defaults]).items():
            records = self.env[comodel].browse(named)
            hidden = records - self.with_env(person.env)._visible(records, scope)
            refused |= {named[record.id] for record in hidden} & names
        return {f"default_{name}" for name in refused}

    @api.model
    def _is_system_set(self, model, name):
        fields = SERVER_FIELDS | self._node_fields(model) | self._readonly_fields(model._name)
        return name in fields

    @api.model
    @tools.ormcache("model_name")
    def _is_ours(self, model_name):
        """Whether an addon with an isolation table defined the model, people aside."""
        return model_name == "res.users" or bool(
            table_path(self.env.registry[model_name]._original_module)
        )

    @api.model
    def _check_form(self, model, vals_list):
        """Refuse what a form must not ask with: values out of reach, and another node than the
        user's own as whose the record is, since what follows from it is worked out as the system.

        :raise AccessError: naming the field, never the record
        """
        if self._scope().fenced:
            self._refuse_fields(model, vals_list, self._node_fields(model))
        self._check_targets(model, vals_list)

    @api.model
    def _check_targets(self, model, vals_list):
        """Refuse values that point at records which the current user may not read.

        :raise AccessError: naming the field, never the record
        """
        scope = self._scope()
        for comodel, named in adapter.targets(model, vals_list).items():
            records = self.env[comodel].browse(named)
            hidden = records - self._visible(records, scope)
            if hidden:
                self._refuse(model, named[hidden[0].id], "target_out_of_reach")

    @api.model
    def _refuse(self, model, name, code):
        field = model._fields.get(name)
        label = field._description_string(self.env) if field else name
        raise AccessError(message(self.env, code, field=label))

    @api.model
    def _check_server_fields(self, model, vals_list):
        """What the server alone sets: nodes, groups, companies (DESIGN 4.1), and every field
        of ours that is readonly, in the client and over the API alike."""
        written = SERVER_FIELDS | self._node_fields(model) | self._readonly_fields(model._name)
        if model:
            written |= self._parent_fields(model._name)
        self._refuse_fields(model, vals_list, written)

    @api.model
    def _refuse_fields(self, model, vals_list, names):
        for vals in vals_list:
            for name in names & vals.keys():
                if name in model._fields and not self._harmless(model, name, vals[name]):
                    self._refuse(model, name, "server_field")

    @api.model
    @tools.ormcache("model_name")
    def _readonly_fields(self, model_name):
        """Fields that addons with an isolation table define as readonly.

        A wizard's are its own: it lives for one dialog, and its actions check what they do.
        """
        if self.env[model_name]._transient:
            return frozenset()
        ours = {name for name in self.env.registry._init_modules if table_path(name)}
        return frozenset(
            name
            for name, field in self.env[model_name]._fields.items()
            if field.readonly and field._module in ours
        )

    @api.model
    @tools.ormcache("model_name")
    def _parent_fields(self, model_name):
        """Many2one fields that decide whose a record is: another value gives it away."""
        entry = self._entries().get(model_name)
        if entry is None:
            return frozenset()
        names = set()
        for term in entry.terms:
            head = term.field.split(".")[0]
            field = self.env[model_name]._fields.get(head)
            if term.engaged or field is None:
                continue
            if field.related:
                names.add(field.related.split(".")[0])
            elif entry.cls == engine.LINE:
                names.add(head)
        return frozenset(
            name
            for name in names
            if self.env[model_name]._fields[name].type == "many2one"
            and self.env[model_name]._fields[name].comodel_name != "res.users"
        )

    @api.model
    def _check_parents(self, model, vals_list, scope):
        """A new record may only be hung on a parent that the user may change."""
        if model:
            return
        for name in self._parent_fields(model._name):
            comodel = self.env[model._fields[name].comodel_name]
            ids = {vals[name] for vals in vals_list if isinstance(vals.get(name), int)}
            parents = comodel.browse(ids - {0})
            if parents - self._visible(parents, scope, "write"):
                self._refuse(model, name, "target_out_of_reach")

    @api.model
    def _harmless(self, model, name, value):
        """A form that is saved sends what it was given: that is no change."""
        scope = self._scope()
        field = model._fields[name]
        if field.type == "many2one":
            if isinstance(value, dict):
                value = value.get("id")
            own = {"program.partner": scope.node_id, "res.company": scope.company_id}
            if not model:
                return value in (own.get(field.comodel_name), False, None)
            return all(record[name].id == (value or False) for record in model.sudo())
        if not model:
            return not value
        if field.type in ("one2many", "many2many"):
            return not value
        return all(
            field.convert_to_cache(value, record) == field.convert_to_cache(record[name], record)
            for record in model.sudo()
        )

    @api.model
    def _node_fields(self, model):
        """The field that says whose a record is: the first of its path, where it is a node."""
        entry = self._entries().get(model._name)
        if entry is None or not entry.terms:
            return frozenset()
        name = entry.terms[0].field
        field = model._fields.get(name)
        own = field is not None and field.comodel_name == "program.partner"
        return frozenset((name,)) if own else frozenset()

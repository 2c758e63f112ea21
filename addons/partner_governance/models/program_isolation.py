from dataclasses import dataclass

from odoo import SUPERUSER_ID, api, models, tools
from odoo.modules.module import get_module_path
from odoo.tools.misc import file_open, file_path

from ..adapters import isolation as adapter
from ..engine import isolation as engine

# An object of this process: no caller over RPC can put it into a context.
CORE_ONLY = object()


@dataclass(frozen=True)
class Scope:
    """Who asks. ``kind``: system, platform, staff, unbound, portal or public."""

    kind: str
    uid: int
    node_id: int = 0
    company_id: int = 0
    partner_id: int = 0
    commercial_partner_id: int = 0
    ancestor_ids: tuple = ()

    @property
    def fenced(self):
        """Whether the system sets this user's nodes, companies and parents."""
        return self.kind in ("staff", "unbound", "portal")

    @property
    def checked(self):
        """Whether values that this user sends are checked for what they point at."""
        return self.fenced or self.kind == "platform"


SYSTEM = Scope("system", 1)


class ProgramIsolation(models.AbstractModel):
    """Who may reach what (DESIGN 4.1): scopes and the table; what values point at is checked in
    ``program_isolation_values``."""

    _name = "program.isolation"
    _description = "Isolation between programme partners"

    @api.model
    @tools.ormcache()
    def _entries(self):
        """``{model: Entry}`` of all installed addons that ship ``security/isolation.csv``."""
        tables = []
        # Addons that are being loaded count too: their demo data acts as people.
        defining = {model._original_module for model in self.env.registry.models.values()}
        for name in sorted(self.env.registry._init_modules | defining):
            if path := table_path(name):
                with file_open(path) as handle:
                    tables.append(engine.parse_table(handle.read()))
        return engine.merge(tables)

    @api.model
    def _scope(self):
        """The scope of the current user. Read fresh: a moved user or node acts at once."""
        if self.env.su:
            return SYSTEM
        return self._scope_of_person()

    @api.model
    def _scope_of_person(self):
        """The scope of whoever is logged in, although the code works as the system."""
        if not self.env.uid or self.env.uid == SUPERUSER_ID:
            return SYSTEM
        # Safe: reads the user's own binding, which the user may know.
        user = self.env.user.sudo()
        common = {
            "uid": user.id,
            "partner_id": user.partner_id.id,
            "commercial_partner_id": user.commercial_partner_id.id,
        }
        if user._is_public():
            return Scope("public", **common)
        if user._is_portal() or user.share:
            return Scope("portal", **common)
        node = user.program_partner_id
        if user.has_group("partner_governance.group_platform_staff"):
            root = self.env["program.partner"].sudo()._root()
            return Scope("platform", **common, **self._of_node(root))
        if node:
            return Scope("staff", **common, **self._of_node(node))
        return Scope("unbound", **common, company_id=user.company_id.id)

    @api.model
    def _of_node(self, node):
        path = (node.parent_path or "").strip("/").split("/")
        return {
            "node_id": node.id,
            "company_id": node.company_id.id,
            "ancestor_ids": tuple(int(ident) for ident in path if ident),
        }

    @api.model
    def _domain(self, model_name, mode):
        """What the current user reaches of a model, beside core's own record rules."""
        scope = self._scope()
        if scope.kind == "system":
            return adapter.Domain.TRUE
        return self._reach(scope, model_name, mode)

    @api.model
    def _reach(self, scope, model_name, mode):
        """The table's domain, and the system's own persona, which core reads as everybody."""
        domain = adapter.model_domain(self.env, scope, self._entries(), model_name, mode)
        persona = PERSONA.get(model_name)
        if persona and mode == "read" and scope.kind in ("staff", "unbound"):
            domain |= adapter.Domain("id", "=", self.env["ir.model.data"]._xmlid_to_res_id(persona))
        return domain

    @api.model
    def _readable_field(self, model, field):
        """Whether the table lets the current user read a field of a reference model."""
        if self.env.su:
            return True
        entry = self._entries().get(model._name)
        if entry is None or entry.fields is None or field.name in ALWAYS_READABLE:
            return True
        if field.name in entry.fields or self._scope().kind in ("system", "platform"):
            return True
        # Core sorts by these whatever it reads.
        return field.name in {part.split()[0] for part in model._order.split(",")}

    @api.model
    def _is_of_own_node(self, records, name):
        """Whether the reader's node is the one that ``name``, a field, says of all records; the
        system's own code always may. For what both parties read and one of them changes."""
        scope = self._scope()
        # Safe: compares whose records they are, tells nothing of them.
        return scope.kind == "system" or all(
            record[name].id == scope.node_id for record in records.sudo()
        )

    @api.model
    def _visible(self, records, scope, mode="read"):
        """Those of ``records`` that the table lets the user reach for ``mode``.

        Asks the table alone, not the model's access list: a value may well point at a record
        of a model that the user has no list for, as long as the record is in reach.
        """
        domain = self._reach(scope, records._name, mode)
        if domain.is_true():
            return records
        if domain.is_false():
            return records.browse()
        # Safe: filters ids that the caller has sent, by the caller's own domain.
        kept = (
            records.sudo()
            .with_context(active_test=False)
            .search(adapter.Domain("id", "in", records.ids) & domain)
        )
        return records.browse(kept.ids)


def table_path(addon):
    """The addon's isolation table, or an empty text where it ships none."""
    if not get_module_path(addon):
        return ""
    try:
        return file_path(f"{addon}/security/isolation.csv")
    except FileNotFoundError:
        return ""


# OdooBot writes the notes that the system leaves; it is nobody's contact.
PERSONA = {"res.partner": "base.partner_root", "res.users": "base.user_root"}
ALWAYS_READABLE = frozenset(("id", "display_name", "active", "sequence"))

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..adapters import isolation as adapter
from ..engine import isolation as engine
from ..models.program_isolation import Scope

LIMIT = 200


class ProgramView(models.TransientModel):
    """The operations of a partner as its own people see them: to read, without money.

    Nobody's session is taken over. The rows are those that the isolation table gives to the
    partner's staff *and* to the person who looks, so that neither reads more than alone; kinds of
    records with money have no row here at all. Each use is an event, which the partner reads.
    """

    _name = "program.view"
    _description = "View as partner"

    node_id = fields.Many2one("program.partner", string="Partner", required=True, readonly=True)
    line_ids = fields.One2many("program.view.line", "view_id", readonly=True)

    @api.model
    def _kinds(self):
        """``[(model, {column: field})]`` of what is shown; upper addons add theirs.

        Columns: name, state, user_id, day. Only models of class *operational* are shown.
        """
        return [
            ("program.deal", {"state": "state", "user_id": "user_id", "day": "expected_month"}),
            ("governance.review", {"state": "state", "day": "create_date"}),
            ("project.project", {"user_id": "user_id", "day": "date"}),
            ("project.task", {"state": "state", "day": "date_deadline"}),
            ("program.engagement", {"state": "state", "day": "date_from"}),
            ("program.model.record", {"state": "state", "day": "date_from"}),
            ("governance.action", {"state": "state", "user_id": "user_id", "day": "due_date"}),
            ("res.users", {}),
        ]

    @api.model
    def _look(self, node):
        """Open ``node`` as its staff see it.

        :raise AccessError: the caller is neither of the platform nor a manager above the node
        """
        self._check_may_look(node)
        lines = []
        for name, columns in self._kinds():
            lines += self._lines(node, name, columns)
        self.env["governance.event"]._record(
            "view_as",
            node,
            node=node,
            old=self.env.user.sudo().program_partner_id.name or "",
            new=self.env._("%(count)s records of operations", count=len(lines)),
        )
        return self.create({"node_id": node.id, "line_ids": [(0, 0, line) for line in lines]})

    @api.model
    def _check_may_look(self, node):
        node.check_access("read")
        scope = self.env["program.isolation"]._scope_of_person()
        if scope.kind in ("system", "platform"):
            return
        # Safe: compares the caller's node with the tree above the partner.
        above = [int(each) for each in (node.sudo().parent_path or "").split("/") if each]
        manager = self.env.user.has_group("partner_governance.group_partner_manager")
        if not manager or scope.node_id == node.id or scope.node_id not in above:
            raise AccessError(
                self.env._("A partner is viewed by the platform and by managers above it.")
            )

    @api.model
    def _lines(self, node, name, columns):
        """Values of the rows of one kind, read with the caller's own rights."""
        isolation = self.env["program.isolation"]
        table = isolation._entries()
        entry = table.get(name)
        model = self.env[name]
        if entry is None or entry.cls != engine.OPERATIONAL or not model.has_access("read"):
            return []
        # Safe: the tree's own facts, to know what a person of the node would reach.
        scope = Scope("staff", uid=0, **isolation._of_node(node.sudo()))
        reach = adapter.model_domain(self.env, scope, table, name, "read")
        found = model.search(Domain(reach), limit=LIMIT)
        label = self.env["ir.model"]._get(name).sudo().name
        return [
            {
                "kind": label,
                "name": record.display_name,
                "owner": record[entry.terms[0].field].sudo().name,
                "state": self._state(record, columns.get("state")),
                "person": record[columns["user_id"]].sudo().name if "user_id" in columns else "",
                "day": record[columns["day"]] if "day" in columns else False,
            }
            for record in found
        ]

    @api.model
    def _state(self, record, name):
        if not name or not record[name]:
            return ""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")


class ProgramViewLine(models.TransientModel):
    """One record of a partner's operations, as words."""

    _name = "program.view.line"
    _description = "Line of a partner's operations"
    _order = "id"

    view_id = fields.Many2one("program.view", required=True, ondelete="cascade", index=True)
    kind = fields.Char(readonly=True)
    name = fields.Char(readonly=True)
    owner = fields.Char(readonly=True)
    state = fields.Char(readonly=True)
    person = fields.Char(readonly=True)
    day = fields.Date(readonly=True)

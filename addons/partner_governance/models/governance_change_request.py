from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class GovernanceChangeRequest(models.Model):
    """A change with its impact; nothing of it starts before it is approved (PG-117, PG-137)."""

    _name = "governance.change.request"
    _description = "Change request"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "governance.request.mixin",
        "program.reference.mixin",
    ]
    _request_kind = "change_request"
    _order = "id desc"
    _reference_prefix = "CR-"
    _rec_names_search = ["name", "reference"]
    _mail_post_access = "read"

    name = fields.Char(string="What changes", required=True, tracking=True)
    description = fields.Text(string="Why", required=True)
    scope_impact = fields.Text(string="Impact on scope", required=True)
    hours_impact = fields.Float(string="Additional hours", help="Negative where work falls away.")
    days_impact = fields.Integer(string="Days later", help="Negative where it is earlier.")
    risk_level = fields.Selection(
        [("none", "None"), ("low", "Low"), ("medium", "Medium"), ("high", "High")],
        string="Impact on risk",
        required=True,
        default="low",
    )
    risk_impact = fields.Char(string="Which risk")
    rollback = fields.Text(string="Way back", help="How it is undone when it goes wrong.")
    is_production = fields.Boolean(
        string="Touches production", help="Carried out within a production window only."
    )
    window_id = fields.Many2one(
        "governance.change.window",
        string="Production window",
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        tracking=True,
    )
    cost_ids = fields.One2many(
        "governance.change.cost",
        "change_id",
        string="Impact on cost",
        groups="partner_governance.group_partner_sales,partner_governance.group_partner_finance",
    )
    task_ids = fields.One2many("project.task", "change_request_id", string="Tasks")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("asked", "Waiting for signatures"),
            ("approved", "Approved"),
            ("started", "In work"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        index=True,
        readonly=True,
        tracking=True,
        copy=False,
    )

    @api.constrains("window_id", "program_node_id")
    def _check_window(self):
        for change in self:
            # Safe: compares whose window it is, tells nothing of it.
            node, owner = change.program_node_id, change.sudo().window_id.program_node_id
            if owner and str(owner.id) not in (node.parent_path or "").split("/"):
                raise ValidationError(
                    self.env._(
                        "The window “%(window)s” is not one of %(node)s, nor of a partner above "
                        "it: choose another production window for %(change)s.",
                        window=change.sudo().window_id.name,
                        node=node.name,
                        change=change.display_name,
                    )
                )

    @api.depends("name", "reference")
    def _compute_display_name(self):
        for change in self:
            change.display_name = f"{change.reference or ''} {change.name or ''}".strip()

    def write(self, vals):
        """Other impacts than those that were signed are signed anew."""
        changed = IMPACTS & vals.keys()
        done = super().write(vals)
        for change in self.filtered(lambda one: changed and one.state not in ("draft", "refused")):
            change._reopen(changed)
        return done

    def _reopen(self, names):
        if self.state not in ("asked", "approved"):
            raise UserError(
                self.env._(
                    "%(change)s is in work: what more it takes is a change request of its own.",
                    change=self.display_name,
                )
            )
        labels = ", ".join(self._fields[name]._description_string(self.env) for name in names)
        # Safe: only takes an approval back that was given for other impacts.
        self.sudo()._withdraw_signatures(self.env._("changed: %(fields)s", fields=labels))
        self._move("draft", labels)

    def action_ask(self):
        for change in self:
            change.check_access("write")
            if change.state not in ("draft", "refused"):
                raise UserError(
                    self.env._("%(change)s has been asked for.", change=change.display_name)
                )
            if change.is_production and not change.rollback:
                raise UserError(
                    self.env._(
                        "%(change)s touches production: say how it is undone (field “Way back”).",
                        change=change.display_name,
                    )
                )
            change._ask()
        return True

    def _signature_demands(self):
        """Whoever is accountable for changes of this record signs."""
        node = self._approver_node()
        return [
            {
                "name": self.env._("Change approver"),
                "node_id": node.id,
                "group_id": self._sign_group(self._approver_role(node)).id,
                "sequence": 10,
                "days": 2,
            }
        ]

    def _approver_role(self, node):
        """A manager of the partner; at the platform its operations for production, else the
        programme's own people."""
        if not node.is_root:
            return "partner_manager"
        return "platform_operations" if self.is_production else "platform_staff"

    def _approver_node(self):
        """The node that the responsibility matrix names; the owner of the record without one."""
        return self.program_node_id

    def action_start(self):
        for change in self:
            change.check_access("write")
            if change.state != "approved":
                raise UserError(
                    self.env._(
                        "%(change)s is not approved, so it cannot start. Ask for its signature "
                        "first (button “Ask for approval”).",
                        change=change.display_name,
                    )
                )
            if change.is_production:
                self.env["governance.change.window"]._require(change)
            change._move("started")
        return True

    def action_done(self):
        for change in self:
            change.check_access("write")
            if change.state != "started":
                raise UserError(
                    self.env._("%(change)s is not in work.", change=change.display_name)
                )
            change._move("done")
        return True

    def action_withdraw(self):
        for change in self:
            change.check_access("write")
            if change.state not in ("draft", "asked", "approved", "refused"):
                raise UserError(
                    self.env._("%(change)s is in work or over.", change=change.display_name)
                )
            change._withdraw()
        return True


# What a signature is given for.
IMPACTS = frozenset(
    ("description", "scope_impact", "hours_impact", "days_impact", "risk_level", "rollback")
    + ("name", "risk_impact", "is_production", "res_model", "res_id", "subject_ref", "cost_ids")
)
STARTED = ("started", "done")

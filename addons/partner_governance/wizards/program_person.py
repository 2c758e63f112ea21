from odoo import api, fields, models

from ..engine.team import ROLES


class ProgramPersonRoles(models.TransientModel):
    """Says what a person of the own team does."""

    _name = "program.person.roles"
    _description = "Roles of a person"

    user_id = fields.Many2one("res.users", string="Person", required=True)
    sales = fields.Boolean(help="Deals, offers and customers; retail prices, no cost.")
    delivery = fields.Boolean(help="Tenants, projects and blueprints; no money.")
    support = fields.Boolean(help="Cases of customers; no money.")
    finance = fields.Boolean(help="Invoices, statements, cost and margin.")
    manager = fields.Boolean(help="All of these, and the team itself.")

    @api.model
    def _role_names(self):
        """``[(role, its name in the user's language)]``."""
        return [
            ("sales", self.env._("Sales")),
            ("delivery", self.env._("Delivery")),
            ("support", self.env._("Support")),
            ("finance", self.env._("Finance")),
            ("manager", self.env._("Manager")),
        ]

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        user = self.env["res.users"].browse(values.get("user_id"))
        if user:
            user.check_access("read")
            held = user.sudo().group_ids  # Safe: roles of a person whom the caller reads.
            for role in ROLES:
                group = self.env.ref(f"partner_governance.group_partner_{role}")
                values[role] = group in held
        return values

    def _roles(self):
        return frozenset(role for role in ROLES if self[role])

    def action_assign(self):
        self.user_id._program_assign(self._roles())
        return {"type": "ir.actions.act_window_close"}


class ProgramPersonInvite(models.TransientModel):
    """Invites a person into the own team."""

    _name = "program.person.invite"
    _inherit = "program.person.roles"
    _description = "Invite a person"

    user_id = fields.Many2one(required=False)
    node_id = fields.Many2one(
        "program.partner",
        string="Works for",
        required=True,
        default=lambda self: self.env.user.sudo().program_partner_id,
    )
    name = fields.Char(required=True)
    email = fields.Char(string="E-mail", required=True)

    def action_invite(self):
        self.env["res.users"]._program_invite(self.node_id, self.name, self.email, self._roles())
        return {"type": "ir.actions.act_window_close"}


class ProgramPersonEnd(models.TransientModel):
    """Ends a person of the own team and names who takes over."""

    _name = "program.person.end"
    _description = "End a person"

    user_id = fields.Many2one("res.users", string="Person", required=True)
    node_id = fields.Many2one(related="user_id.program_partner_id")
    successor_id = fields.Many2one("res.users", string="Open work goes to")
    work_count = fields.Integer(string="Items of open work", compute="_compute_work")
    work = fields.Text(string="Open work", compute="_compute_work")

    @api.depends("user_id")
    def _compute_work(self):
        for wizard in self:
            if wizard.node_id._acts_as() not in ("own", "platform"):
                wizard.work_count, wizard.work = 0, False
                continue
            # Safe: counts of a person whose managers ask; no record of it is shown.
            found = wizard.user_id.sudo()._program_open_work()
            wizard.work_count = sum(len(records) for _name, records in found)
            wizard.work = "\n".join(
                f"{self.env['ir.model']._get(records._name).sudo().name}: {len(records)}"
                for _name, records in found
            )

    def action_end(self):
        self.user_id._program_end(self.successor_id)
        return {"type": "ir.actions.act_window_close"}

from odoo import api, fields, models
from odoo.exceptions import UserError

# Not closed: what is reported waits for whoever confirms it.
OPEN = ("open", "reported")


class GovernanceAction(models.Model):
    """An owned, dated thing to do: a condition, a step of a plan, what a meeting agreed."""

    _name = "governance.action"
    _description = "Action"
    _inherit = ["mail.thread", "program.node.mixin"]
    _order = "state, due_date, id"

    name = fields.Char(string="What to do", required=True, tracking=True)
    user_id = fields.Many2one(
        "res.users", string="Owner", required=True, index=True, ondelete="restrict", tracking=True
    )
    due_date = fields.Date(string="Due", required=True, index=True, tracking=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("reported", "Reported as met"),
            ("done", "Done"),
            ("dropped", "Dropped"),
        ],
        default="open",
        required=True,
        index=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    res_model = fields.Char(string="Comes from", readonly=True, index=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True, index=True)
    note = fields.Text()
    closed_at = fields.Datetime(readonly=True, copy=False)
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_is_overdue")

    @api.depends("state", "due_date")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for action in self:
            action.is_overdue = bool(
                action.state in OPEN and action.due_date and action.due_date < today
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return [("state", "in", OPEN), ("due_date", "<", fields.Date.context_today(self))]

    @api.model
    def _from(self, record, name, user, due_date, node, note=""):
        """Give ``user`` something to do that comes from ``record``; returns the action."""
        # Safe: made by the system's code for what has been decided on the record.
        return self.sudo().create(
            {
                "name": name,
                "user_id": user.id,
                "due_date": due_date,
                "program_node_id": node.id,
                "res_model": record._name,
                "res_id": record.id,
                "note": note,
            }
        )

    def action_done(self):
        self._close("done")

    def action_drop(self):
        self._close("dropped")

    def _close(self, state):
        self.check_access("write")
        for action in self:
            if action.state not in OPEN:
                raise UserError(self.env._("“%(action)s” is closed already.", action=action.name))
            # Safe: who may write the action has been checked; its state has no other way in.
            action.sudo()._move(state, closed_at=fields.Datetime.now())
            action.sudo()._after_closing()

    def _move(self, state, reason="", **values):
        """Into another state, as the system; the trail has it."""
        old = self.state
        self.write({"state": state, **values})
        self.env["governance.event"]._record(
            "action", self, node=self.program_node_id, old=old, new=state, reason=reason
        )

    def _after_closing(self):
        """What closing an action changes elsewhere; others add theirs."""

    def action_open_origin(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

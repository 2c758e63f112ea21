from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class GovernanceChangeWindow(models.Model):
    """When changes of production may be carried out (PG-137)."""

    _name = "governance.change.window"
    _description = "Production window"
    _inherit = ["program.node.mixin"]
    _order = "date_from desc, id desc"

    name = fields.Char(required=True)
    date_from = fields.Datetime(string="From", required=True, index=True)
    date_until = fields.Datetime(string="Until", required=True)
    note = fields.Char()
    change_ids = fields.One2many("governance.change.request", "window_id", string="Changes")
    is_open = fields.Boolean(string="Open now", compute="_compute_is_open")

    _order_of_ends = models.Constraint(
        "CHECK (date_until > date_from)", "A window ends after it begins."
    )

    @api.depends("date_from", "date_until")
    def _compute_is_open(self):
        now = fields.Datetime.now()
        for window in self:
            window.is_open = bool(
                window.date_from
                and window.date_until
                and window.date_from <= now < window.date_until
            )

    @api.constrains("date_from", "date_until")
    def _check_length(self):
        for window in self:
            if (window.date_until - window.date_from).days > 7:
                raise ValidationError(
                    self.env._("A production window lasts a week at most: make several.")
                )

    @api.model
    def _require(self, change, what=""):
        """:param what: what goes with the change, when it is not its start
        :raise UserError: ``change`` names no window, or its window is not open now
        """
        window = change.window_id
        if not window:
            raise UserError(
                self.env._(
                    "%(change)s touches production: choose its production window.",
                    change=change.display_name,
                )
            )
        if not window.is_open and what:
            raise UserError(
                self.env._(
                    "“%(what)s” goes out within the window of %(change)s only, from %(start)s to "
                    "%(end)s (UTC). Wait for it, or give the change another window.",
                    what=what,
                    change=change.display_name,
                    start=window.date_from,
                    end=window.date_until,
                )
            )
        if not window.is_open:
            raise UserError(
                self.env._(
                    "%(change)s starts within its window only, from %(start)s to %(end)s (UTC).",
                    change=change.display_name,
                    start=window.date_from,
                    end=window.date_until,
                )
            )

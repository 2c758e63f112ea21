from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingRetainerRequest(models.Model):
    """One wish in the backlog of a retainer: approved by the customer, scheduled for a release,
    released (TB-041)."""

    _name = "billing.retainer.request"
    _description = "Retainer request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "priority desc, release_date, id"

    name = fields.Char(required=True, tracking=True)
    description = fields.Html()
    subscription_id = fields.Many2one(
        "billing.subscription",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('retainer_component_id', '!=', False)]",
    )
    program_node_id = fields.Many2one(
        related="subscription_id.program_node_id", store=True, index=True
    )
    tenant_id = fields.Many2one(related="subscription_id.tenant_id", store=True, index=True)
    user_id = fields.Many2one("res.users", string="Responsible", tracking=True)
    priority = fields.Selection([("0", "Normal"), ("1", "Important")], default="0")
    estimate = fields.Float(string="Estimate (hours)", digits=(16, 2), tracking=True)
    entry_ids = fields.One2many("billing.retainer.entry", "request_id")
    spent = fields.Float(string="Hours spent", compute="_compute_spent")
    percent = fields.Float(string="Of the estimate", compute="_compute_spent")
    approved_by = fields.Char(
        string="Approved by", tracking=True, help="The customer's person who said yes."
    )
    approval_note = fields.Char(string="How", help="E.g. e-mail of 3 May, minutes of the meeting.")
    approved_on = fields.Date(readonly=True, copy=False, tracking=True)
    release = fields.Char(tracking=True, help="Name of the release that brings it.")
    release_date = fields.Date(tracking=True)
    released_on = fields.Date(readonly=True, copy=False, tracking=True)
    state = fields.Selection(
        [
            ("new", "Asked"),
            ("approved", "Approved"),
            ("scheduled", "Scheduled"),
            ("released", "Released"),
            ("refused", "Refused"),
        ],
        default="new",
        required=True,
        index=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )

    _estimate = models.Constraint("CHECK (COALESCE(estimate, 0) >= 0)", "An estimate is 0 or more.")

    @api.depends("entry_ids.hours", "estimate")
    def _compute_spent(self):
        groups = self.env["billing.retainer.entry"]._read_group(
            [("request_id", "in", self.ids), ("is_void", "=", False)],
            ["request_id"],
            ["hours:sum"],
        )
        hours = {request.id: total for request, total in groups}
        for request in self:
            request.spent = hours.get(request.id, 0)
            request.percent = 100 * request.spent / request.estimate if request.estimate else 0

    def write(self, vals):
        told = {"name", "description", "subscription_id", "estimate", "approved_by"}
        if told & vals.keys() and any(one.state not in ("new", "refused") for one in self):
            raise UserError(
                self.env._(
                    "The customer approved this as it is. Take it back to “Asked” to change it."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_new(self):
        if any(one.state != "new" for one in self):
            raise UserError(self.env._("Only what is asked and not decided can be deleted."))

    def action_approve(self):
        for one in self:
            if not one.approved_by or not one.estimate:
                raise UserError(
                    self.env._(
                        "“%(name)s”: note who approved it for the customer, and the estimate that "
                        "was approved.",
                        name=one.name,
                    )
                )
        return self._move("approved", ("new",), approved_on=fields.Date.context_today(self))

    def action_schedule(self):
        for one in self:
            if not one.release_date:
                raise UserError(
                    self.env._("“%(name)s”: choose the day of its release.", name=one.name)
                )
        return self._move("scheduled", ("approved",))

    def action_release(self):
        today = fields.Date.context_today(self)
        return self._move("released", ("scheduled",), released_on=today)

    def action_refuse(self):
        return self._move("refused", ("new", "approved", "scheduled"))

    def action_reopen(self):
        """Back to the beginning: what is changed is approved anew."""
        return self._move("new", ("approved", "scheduled", "refused"), approved_on=False)

    def _move(self, state, sources, **values):
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for one in self:
            if one.state not in sources:
                raise UserError(
                    self.env._(
                        "“%(name)s” is “%(state)s”, so it cannot become “%(wanted)s”.",
                        name=one.name,
                        state=labels[one.state],
                        wanted=labels[state],
                    )
                )
        # Safe: the caller may write the request; its state has no other way in.
        self.sudo().write({"state": state, **values})
        return True

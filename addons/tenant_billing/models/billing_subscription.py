from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine.errors import BillingError
from ..engine.periods import Calendar
from ..engine.zones import zone
from ..exceptions import engine_message


class BillingSubscription(models.Model):
    """Who uses what since when. No money on it: prices and charges stand on its legs."""

    _name = "billing.subscription"
    _description = "Subscription"
    _inherit = ["mail.thread", "mail.activity.mixin", "program.reference.mixin"]
    _order = "id desc"
    _reference_prefix = "SUB-"
    _rec_names_search = ["reference", "tenant_id"]
    # Finance and the branch comment on what sales and delivery change.
    _mail_post_access = "read"

    plan_id = fields.Many2one("billing.plan", required=True, ondelete="restrict", index=True)
    tenant_id = fields.Many2one(
        "hosting.tenant", index=True, ondelete="restrict", readonly=True, copy=False
    )
    subject_node_id = fields.Many2one(
        "program.partner",
        string="Partner charged",
        index=True,
        ondelete="restrict",
        help="For fees, minimums and pooled prices of a partner instead of a tenant.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", index=True, ondelete="restrict")
    deal_id = fields.Many2one("program.deal", index=True, ondelete="restrict", readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("ended", "Ended"),
        ],
        default="draft",
        required=True,
        index=True,
        tracking=True,
        readonly=True,
        copy=False,
    )
    start_date = fields.Date(string="Start", tracking=True)
    end_date = fields.Date(
        string="Stated end", help="First day no longer served, known from the beginning."
    )
    ended_on = fields.Date(readonly=True, copy=False, help="First day no longer served.")
    end_policy = fields.Selection(
        [
            ("credit", "Credit what is unused"),
            ("no_refund", "No refund"),
            ("period_end", "At the end of the period"),
        ],
        string="Refund",
        readonly=True,
        copy=False,
        tracking=True,
        help="What happens at the end with what was charged in advance.",
    )
    anchor_day = fields.Integer(default=1, help="Day of the month on which periods begin.")
    timezone = fields.Char(
        required=True, default="UTC", help="Days begin at midnight of this time zone."
    )
    interval = fields.Selection(
        [("day", "Day"), ("week", "Week"), ("month", "Month"), ("year", "Year")],
        required=True,
        default="month",
    )
    interval_count = fields.Integer(required=True, default=1)
    item_ids = fields.One2many("billing.subscription.item", "subscription_id")
    pause_ids = fields.One2many("billing.subscription.pause", "subscription_id", readonly=True)
    leg_ids = fields.One2many("billing.leg", "subscription_id")
    is_server_paused = fields.Boolean(
        readonly=True, copy=False, help="A pause has stopped the tenant's server."
    )
    problem = fields.Text(readonly=True, copy=False, help="Why it is not billed.")
    rated_until = fields.Date(readonly=True, copy=False)
    rated_run_id = fields.Many2one(
        "billing.run", readonly=True, copy=False, index=True, ondelete="set null"
    )

    _one_subject = models.Constraint(
        "CHECK (state = 'draft' OR (tenant_id IS NULL) <> (subject_node_id IS NULL))",
        "A subscription is about one tenant or one partner.",
    )

    @api.depends("reference", "tenant_id", "subject_node_id", "partner_id")
    def _compute_display_name(self):
        for one in self:
            # Safe: the name of what a subscription is about, whose reader reads the subscription:
            # who brought a customer need not read its tenant.
            known = one.sudo()
            subject = known.tenant_id.name or known.subject_node_id.name or known.partner_id.name
            one.display_name = f"{one.reference or ''} {subject or ''}".strip()

    @api.constrains("start_date", "anchor_day", "timezone", "interval", "interval_count")
    def _check_calendar(self):
        for one in self:
            try:
                zone(one.timezone)
                Calendar(
                    one.start_date or fields.Date.today(),
                    one.interval,
                    one.interval_count,
                    one.anchor_day or None,
                )
            except BillingError as error:
                raise ValidationError(engine_message(self.env, error)) from error

    def write(self, vals):
        if not self.env.su:
            self._check_own()
            frozen = {
                "plan_id",
                "start_date",
                "end_date",
                "anchor_day",
                "timezone",
                "interval",
                "interval_count",
                "subject_node_id",
                "partner_id",
            }
            if frozen & vals.keys() and any(one.state != "draft" for one in self):
                raise UserError(self.env._("It runs already: its calendar, plan and parties stay."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("A subscription that ran is never deleted."))

    def _is_referred_here(self):
        """Whether a referral partner brought it, and the reader's node is the one that contracts
        with its customer (TRADE 1)."""
        node_id = self.env["program.isolation"]._scope().node_id
        # Safe: compares whose contract it is, tells nothing of it.
        node = self.sudo().program_node_id
        return bool(node_id) and node.id != node_id == self._contract_seller(node).id

    def _check_own(self):
        """The branch reads a subscription; its own node changes it, and of a referral's
        customers the partner that contracts with them."""
        scope = self.env["program.isolation"]._scope()
        if scope.kind not in ("system", "platform") and any(
            one.sudo().program_node_id.id != scope.node_id and not one._is_referred_here()
            for one in self
        ):
            raise AccessError(
                self.env._("Only the partner that a subscription belongs to changes it.")
            )

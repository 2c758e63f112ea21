from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class BillingAgreement(models.Model):
    """What a seller agrees with a partner right below it: fees, shared services, a minimum
    commitment, pooled prices, and the margin on its tenants (PG-023, TRADE 1).

    Started, it makes the partner's own subscription at the prices agreed; from then on billing
    reads its margin and its prices, both by their days.
    """

    _name = "billing.agreement"
    _description = "Partner agreement"
    _inherit = ["billing.term.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "buyer_id"]

    name = fields.Char(required=True, default=lambda self: self.env._("Programme agreement"))
    seller_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["program.node.mixin"]._default_program_node(),
    )
    buyer_id = fields.Many2one(
        "program.partner",
        string="Partner",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('upline_id', '=', seller_id)]",
    )
    plan_id = fields.Many2one("billing.plan", required=True, ondelete="restrict")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    start_date = fields.Date(
        string="Start", required=True, default=lambda self: fields.Date.context_today(self)
    )
    end_date = fields.Date(string="Stated end", help="First day no longer agreed; empty: open.")
    anchor_day = fields.Integer(default=1, help="Day of the month on which periods begin.")
    timezone = fields.Char(required=True, default="UTC")
    line_ids = fields.One2many("billing.agreement.line", "agreement_id", copy=True)
    margin_ids = fields.One2many("billing.agreement.margin", "agreement_id")
    recurring_total = fields.Monetary(string="Per period", compute="_compute_totals")
    one_off_total = fields.Monetary(string="Once", compute="_compute_totals")
    book_id = fields.Many2one(
        "billing.price.book", string="Prices", readonly=True, copy=False, ondelete="restrict"
    )
    subscription_id = fields.Many2one(
        "billing.subscription", readonly=True, copy=False, ondelete="restrict", index=True
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("ended", "Ended")],
        compute="_compute_state",
        store=True,
    )
    is_own = fields.Boolean(compute="_compute_is_own", help="The reader is its seller.")

    @api.depends("name", "buyer_id")
    def _compute_display_name(self):
        for agreement in self:
            # Safe: the names of the two parties, of which the reader is one.
            buyer = agreement.sudo().buyer_id.name
            agreement.display_name = f"{agreement.name} – {buyer}" if buyer else agreement.name

    @api.depends("subscription_id.state")
    def _compute_state(self):
        for agreement in self:
            state = agreement.subscription_id.state or "draft"
            agreement.state = state if state in ("draft", "ended") else "running"

    @api.depends("seller_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        scope = self.env["program.isolation"]._scope()
        for agreement in self:
            agreement.is_own = scope.kind == "system" or agreement.seller_id.id == scope.node_id

    @api.depends("line_ids.subtotal", "line_ids.kind", "line_ids.portfolio")
    def _compute_totals(self):
        for agreement in self:
            fixed = agreement.line_ids.filtered(lambda line: not line.portfolio)
            once = fixed.filtered(lambda line: line.kind == "one_off")
            agreement.one_off_total = sum(once.mapped("subtotal"))
            agreement.recurring_total = sum((fixed - once).mapped("subtotal"))

    @api.constrains("seller_id", "buyer_id")
    def _check_parties(self):
        for agreement in self:
            # Safe: compares the two parties' places in the tree.
            if agreement.sudo().buyer_id.upline_id != agreement.seller_id:
                raise ValidationError(
                    self.env._(
                        "%(buyer)s does not stand right below %(seller)s: an agreement is between "
                        "a partner and its upline.",
                        buyer=agreement.sudo().buyer_id.name,
                        seller=agreement.sudo().seller_id.name,
                    )
                )

    @api.constrains("start_date", "end_date")
    def _check_days(self):
        if any(one.end_date and one.end_date <= one.start_date for one in self):
            raise ValidationError(self.env._("An agreement ends after it begins."))

    @api.onchange("plan_id")
    def _onchange_plan_id(self):
        if self.line_ids.component_id.plan_id != self.plan_id:
            self.line_ids = [
                Command.clear(),
                *(
                    Command.create({"component_id": one.id, "quantity": one.default_quantity or 1})
                    for one in self.plan_id.component_ids.filtered(lambda one: not one.optional)
                ),
            ]

    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        agreements._check_own()
        return agreements

    def write(self, vals):
        self._check_own()
        told = vals.keys() - {"name", "margin_ids"}
        if told and not self.env.su and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._(
                    "It runs already. Change quantities on its subscription, prices in its price "
                    "book, the margin by a new line."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        self._check_own()
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("An agreement that ran is never deleted."))

    def _check_own(self):
        """Its partner reads it; only the seller changes it."""
        if not self.env["program.isolation"]._is_of_own_node(self, "seller_id"):
            raise AccessError(self.env._("Only its seller changes an agreement."))

    def _tenant_legs(self):
        """The contracts by which the partner buys for its tenants from this seller."""
        # Safe: the seller's own contracts.
        return (
            self.env["billing.leg"]
            .sudo()
            .search(
                [
                    ("tenant_id", "!=", False),
                    ("seller_id", "=", self.seller_id.id),
                    ("buyer_id", "=", self.buyer_id.id),
                    ("date_until", "=", False),
                    ("side_terms_id", "=", False),
                ]
            )
        )

    def action_start(self):
        """Make the partner's subscription at the prices agreed, from the first day on."""
        for agreement in self:
            agreement._check_own()
            agreement.check_access("write")
            if agreement.state != "draft":
                raise UserError(self.env._("%(name)s runs already.", name=agreement.display_name))
            if not agreement.line_ids and not agreement.margin_ids:
                raise UserError(self.env._("Nothing is agreed yet: add a line or a margin."))
            agreement.line_ids._check_twice_charged()
            # Safe: checked to be the seller's own agreement; book and subscription follow from it.
            agreement.sudo()._start()
        return True

    def _start(self):
        book = self.env["billing.price.book"].create(
            {
                "name": self.display_name,
                "audience": "agreement",
                "seller_id": self.seller_id.id,
                "for_node_id": self.buyer_id.id,
                "currency_id": self.currency_id.id,
                **self._term_values(),
                "price_ids": [
                    Command.create({"code": line.code, **line._price_values()})
                    for line in self.line_ids
                ],
            }
        )
        subscription = self.env["billing.subscription"].create(
            {
                "program_node_id": self.seller_id.id,
                "subject_node_id": self.buyer_id.id,
                "plan_id": self.plan_id.id,
                "start_date": self.start_date,
                "end_date": self.end_date,
                "anchor_day": self.anchor_day,
                "timezone": self.timezone,
                "interval": self.plan_id.interval,
                "interval_count": self.plan_id.interval_count,
                "item_ids": [
                    Command.create(
                        {
                            "component_id": line.component_id.id,
                            "valid_from": self.start_date,
                            "quantity": line.quantity,
                        }
                    )
                    for line in self.line_ids
                ],
            }
        )
        self.write({"book_id": book.id, "subscription_id": subscription.id})
        if not subscription._activate(book, self.start_date):
            raise UserError(subscription.problem)
        self.env["governance.event"]._record(
            "billing.agreement.start", self, self.seller_id, "", f"{self.start_date}"
        )

    def action_open_subscription(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.subscription",
            "res_id": self.subscription_id.id,
            "view_mode": "form",
        }

    def action_preview(self):
        self.ensure_one()
        return self.subscription_id.action_preview()


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    @api.constrains("subject_node_id", "program_node_id")
    def _check_subject(self):
        """A partner's subscription is its seller's: nobody buys by itself, and nobody sells to
        another's partner."""
        for one in self.filtered("subject_node_id"):
            # Safe: compares places in the tree.
            if one.sudo().subject_node_id.upline_id != one.sudo().program_node_id:
                raise ValidationError(
                    self.env._(
                        "A subscription about a partner is made by the partner right above it."
                    )
                )

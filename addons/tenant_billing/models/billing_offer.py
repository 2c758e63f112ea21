from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class BillingOffer(models.Model):
    """A hosting offer at the seller's own price. Accepted, it makes the draft subscription at
    the prices quoted; the won deal starts it. Nothing is typed twice (TRADE 6)."""

    _name = "billing.offer"
    _description = "Hosting offer"
    _inherit = ["mail.thread", "mail.activity.mixin", "program.reference.mixin"]
    _order = "id desc"
    _reference_prefix = "O-"
    _rec_names_search = ["reference", "partner_id"]

    deal_id = fields.Many2one(
        "program.deal", required=True, index=True, ondelete="restrict", tracking=True
    )
    lead_id = fields.Many2one("crm.lead", compute="_compute_lead_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index=True, ondelete="restrict", tracking=True
    )
    plan_id = fields.Many2one("billing.plan", required=True, ondelete="restrict")
    profile_id = fields.Many2one("hosting.profile", ondelete="restrict")
    price_book_id = fields.Many2one(
        "billing.price.book",
        string="Own price book",
        ondelete="restrict",
        domain="[('audience', '=', 'retail'), ('seller_id', '=', program_node_id)]",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    start_date = fields.Date(help="First day of service; empty: the day the deal is won.")
    term_months = fields.Integer(string="Term (months)", default=12)
    trial_days = fields.Integer(
        string="Trial (days)", help="Days at no charge from the start; setting up is charged."
    )
    discount_percent = fields.Float(string="Discount (%)", digits=(5, 2))
    discount_months = fields.Integer(help="0: for as long as the subscription runs.")
    anchor_day = fields.Integer(default=1)
    timezone = fields.Char(default=lambda self: self.env.user.tz or "UTC", required=True)
    line_ids = fields.One2many("billing.offer.line", "offer_id", copy=True)
    recurring_total = fields.Monetary(
        string="Per period", compute="_compute_totals", help="A full period at the quantities."
    )
    discounted_total = fields.Monetary(
        string="Per period, less the discount", compute="_compute_totals"
    )
    one_off_total = fields.Monetary(string="Once", compute="_compute_totals")
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent"), ("accepted", "Accepted"), ("refused", "Refused")],
        default="draft",
        required=True,
        index=True,
        tracking=True,
        readonly=True,
        copy=False,
    )
    agreed_book_id = fields.Many2one(
        "billing.price.book", readonly=True, copy=False, ondelete="restrict"
    )
    subscription_id = fields.Many2one(
        "billing.subscription", readonly=True, copy=False, ondelete="restrict"
    )

    @api.depends("reference", "partner_id", "deal_id")
    def _compute_display_name(self):
        for offer in self:
            who = offer.partner_id.name or offer.deal_id.company_name or ""
            offer.display_name = f"{offer.reference or ''} {who}".strip()

    @api.depends("deal_id.lead_ids")
    def _compute_lead_id(self):
        for offer in self:
            offer.lead_id = offer.deal_id.lead_ids[:1]

    @api.depends("line_ids.subtotal", "line_ids.kind", "discount_percent")
    def _compute_totals(self):
        for offer in self:
            once = offer.line_ids.filtered(lambda line: line.kind == "one_off")
            # What is charged once falls into the days of the discount.
            offer.one_off_total = sum(once.mapped(lambda line: line._discounted()))
            offer.recurring_total = sum((offer.line_ids - once).mapped("subtotal"))
            offer.discounted_total = sum(
                (offer.line_ids - once).mapped(lambda line: line._discounted())
            )

    def write(self, vals):
        told = {
            "line_ids",
            "plan_id",
            "currency_id",
            "anchor_day",
            "start_date",
            "partner_id",
            "deal_id",
            "profile_id",
            "price_book_id",
            "term_months",
            "timezone",
            "trial_days",
            "discount_percent",
            "discount_months",
        }
        if told & vals.keys() and not self.env.su and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._("The customer has this offer. Take it back to draft to change it.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        if any(offer.state != "draft" for offer in self):
            raise UserError(self.env._("Only a draft can be deleted."))

    @api.model
    def _prefill(self, deal):
        """Values of a new offer for a deal: its customer, the plan of its governance tier, the
        own retail book, a line for each component that is not optional."""
        lead = deal.lead_ids[:1]
        plan = self.env["billing.plan"]._for_deal(deal)
        if not plan:
            raise UserError(self.env._("There is no hosting plan yet that you may offer."))
        book = self.env["billing.price.book"]._retail(deal.program_node_id)
        values = {
            "deal_id": deal.id,
            "partner_id": lead.partner_id.commercial_partner_id.id,
            "plan_id": plan.id,
            "profile_id": plan.profile_id.id,
            "price_book_id": book.id,
            "line_ids": [
                Command.create(self._line_values(component, book))
                for component in plan.component_ids.filtered(lambda one: not one.optional)
            ],
        }
        if book:
            values["currency_id"] = book.currency_id.id
            for name in ("trial_days", "discount_percent", "discount_months"):
                values[name] = book[name]
        return values

    @api.model
    def _line_values(self, component, book):
        price = book._price_of(component.code, fields.Date.context_today(self))
        return {
            "component_id": component.id,
            "quantity": component.default_quantity,
            **(price._price_values() if price else {}),
        }

    @api.onchange("plan_id")
    def _onchange_plan_id(self):
        if self.line_ids.component_id.plan_id != self.plan_id:
            self.profile_id = self.plan_id.profile_id
            self.line_ids = [
                Command.clear(),
                *(
                    Command.create(self._line_values(component, self.price_book_id))
                    for component in self.plan_id.component_ids.filtered(
                        lambda one: not one.optional
                    )
                ),
            ]

    def action_send(self):
        """The customer gets it. What it needs from above is asked now, not when it signs."""
        for offer in self:
            if not offer.line_ids:
                raise UserError(self.env._("The offer has no line yet."))
            offer._check_sendable()
            # Safe: asks whether the wholesale prices above are complete, tells none of them.
            Subscription = self.env["billing.subscription"].sudo()
            Subscription._wholesale_edges(
                Subscription._contract_seller(offer.sudo().program_node_id),
                offer.sudo().line_ids.mapped("code"),
            )
        self._set_state("sent")
        return True

    def _check_sendable(self):
        """Hook: what is asked before the customer gets it."""
        parts = self.line_ids.filtered(lambda line: line.kind == "metered" or line.quantity > 0)
        self.env["billing.packaging.rule"]._check(parts.component_id, self.program_node_id)

    def action_draft(self):
        if any(offer.state == "accepted" for offer in self):
            raise UserError(self.env._("It is accepted: make another offer for a change."))
        self._set_state("draft")
        return True

    def action_refuse(self):
        if any(offer.state == "accepted" for offer in self):
            raise UserError(self.env._("It is accepted already."))
        self._set_state("refused")
        return True

    def _set_state(self, state):
        self.check_access("write")
        # Safe: the caller may write the offer; its state has no other way in.
        self.sudo().write({"state": state})

    def action_open_subscription(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.subscription",
            "res_id": self.subscription_id.id,
            "view_mode": "form",
        }

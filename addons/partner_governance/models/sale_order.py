from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleOrder(models.Model):
    """Confirming the quotation of a deal is winning it, so it stops at the same gates.

    What a customer signs or pays at a closed gate is kept: the quotation stays *sent*, says what
    it waits for, and goes on by itself when the gate opens. Nothing is raised at the customer.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "governance.gated.mixin"]

    program_deal_id = fields.Many2one(related="opportunity_id.program_deal_id", string="Deal")
    program_waiting_since = fields.Datetime(
        string="Signed, waiting since", readonly=True, copy=False
    )
    program_waiting_for = fields.Text(
        string="Signed, waiting for", compute="_compute_program_waiting_for"
    )

    @api.depends(
        "program_waiting_since",
        "state",
        "company_id",
        "opportunity_id.program_deal_id.missing",
        "order_line.product_template_id.program_is_recurring",
    )
    def _compute_program_waiting_for(self):
        for order in self:
            # Safe: the gate of the reader's own quotation, told at every door alike.
            waits = order.program_waiting_since and order.state in ("draft", "sent")
            deal = order.sudo().opportunity_id.program_deal_id
            missing = waits and [order._program_loose() or deal.missing, order._merged_hosting()]
            order.program_waiting_for = missing and "\n".join(filter(None, missing)) or False

    def _gate_fields(self):
        return frozenset(("state", "opportunity_id", "company_id"))

    def _program_loose(self):
        """What is missing where a partner sells beside the programme: no deal, so no gate."""
        self.ensure_one()
        # Safe: whose company the order's is, and whose its opportunity.
        own = self.sudo()
        node = own.company_id.program_node_id
        if not node or node.is_root or own.opportunity_id.program_node_id:
            return ""
        return self.env._(
            "%(order)s belongs to no opportunity, so its deal is not registered. Make the "
            "quotation from an opportunity.",
            order=self.name,
        )

    def _gate_check(self):
        # Safe: the outcome is checked whoever moved the record, the superuser included.
        for order in self.sudo():
            if order.state == "sale":
                order._gate_guard()

    def _merged_hosting(self):
        """Why the quotation of a deal cannot be confirmed: what recurs has a price of its own
        (PG-105). Empty where nothing does."""
        self.ensure_one()
        # Safe: which products of the reader's own quotation recur.
        order = self.sudo()
        products = order.order_line.product_template_id.filtered("program_is_recurring")
        if not products or not order.opportunity_id.program_node_id:
            return ""
        return self.env._(
            "%(order)s sells %(products)s together with what is charged once. Hosting is offered "
            "apart (button “Offer hosting”): take its lines off the quotation.",
            order=order.name,
            products=", ".join(products.mapped("name")),
        )

    def _gate_guard(self):
        """Refuse where the deal of the order's own opportunity may not pass."""
        self.ensure_one()
        if loose := self._program_loose():
            raise UserError(loose)
        # Safe: the deal of the order's own opportunity.
        opportunity = self.sudo().opportunity_id
        if merged := self._merged_hosting():
            raise UserError(merged)
        if opportunity.program_node_id:
            opportunity._gates()._guard(opportunity.program_deal_id, self.name)

    def _gate_is_open(self):
        if self._program_loose():
            return False
        # Safe: the deal of the order's own opportunity.
        opportunity = self.sudo().opportunity_id
        return not opportunity.program_node_id or (
            not self._merged_hosting()
            and opportunity._gates()._is_open(opportunity.program_deal_id)
        )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._gate_check()
        return orders

    def write(self, vals):
        """The opportunity of a quotation may be another one, never none: its deal is its gate."""
        if "opportunity_id" in vals and not vals["opportunity_id"] and not self.env.su:
            for order in self.filtered("opportunity_id"):
                raise UserError(
                    self.env._(
                        "%(order)s keeps its opportunity: the gates of its deal are its own.",
                        order=order.name,
                    )
                )
        done = super().write(vals)
        if vals.get("opportunity_id"):
            self.filtered("program_waiting_since")._program_go_on()
        return done

    def _program_go_on(self):
        """Confirm later what its customer has signed, where nothing is missing any more."""
        for order in self.filtered(lambda each: each.state == "sent" and each._gate_is_open()):
            # Safe: the node of the order's own opportunity.
            node = order.sudo().opportunity_id.program_node_id
            self.env["program.outbox"]._post("confirm_signed", order, node)

    @api.model
    def _confirmed_without_deal(self):
        """Orders that a partner has confirmed beside its gates since it is in the programme. It
        must be empty, as the system only."""
        return self.search(
            [
                ("state", "=", "sale"),
                ("company_id.program_node_id.is_root", "=", False),
                ("company_id.program_node_id", "!=", False),
                "|",
                ("opportunity_id", "=", False),
                ("opportunity_id.program_node_id", "=", False),
            ]
        ).filtered(lambda one: one.date_order >= one.company_id.program_node_id.create_date)

    def action_confirm(self):
        for order in self:
            order._gate_guard()
        return super().action_confirm()

    def _validate_order(self):
        """The portal's door: a signature at a closed gate is kept, the customer sees no error."""
        held = self.filtered(lambda order: not order._gate_is_open())
        held._program_hold()
        return super(SaleOrder, self - held)._validate_order() if self - held else None

    def _program_hold(self):
        """Keep what the customer has signed or paid until the gate opens."""
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            # Safe: the mark of the customer's own signature or payment.
            order.sudo().write(
                {
                    "state": "sent",
                    "program_waiting_since": order.program_waiting_since or fields.Datetime.now(),
                }
            )
            order.message_post(
                body=self.env._(
                    "The customer has agreed. Signed, waiting for: %(missing)s",
                    missing=order.program_waiting_for or "",
                ),
                subtype_xmlid="mail.mt_note",
            )

    def _outbox_confirm_signed(self):
        """Confirm what the customer had signed, now that the gate is open."""
        if self.state == "sent" and self._gate_is_open():
            self.with_context(send_email=True).action_confirm()
            self.program_waiting_since = False


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.constrains("product_id")
    def _check_merged_hosting(self):
        """Nor is hosting added to what has been confirmed."""
        for order in self.order_id.filtered(lambda order: order.state == "sale"):
            if merged := order._merged_hosting():
                raise ValidationError(merged)


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """The payment's door: money that has come in is kept with a quotation that stays sent."""
        waiting = self.filtered(
            lambda tx: any(
                not order._gate_is_open() and order._is_confirmation_amount_reached()
                for order in tx.sale_order_ids
            )
        )
        waiting.sale_order_ids._program_hold()
        return super(PaymentTransaction, self - waiting)._check_amount_and_confirm_order()

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class BillingStatement(models.Model):
    """What a buyer is billed on a day, whichever books the seller keeps (DESIGN 4.4).

    Where the seller bills here it stands beside the seller's invoice; where the seller keeps
    its own books it is what is handed over.
    """

    _name = "billing.statement"
    _description = "Statement"
    _inherit = ["billing.billed.mixin"]
    _order = "billing_day desc, id desc"
    _rec_name = "reference"

    reference = fields.Char(readonly=True)
    seller_id = fields.Many2one(
        "program.partner", required=True, index=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict", readonly=True)
    billing_day = fields.Date(required=True, index=True, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("issued", "Issued")],
        default="draft",
        required=True,
        index=True,
        readonly=True,
    )
    route = fields.Selection(
        [("here", "Billed here"), ("own", "Seller's own books")], required=True, readonly=True
    )
    charge_ids = fields.One2many("billing.charge", "statement_id", readonly=True)
    amount_untaxed = fields.Monetary(
        string="Net", readonly=True, help="Without tax, where the taxes are known here."
    )
    amount_total = fields.Monetary(string="Total", readonly=True, help="What is to be paid.")
    company_amount = fields.Float(
        string="Net in the seller's currency", digits=(16, 2), readonly=True
    )
    tax_inside = fields.Boolean(
        readonly=True,
        help="The prices include tax, and the seller's own books split it off: net is not known.",
    )
    is_own = fields.Boolean(compute="_compute_is_own", help="The reader is its seller.")
    may_post = fields.Boolean(
        compute="_compute_may_post", help="The reader is its seller, or posts for it by mandate."
    )
    credit_of_id = fields.Many2one(
        "billing.statement",
        string="Takes back",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    supplement_of_id = fields.Many2one(
        "billing.statement",
        string="Supplement to",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="What was parked when this buyer's document of the day was made.",
    )
    move_ids = fields.One2many("account.move", "billing_statement_id", readonly=True)
    invoice_name = fields.Char(string="Invoice", compute="_compute_invoice")
    payment_state = fields.Char(compute="_compute_invoice")
    posted_run_id = fields.Many2one("billing.run", index="btree_not_null", ondelete="set null")

    @api.depends("seller_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        scope = self.env["program.isolation"]._scope()
        for statement in self:
            statement.is_own = scope.kind == "system" or statement.seller_id.id == scope.node_id

    @api.depends("move_ids.state", "move_ids.payment_state", "route")
    def _compute_invoice(self):
        for statement in self:
            # Safe: number and payment state of the document that the reader is party to.
            move = statement.sudo()._invoice()
            statement.invoice_name = move.name if move.state == "posted" else False
            labels = dict(move._fields["payment_state"]._description_selection(self.env))
            statement.payment_state = labels.get(move.payment_state, "")

    @api.depends("seller_id", "billing_day")
    @api.depends_context("uid")
    def _compute_may_post(self):
        scope = self.env["program.isolation"]._scope()
        held = self.env["billing.mandate"]._held_by(scope.node_id)
        begun = {one.seller_id.id: one._covers_from() for one in held}
        for statement in self:
            since = begun.get(statement.seller_id.id)
            mandated = since and statement.billing_day and statement.billing_day >= since
            statement.may_post = statement.is_own or bool(mandated)

    def _check_books(self):
        """:raises AccessError: but for finance of the seller, or of its upline by mandate"""
        # Safe: asks whose documents they are, tells nothing of them.
        self.env["billing.mandate"]._check_books(self.sudo(), "billing_day")

    def _check_seller(self):
        """:raises AccessError: but for finance of the seller itself"""
        scope = self.env["program.isolation"]._scope()
        if scope.kind == "system":
            return
        if not self.env.user.has_group("partner_governance.group_partner_finance"):
            raise AccessError(self.env._("Finance of the seller does this."))
        # Safe: compares the sellers with the caller's own node, tells nothing of them.
        if any(one.seller_id.id != scope.node_id for one in self.sudo()):
            raise AccessError(self.env._("Only its seller does this."))

    def _invoice(self):
        """The seller's document, empty in draft without one and on the route *own books*."""
        company = self.seller_id.company_id
        return self.move_ids.filtered(
            lambda move: move.is_sale_document() and move.company_id == company
        )[:1]

    def _export(self):
        """The statement and its charges as JSON values; amounts are strings."""
        self.ensure_one()
        # Safe: names of the two parties of a statement that the reader may read.
        own = self.sudo()
        places = self.currency_id.decimal_places
        return {
            "reference": self.reference,
            "seller": own.seller_id.name,
            "buyer": own.buyer_id.name or own.customer_id.name,
            "currency": self.currency_id.name,
            "billing_day": self.billing_day.isoformat(),
            "invoice": self.invoice_name or None,
            "order_number": self.order_number or None,
            "supplement_to": own.supplement_of_id.reference or None,
            "takes_back": own.credit_of_id.reference or None,
            "net": None if self.tax_inside else f"{self.amount_untaxed:.{places}f}",
            "total": f"{self.amount_total:.{places}f}",
            "charges": [
                {
                    "tenant": charge.tenant_id.display_name or None,
                    "component": charge.component_code,
                    "kind": charge.kind,
                    "period_start": charge.period_start.isoformat(),
                    "period_end": charge.period_end.isoformat(),
                    "revision": charge.revision,
                    "quantity": f"{charge.quantity:f}",
                    "included": f"{charge.included:f}",
                    "amount": f"{charge.amount:.{places}f}",
                    "reason": charge.reason,
                }
                for charge in own.charge_ids
            ],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        if any(statement.state != "draft" for statement in self):
            raise UserError(self.env._("An issued statement is never deleted."))

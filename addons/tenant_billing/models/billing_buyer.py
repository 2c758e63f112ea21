from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..adapters.holds import pair

# What a buyer may say of itself; all else is its seller's.
BUYERS_OWN = frozenset(("order_number",))


class BillingBuyer(models.Model):
    """What a seller has to know to bill one buyer: its order number and where to send to."""

    _name = "billing.buyer"
    _description = "Billing details of a buyer"
    _rec_name = "display_name"

    seller_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["program.isolation"]._scope().node_id or False,
    )
    buyer_id = fields.Many2one(
        "program.partner",
        string="Partner",
        index=True,
        ondelete="restrict",
        domain="[('upline_id', '=', seller_id)]",
    )
    customer_id = fields.Many2one(
        "res.partner", index=True, ondelete="restrict", domain="[('is_company', '=', True)]"
    )
    order_required = fields.Boolean(
        string="Order number demanded", help="Without one its drafts are held."
    )
    order_number = fields.Char(string="Buyer's order number")
    email = fields.Char(string="Send to", help="Empty: the e-mail of the buyer's company.")
    send_ubl = fields.Boolean(
        string="With UBL", help="The electronic invoice (UBL) is attached to the mail."
    )

    _one_buyer = models.Constraint(
        "CHECK ((buyer_id IS NULL) <> (customer_id IS NULL))",
        "It is about one buyer: a partner or a customer.",
    )
    _pair_uniq = models.UniqueIndex(
        "(seller_id, buyer_id, customer_id) NULLS NOT DISTINCT", "This buyer has its details."
    )

    @api.depends("buyer_id", "customer_id")
    def _compute_display_name(self):
        for one in self:
            # Safe: the names of the two parties, one of which reads.
            one.display_name = one.sudo().buyer_id.name or one.sudo().customer_id.name

    @api.model
    def _of(self, statements):
        """``{(seller, buyer, customer): details}`` of the statements' pairs, as the system."""
        # Safe: read by the system, to bill and to send.
        rows = self.sudo().search([("seller_id", "in", statements.seller_id.ids)])
        return {pair(one): one for one in rows}

    def _order_missing(self):
        return self.order_required and not (self.order_number or "").strip()

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        # Safe: asks the rules of drafts of these very parties.
        found.filtered("order_required").sudo()._ask_again()
        return found

    def write(self, vals):
        if vals.keys() - BUYERS_OWN:
            self._check_seller()
        done = super().write(vals)
        if vals.keys() & {"order_number", "order_required"}:
            # Safe: asks the rules of drafts of these very parties.
            self.sudo()._ask_again()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_own(self):
        self._check_seller()

    def _check_seller(self):
        if not self.env["program.isolation"]._is_of_own_node(self, "seller_id"):
            raise AccessError(self.env._("Only its seller says how a buyer is billed."))

    def _ask_again(self):
        """Ask the rules again of the drafts for these buyers that nobody has released."""
        drafts = self.env["billing.statement"].search(
            [
                ("hold_state", "!=", "released"),
                ("state", "=", "draft"),
                ("seller_id", "in", self.seller_id.ids),
            ]
        )
        pairs = {pair(one) for one in self}
        drafts.filtered(lambda one: pair(one) in pairs)._hold()


class BillingStatement(models.Model):
    _inherit = "billing.statement"

    order_number = fields.Char(string="Buyer's order number", readonly=True, copy=False)

    def _write_order_numbers(self):
        """The number of the day of issue, on the statement and on its invoice."""
        details = self.env["billing.buyer"]._of(self)
        for one in self:
            number = details.get(pair(one)) and (details[pair(one)].order_number or "").strip()
            if number:
                one.order_number = number
                one._invoice().ref = number

from odoo import fields, models

CHANGES = [
    ("closes", "Closes"),
    ("opens", "Opens"),
    ("stays", "Stays"),
    ("ends", "Ends"),
]


class BillingHandoverLeg(models.Model):
    """A contract in a change of hands, without its money: who sells to whom, on whose list."""

    _name = "billing.handover.leg"
    _description = "Contract in a change of hands"
    _order = "subscription_id, sequence, id"

    handover_id = fields.Many2one("billing.handover", required=True, index=True, ondelete="cascade")
    subscription_id = fields.Many2one("billing.subscription", required=True, ondelete="cascade")
    sequence = fields.Integer()
    change = fields.Selection(CHANGES, required=True)
    party = fields.Char(string="Seller → buyer")
    day = fields.Date(string="On")
    book = fields.Char(string="Price book", help="Whose prices hold.")
    term_until = fields.Date(string="Bound until", help="A commitment that is to be settled.")


class BillingHandoverAmount(models.Model):
    """A last charge or credit, or a first charge, for the two parties of its contract."""

    _name = "billing.handover.amount"
    _description = "Amount in a change of hands"
    _order = "handover_id, party, change, period_start, id"

    handover_id = fields.Many2one("billing.handover", required=True, index=True, ondelete="cascade")
    change = fields.Selection(CHANGES, required=True)
    seller_id = fields.Many2one("program.partner", required=True, index=True, ondelete="cascade")
    buyer_id = fields.Many2one("program.partner", index=True, ondelete="cascade")
    party = fields.Char(string="Seller → buyer")
    component = fields.Char()
    period_start = fields.Date(string="From")
    period_end = fields.Date(string="Until")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="cascade")
    amount = fields.Monetary()

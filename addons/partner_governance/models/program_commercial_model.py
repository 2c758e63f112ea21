from odoo import fields, models


class ProgramCommercialModel(models.Model):
    """Referral, resale, white-label, OEM: what a partner of this model may sell and owes."""

    _name = "program.commercial.model"
    _description = "Commercial model"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("platform", "Platform operator"),
            ("referral", "Referral"),
            ("resale", "Resale"),
            ("white_label", "White-label"),
            ("oem", "OEM"),
        ],
        required=True,
    )
    sequence = fields.Integer(default=10)
    best_fit = fields.Char(translate=True)
    revenue_streams = fields.Char(string="Primary revenue streams", translate=True)
    governance_need = fields.Char(string="Key governance need", translate=True)
    invoices_customer = fields.Boolean(
        string="Invoices the customer",
        help="The partner sells in its own name. A referral partner does not.",
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "This commercial model exists already.")

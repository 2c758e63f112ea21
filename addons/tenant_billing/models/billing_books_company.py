from odoo import fields, models


class BillingBooksCompany(models.Model):
    """A company of a seller's own Odoo, as its test found it: one of them has the books."""

    _name = "billing.books.company"
    _description = "Company of a seller's own Odoo"
    _order = "books_id, name, id"

    books_id = fields.Many2one("billing.books", required=True, index=True, ondelete="cascade")
    seller_id = fields.Many2one(
        related="books_id.seller_id", store=True, index=True, ondelete="restrict"
    )
    name = fields.Char(required=True, readonly=True)
    remote_id = fields.Integer(string="Number there", required=True, readonly=True)
    begun = fields.Char(
        string="Made there on",
        readonly=True,
        help="With its number it tells one database from another.",
    )

    _remote_uniq = models.Constraint(
        "UNIQUE (books_id, remote_id)", "This company of your Odoo is there already."
    )

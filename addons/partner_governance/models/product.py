from odoo import fields, models


class ProductTemplate(models.Model):
    """A product belongs to a node, and may be published to that node's branch."""

    _name = "product.template"
    _inherit = ["product.template", "program.node.mixin"]

    program_published = fields.Boolean(
        string="Published to the branch", help="Partners below may sell it too."
    )
    program_is_recurring = fields.Boolean(
        string="Hosting, charged again and again",
        help="It never stands on a quotation beside what is charged once: it is offered apart.",
    )


class ProductPricelist(models.Model):
    _name = "product.pricelist"
    _inherit = ["product.pricelist", "program.node.mixin"]

    program_published = fields.Boolean(string="Published to the branch")

from odoo import fields, models


class GovernanceConnector(models.Model):
    """A third party's connector: how risky it is, which data pass through, who answers (PG-143)."""

    _name = "governance.connector"
    _description = "Connector"
    _inherit = ["mail.thread", "program.node.mixin", "governance.owned.mixin"]
    _order = "review_date, name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    vendor = fields.Char(string="Third party", required=True)
    risk_class = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")],
        required=True,
        default="medium",
        index=True,
        tracking=True,
    )
    is_payment = fields.Boolean(string="Handles payments", tracking=True)
    data_category_ids = fields.Many2many("governance.data.category", string="Data that pass")
    is_personal = fields.Boolean(string="Personal data", help="Data of customers or staff pass.")
    agreement = fields.Char(
        string="Data agreement", help="Where the agreement on processing is kept."
    )
    review_date = fields.Date(required=True, tracking=True)
    owner_id = fields.Many2one(tracking=True)

    _payment_is_risky = models.Constraint(
        "CHECK (NOT is_payment OR risk_class <> 'low')",
        "A connector that handles payments is of medium risk at least.",
    )
    _personal_has_agreement = models.Constraint(
        "CHECK (NOT is_personal OR agreement IS NOT NULL)",
        "Personal data pass: say where the data agreement is kept.",
    )


class GovernanceDataCategory(models.Model):
    """What kind of data passes through a connector."""

    _name = "governance.data.category"
    _description = "Category of data"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_personal = fields.Boolean(string="Personal")

    _name_uniq = models.Constraint("UNIQUE (name)", "This category exists already.")

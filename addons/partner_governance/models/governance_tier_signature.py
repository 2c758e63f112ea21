from odoo import fields, models


class GovernanceTierSignature(models.Model):
    _inherit = "governance.tier.signature"

    gate_id = fields.Many2one(
        "governance.gate",
        string="At the gate",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env.ref(
            "partner_governance.gate_commercial", raise_if_not_found=False
        ),
    )
    side = fields.Selection(
        [("implementation", "Implementation"), ("operations", "Platform operations")],
        required=True,
        default="implementation",
        help="A checkpoint of both needs one signature from each side (PG-114).",
    )

from odoo import fields, models


class ProgramRevenueStream(models.Model):
    """A stream of revenue by its code: what a commercial model may sell (PG-011)."""

    _name = "program.revenue.stream"
    _description = "Revenue stream"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The same word as on components of plans.")
    sequence = fields.Integer(default=10)

    _code_uniq = models.Constraint("UNIQUE (code)", "A stream with this code exists already.")


class ProgramCommercialModel(models.Model):
    _inherit = "program.commercial.model"

    stream_ids = fields.Many2many(
        "program.revenue.stream",
        string="May sell",
        help="Streams that a partner of this model may sell. None named: all.",
    )
    has_brand = fields.Boolean(
        string="Sells under its own brand",
        default=True,
        help="A referral partner does not: its customers see the brand of the seller.",
    )
    has_tenancy = fields.Boolean(string="Has tenants of its own", default=True)
    master_may_invite = fields.Boolean(
        string="Masters may invite", help="Else partners of this model are invited by the platform."
    )
    requirement_ids = fields.One2many("program.model.requirement", "commercial_model_id")

    def _allows_stream(self, code):
        """Whether partners of this model may sell the stream ``code``."""
        self.ensure_one()
        return not self.stream_ids or code in self.stream_ids.mapped("code")

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..adapters import splits as adapter
from ..adapters.prices import decimal
from ..engine.splitting import shares
from .billing_plan_component import STREAMS

HUNDRED = decimal(100)


class BillingPriceSplit(models.Model):
    """What a bundle's price is made of: its buyer pays one line, its seller reads its margin by
    stream (TB-027)."""

    _name = "billing.price.split"
    _description = "Part of a bundle price"
    _order = "price_id, sequence, id"
    _rec_name = "stream"

    price_id = fields.Many2one("billing.price", required=True, index=True, ondelete="cascade")
    seller_id = fields.Many2one(related="price_id.seller_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    stream = fields.Selection(STREAMS, required=True)
    part = fields.Float(
        digits=(16, 4),
        required=True,
        help="Percent of the price, which together are 100, or amounts, which together are the "
        "price.",
    )

    _part = models.Constraint("CHECK (part > 0)", "A part of a bundle is above nothing.")
    _stream_uniq = models.Constraint(
        "UNIQUE (price_id, stream)", "This stream is a part of the bundle already."
    )

    @api.constrains("part", "price_id")
    def _check_sum(self):
        self.price_id._check_split()

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.price_id.book_id._check_own()
        return parts

    def write(self, vals):
        self.price_id.book_id._check_own()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_own(self):
        self.price_id.book_id._check_own()


class BillingPrice(models.Model):
    _inherit = "billing.price"

    split_ids = fields.One2many(
        "billing.price.split", "price_id", string="Split by stream", copy=True
    )

    @api.constrains("split_ids", "amount", "price_model")
    def _check_split(self):
        for price in self.filtered("split_ids"):
            total = sum(map(decimal, price.split_ids.mapped("part")), decimal(0))
            if total not in (HUNDRED, decimal(price.amount)):
                raise ValidationError(
                    self.env._(
                        "The parts of “%(code)s” are %(total)s together: make them 100 percent, "
                        "or the price of %(amount)s.",
                        code=price.code,
                        total=f"{total.normalize():f}",
                        amount=f"{price.amount:g}",
                    )
                )

    def _parts(self):
        """Commands for the same parts on another price, whatever that costs: as percents."""
        if not self.split_ids:
            return []
        percents = shares(HUNDRED, [decimal(part.part) for part in self.split_ids], 4)
        return [
            Command.create({"stream": part.stream, "part": float(percent)})
            for part, percent in zip(self.split_ids, percents, strict=True)
        ]

    def copy_data(self, default=None):
        """Parts that are amounts become percents: the copy may cost something else."""
        found = super().copy_data(default)
        for price, values in zip(self, found, strict=True):
            if "split_ids" in values and "split_ids" not in (default or {}):
                values["split_ids"] = price._parts()
        return found

    def action_open_split(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bundle %(code)s", code=self.code),
            "res_model": "billing.price",
            "res_id": self.id,
            "view_mode": "form",
            "view_id": self.env.ref("tenant_billing.billing_price_view_form_split").id,
            "target": "new",
        }


class BillingChargeSplit(models.Model):
    """A charge by the streams that its price is made of; sums to it to the cent. Its seller's
    alone."""

    _name = "billing.charge.split"
    _description = "Charge by stream"
    _order = "charge_id, id"
    _rec_name = "stream"

    charge_id = fields.Many2one("billing.charge", required=True, index=True, ondelete="restrict")
    seller_id = fields.Many2one("program.partner", required=True, index=True, ondelete="restrict")
    currency_id = fields.Many2one(related="charge_id.currency_id")
    stream = fields.Selection(STREAMS, required=True)
    amount = fields.Monetary(required=True)
    company_amount = fields.Float(digits=(16, 2), help="In the seller's currency, without tax.")


class BillingCharge(models.Model):
    _inherit = "billing.charge"

    split_ids = fields.One2many("billing.charge.split", "charge_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        charges = super().create(vals_list)
        charges._split()
        return charges

    def _split(self):
        """Write what each charge of a bundle is made of, by the price of its days."""
        # Safe: ledger rows are made by the system; a split is read by their seller alone.
        rows = self.sudo()
        rows.env["billing.charge.split"].create(
            adapter.split_values(rows, adapter.read_splits(rows))
        )

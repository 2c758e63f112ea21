from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..adapters.facts import first_day
from ..adapters.prices import decimal
from ..adapters.terms import version_on
from ..engine.money import round_money
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

    def copy_data(self, default=None):
        """Parts that are amounts become percents: the copy may cost something else."""
        found = super().copy_data(default)
        for price, values in zip(self, found, strict=True):
            parts = [decimal(part.part) for part in price.split_ids]
            if parts and sum(parts) != HUNDRED:
                values["split_ids"] = [
                    Command.create({"stream": part.stream, "part": float(percent)})
                    for part, percent in zip(
                        price.split_ids, shares(HUNDRED, parts, 4), strict=True
                    )
                ]
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
        """Write what each charge of a bundle is made of, by the price of its first day."""
        # Safe: ledger rows are made by the system; a split is read by their seller alone.
        lines = self.sudo().leg_id.price_book_id._lineages()
        priced = (
            self.env["billing.price"]
            .sudo()
            .search(
                [
                    ("book_id", "in", [book.id for line in lines.values() for book in line]),
                    ("code", "in", list(set(self.mapped("component_code")))),
                    ("split_ids", "!=", False),
                ]
            )
            .sorted(first_day)
            .grouped(lambda price: (price.book_id, price.code))
        )
        if not priced:
            return
        values = []
        for charge in self:
            book = charge.leg_id.price_book_id
            versions = next(
                (
                    priced[each, charge.component_code]
                    # A side leg has no book.
                    for each in lines.get(book, ())
                    if (each, charge.component_code) in priced
                ),
                None,
            )
            if versions:
                parts = version_on(versions, charge.period_start).split_ids
                weights = [decimal(part.part) for part in parts]
                places = charge.currency_id.decimal_places
                amounts = shares(decimal(charge.amount), weights, places)
                nets = shares(round_money(decimal(charge.company_amount), 2), weights, 2)
                values += [
                    {
                        "charge_id": charge.id,
                        "seller_id": charge.seller_id.id,
                        "stream": part.stream,
                        "amount": float(amount),
                        "company_amount": float(net),
                    }
                    for part, amount, net in zip(parts, amounts, nets, strict=True)
                    if amount or net
                ]
        self.env["billing.charge.split"].sudo().create(values)

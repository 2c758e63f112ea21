from decimal import InvalidOperation

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..adapters import prices
from ..engine.books import marked_up, marked_up_amount
from ..engine.drivers import is_per_user
from ..engine.pricing import price_problems
from ..exceptions import message

DIGITS = (16, 8)


PRICE_MODELS = [
    ("flat", "Flat"),
    ("per_unit", "Per unit"),
    ("package", "Per package"),
    ("graduated", "Graduated tiers"),
    ("volume", "Volume tiers"),
]


class BillingPriceMixin(models.AbstractModel):
    """A price by one of five models, with its allowance and minimum (DESIGN 4.5, 6)."""

    _name = "billing.price.mixin"
    _description = "Has a price"

    price_model = fields.Selection(PRICE_MODELS, required=True, default="per_unit")
    amount = fields.Float(
        string="Rate",
        digits=DIGITS,
        min_display_digits=2,
        help="For flat, unit and package prices.",
    )
    package_size = fields.Float(digits=DIGITS)
    tiers = fields.Json(
        string="Tiers (data)",
        help='[{"up_to": "200", "unit": "0.20", "flat": "0"}], up_to null: open.',
    )
    tiers_text = fields.Text(
        string="Tiers",
        compute="_compute_tiers_text",
        readonly=False,
        help="One tier a line: up to; price per unit; flat. The last one is open: *; 0.15",
    )
    included = fields.Float(digits=DIGITS, help="Taken off the quantity before it is priced.")
    minimum = fields.Float(
        digits=DIGITS, min_display_digits=2, help="Lowest amount of a full period; 0 for none."
    )
    maximum = fields.Float(
        digits=DIGITS, min_display_digits=2, help="Highest amount of a full period; 0 for none."
    )
    charged_when_paused = fields.Boolean(
        help="Goes on while a subscription is paused, e.g. storage that is kept."
    )

    @api.depends("tiers")
    def _compute_tiers_text(self):
        for record in self:
            record.tiers_text = prices.tiers_text(record.tiers)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_tiers(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_tiers(vals))

    @api.model
    def _with_tiers(self, vals):
        """Values with typed tiers as data. No inverse: the price is checked before it would run."""
        if "tiers_text" not in vals:
            return vals
        rest = {name: value for name, value in vals.items() if name != "tiers_text"}
        try:
            return {**rest, "tiers": prices.tiers_from_text(vals["tiers_text"])}
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%(line)s” is no tier. Write: up to; price per unit; flat.", line=str(error)
                )
            ) from error

    @api.constrains(
        "price_model", "amount", "package_size", "tiers", "included", "minimum", "maximum"
    )
    def _check_price(self):
        for record in self:
            try:
                problems = price_problems(prices.engine_price(record))
            except (InvalidOperation, KeyError, TypeError, AttributeError) as error:
                raise ValidationError(message(self.env, "no_tiers")) from error
            if problems:
                first = problems[0]
                raise ValidationError(message(self.env, first.code, path=first.path))
            if min(record.included, record.minimum, record.maximum) < 0:
                raise ValidationError(
                    message(self.env, "negative", path="included, minimum, maximum")
                )
            if 0 < record.maximum < record.minimum:
                raise ValidationError(
                    self.env._("The maximum is below the minimum: raise it, or set 0 for none.")
                )

    def _price_values(self):
        """The price as values for another record that has one."""
        return {name: self[name] for name in prices.PRICE_FIELDS}

    def _marked_up(self, percent, step):
        """Values of the price raised by ``percent`` and rounded to ``step`` (Decimals)."""
        price = marked_up(prices.engine_price(self), percent, step)
        limits = {
            name: float(marked_up_amount(prices.decimal(self[name]), percent, step))
            for name in ("minimum", "maximum")
        }
        return {
            **self._price_values(),
            **limits,
            "amount": float(price.amount),
            "tiers": prices.price_json(price).get("tiers", False),
        }

    @api.model
    def _refuse_per_user(self, codes):
        """Hosting is priced by infrastructure, never by people (TB-012, TB-014)."""
        for code in codes:
            if code and is_per_user(code):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” prices by user or seat, which is refused: price what the "
                        "tenant uses.",
                        code=code,
                    )
                )

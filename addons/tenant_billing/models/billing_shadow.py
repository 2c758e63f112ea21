import base64
from datetime import timedelta
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..adapters import shadow as adapter
from ..adapters.table_file import Unreadable, read_table
from ..engine import shadow as engine
from ..engine import sheet
from ..exceptions import message

SHOWN = 200
CAUSES = [
    ("equal", "Equal"),
    ("rounding", "Rounding"),
    ("tax", "With and without tax"),
    ("quantity", "Quantity"),
    ("price", "Price"),
    ("missing_here", "Only there"),
    ("missing_there", "Only here"),
    ("amount", "Amount"),
]


class BillingShadow(models.Model):
    """A month of a seller beside the invoices of its earlier system: nothing is booked for it
    (TB-067, TRADE 10)."""

    _name = "billing.shadow"
    _description = "Month in shadow"
    _order = "month desc, id desc"
    _rec_name = "month"

    seller_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["program.node.mixin"]._default_program_node(),
        readonly=True,
    )
    month = fields.Date(
        required=True,
        default=lambda self: self._default_month(),
        help="Any day of it: what is due in this month is compared.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    file = fields.Binary(string="Invoices of the earlier system", attachment=True)
    file_name = fields.Char()
    line_ids = fields.One2many("billing.shadow.line", "shadow_id", readonly=True)
    problem_ids = fields.One2many("billing.shadow.problem", "shadow_id", readonly=True)
    own_total = fields.Monetary(string="Here", readonly=True)
    old_total = fields.Monetary(string="Earlier system", readonly=True)
    difference = fields.Monetary(readonly=True)
    different_count = fields.Integer(string="Buyers that differ", readonly=True)
    other_months = fields.Integer(string="Rows of other months", readonly=True)
    compared_at = fields.Datetime(readonly=True)

    def _default_month(self):
        today = self.env["billing.run"]._clock().date()
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)

    @api.depends("month", "seller_id")
    def _compute_display_name(self):
        for shadow in self:
            shadow.display_name = f"{shadow.seller_id.name or ''} {shadow.month or ''}"[:-3]

    def action_compare(self):
        """Rate the month, read the file, and show the differences with their causes."""
        self.ensure_one()
        self.check_access("write")
        first = self.month.replace(day=1)
        until = (first + timedelta(days=32)).replace(day=1)
        # Safe: the seller's own contracts, for whoever may write its comparison.
        own = self.sudo()
        legs = own.env["billing.leg"].search(
            [
                ("seller_id", "=", self.seller_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("date_from", "<", until),
                ("subscription_id.state", "!=", "draft"),
            ]
        )
        rows, gross, failed = adapter.rated(legs, first, until)
        old, problems, others = self._read(first, legs, rows)
        problems += [self._failed(leg, reason) for leg, reason in failed]
        unit = Decimal(1).scaleb(-self.currency_id.decimal_places)
        found = engine.compare(rows, old, unit, gross) if not problems else []
        names = {adapter.buyer_of(leg): leg._contact().display_name for leg in legs}
        lines = [Command.create(_line(one, names)) for one in found]
        different = {one.buyer for one in found if one.cause != "equal"}
        own.write(
            {
                "line_ids": [Command.clear(), *lines],
                "problem_ids": [Command.clear(), *map(Command.create, problems[:SHOWN])],
                "own_total": float(sum(one.own for one in found)),
                "old_total": float(sum(one.old for one in found)),
                "difference": float(sum(one.own - one.old for one in found)),
                "different_count": len(different),
                "other_months": others,
                "compared_at": fields.Datetime.now(),
            }
        )
        return True

    def _read(self, first, legs, rated):
        """The file's rows, or what is wrong with it: taken whole or not at all."""
        try:
            table = read_table(base64.b64decode(self.file or b""), self.file_name or "")
        except Unreadable as error:
            raise UserError(message(self.env, error.code, **error.params)) from error
        components = {}
        for leg in legs:
            codes = components.setdefault(adapter.buyer_of(leg), set())
            codes.update(adapter.codes_of(leg))
        names = adapter.names_of(legs)
        old, problems, columns, others = engine.read(table, first, names, components)
        return old, [self._problem(columns, one) for one in problems], others

    def _problem(self, columns, problem):
        name = problem.column or self.env._("the file")
        position = columns.get(problem.column)
        return {
            "row": problem.row,
            "column": sheet.letter(position) if position is not None else "",
            "text": problem.text,
            "sentence": message(
                self.env, problem.code, **{"field": name, "text": problem.text, **problem.params}
            ),
        }

    def _failed(self, leg, reason):
        return {"text": leg.subscription_id.display_name, "sentence": reason}


class BillingShadowLine(models.Model):
    """One buyer, or one component of a buyer, on both sides."""

    _name = "billing.shadow.line"
    _description = "Difference to an earlier system"
    _order = "shadow_id, different desc, name, id"

    shadow_id = fields.Many2one("billing.shadow", required=True, index=True, ondelete="cascade")
    seller_id = fields.Many2one(related="shadow_id.seller_id", store=True, index=True)
    currency_id = fields.Many2one(related="shadow_id.currency_id")
    name = fields.Char(string="Buyer", readonly=True)
    component = fields.Char(readonly=True)
    own_amount = fields.Monetary(string="Here", readonly=True)
    old_amount = fields.Monetary(string="Earlier system", readonly=True)
    difference = fields.Monetary(readonly=True)
    own_quantity = fields.Float(string="Quantity here", digits=(24, 9), readonly=True)
    old_quantity = fields.Float(string="Quantity there", digits=(24, 9), readonly=True)
    cause = fields.Selection(CAUSES, readonly=True)
    different = fields.Boolean(readonly=True)
    note = fields.Char(help="What was found out about it.")


class BillingShadowProblem(models.Model):
    """A cell of the earlier system's file that cannot be taken, or a contract not rated."""

    _name = "billing.shadow.problem"
    _description = "Problem of a comparison"
    _order = "row, id"

    shadow_id = fields.Many2one("billing.shadow", required=True, index=True, ondelete="cascade")
    seller_id = fields.Many2one(related="shadow_id.seller_id", store=True, index=True)
    row = fields.Integer(readonly=True)
    column = fields.Char(readonly=True)
    text = fields.Char(string="Stands there", readonly=True)
    sentence = fields.Char(string="Problem", readonly=True)


def _line(one, names):
    return {
        "name": names.get(one.buyer, ""),
        "component": one.component,
        "own_amount": float(one.own),
        "old_amount": float(one.old),
        "difference": float(one.own - one.old),
        "own_quantity": float(one.own_quantity or 0),
        "old_quantity": float(one.old_quantity or 0),
        "cause": one.cause,
        "different": one.cause != "equal",
    }

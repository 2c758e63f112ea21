import base64
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..adapters import shadow as adapter
from ..adapters.usage_file import Unreadable, read_table
from ..engine import shadow
from ..exceptions import message

SHOWN = 200


class BillingShadow(models.Model):
    """A month as it would be billed here, against what an earlier system billed: nothing is
    booked and nothing posted (TB-067, TRADE 10)."""

    _name = "billing.shadow"
    _description = "Shadow month"
    _order = "month desc, id desc"
    _rec_name = "month"

    seller_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["program.node.mixin"]._default_program_node(),
    )
    month = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(months=-1, day=1),
        help="Any day of it.",
    )
    file = fields.Binary(attachment=False, help="CSV or XLSX: buyer, month, amount.")
    file_name = fields.Char()
    problems = fields.Text(readonly=True, help="Cells that cannot be taken.")
    compared_at = fields.Datetime(readonly=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    line_ids = fields.One2many("billing.shadow.line", "shadow_id", readonly=True)
    there_total = fields.Monetary(string="Earlier system", compute="_compute_totals")
    here_total = fields.Monetary(string="Here", compute="_compute_totals")
    open_count = fields.Integer(string="Differences", compute="_compute_totals")

    @api.depends("line_ids.there", "line_ids.here", "line_ids.cause")
    def _compute_totals(self):
        for one in self:
            one.there_total = sum(one.line_ids.mapped("there"))
            one.here_total = sum(one.line_ids.mapped("here"))
            one.open_count = len(one.line_ids.filtered(lambda line: line.cause != "equal"))

    def action_compare(self):
        """Rate the month and compare it with the file; a file is taken whole or not at all."""
        for one in self:
            one.check_access("write")
            scope = self.env["program.isolation"]._scope()
            if scope.kind != "system" and one.sudo().seller_id.id != scope.node_id:
                raise AccessError(self.env._("Only the seller compares its own months."))
            # Safe: the seller's own contracts, checked above, and what they say of themselves.
            one.sudo()._compare()
        return True

    def _legs(self):
        return self.env["billing.leg"].search(
            [
                ("seller_id", "=", self.seller_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("subscription_id.state", "!=", "draft"),
            ]
        )

    def _compare(self):
        first = self.month.replace(day=1)
        last = first + relativedelta(months=1) - timedelta(days=1)
        legs = self._legs()
        there, problems = self._there(legs, first)
        if problems:
            more = len(problems) - SHOWN
            text = problems[:SHOWN] + ([f"… +{more}"] if more > 0 else [])
            self.write({"problems": "\n".join(text), "line_ids": [Command.clear()]})
            return
        here, taxes = adapter.read_here(legs, first, last)
        found = shadow.compare(there, here, taxes, self.currency_id.decimal_places)
        self.write(
            {
                "problems": False,
                "compared_at": fields.Datetime.now(),
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "buyer_name": each.buyer.name,
                                "component": each.component,
                                "there": float(each.there),
                                "here": float(each.here),
                                "difference": float(each.here - each.there),
                                "cause": each.cause,
                            }
                        )
                        for each in sorted(
                            found, key=lambda each: (each.buyer.name or "", each.component or "")
                        )
                    ),
                ],
            }
        )

    def _there(self, legs, first):
        """The earlier system's rows, and a sentence for each bad cell."""
        try:
            table = read_table(base64.b64decode(self.file or b""), self.file_name or "")
        except Unreadable as error:
            raise UserError(message(self.env, error.code, **error.params)) from error
        found = shadow.read(table, first)
        buyers, components = adapter.by_name(legs), adapter.by_component(legs)
        problems, rows = list(found.problems), []
        for number, (name, amount, component, quantity) in found.rows.items():
            contacts = buyers.get(name.lower(), legs.customer_id.browse())
            if len(contacts) != 1:
                code = "shadow_buyers" if contacts else "shadow_buyer"
                problems.append(shadow.Problem(number, "buyer", shadow.shown(name), code))
            code = components.get(component.lower()) if component else None
            if component and not code:
                text = shadow.shown(component)
                problems.append(shadow.Problem(number, "component", text, "shadow_component"))
            rows.append(shadow.Billed(contacts[:1], amount, code, quantity))
        problems.sort(key=lambda each: each.row)
        return rows, [self._sentence(each) for each in problems]

    def _sentence(self, problem):
        name = problem.column or self.env._("the file")
        text = message(
            self.env, problem.code, **{"field": name, "text": problem.text, **problem.params}
        )
        return self.env._(
            "Row %(row)s, %(column)s “%(text)s”: %(sentence)s",
            row=problem.row,
            column=name,
            text=problem.text,
            sentence=text,
        )


class BillingShadowLine(models.Model):
    """A buyer, or a component of one, in a shadow month."""

    _name = "billing.shadow.line"
    _description = "Difference in a shadow month"
    _order = "shadow_id, buyer_name, component, id"
    _rec_name = "buyer_name"

    shadow_id = fields.Many2one("billing.shadow", required=True, index=True, ondelete="cascade")
    seller_id = fields.Many2one(related="shadow_id.seller_id", store=True, index=True)
    currency_id = fields.Many2one(related="shadow_id.currency_id")
    buyer_name = fields.Char(string="Buyer", readonly=True)
    component = fields.Char(readonly=True)
    there = fields.Monetary(string="Earlier system", readonly=True)
    here = fields.Monetary(readonly=True)
    difference = fields.Monetary(readonly=True)
    cause = fields.Selection(
        [
            ("equal", "Equal"),
            ("missing_here", "Missing here"),
            ("missing_there", "Missing in the earlier system"),
            ("quantity", "Quantity"),
            ("price", "Price"),
            ("tax", "Tax"),
            ("rounding", "Rounding"),
            ("unexplained", "Not known: give components"),
        ],
        readonly=True,
    )

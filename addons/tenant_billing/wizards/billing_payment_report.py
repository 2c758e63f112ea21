import base64
import json

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..adapters.prices import decimal
from ..adapters.table_file import MAX_BYTES, Unreadable, read_table
from ..engine.payment_report import HEADINGS, reports
from ..exceptions import message

SHOWN = 20


class BillingPaymentReport(models.TransientModel):
    """A file of what was paid, from a seller's own books: CSV, XLSX or JSON with the headings
    reference, state (open, part, paid), amount, date; taken whole or not at all."""

    _name = "billing.payment.report"
    _description = "Report of payments"

    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()

    def action_take(self):
        """:raises UserError: naming the rows that cannot be taken; then nothing is"""
        self.ensure_one()
        if not self.env.user.has_group("partner_governance.group_partner_finance"):
            raise AccessError(self.env._("Finance reports payments."))
        scope = self.env["program.isolation"]._scope()
        rows = self._rows()
        Statement = self.env["billing.statement"]
        found = Statement.search_fetch(
            [
                ("seller_id", "=", scope.node_id),
                ("route", "=", "own"),
                ("state", "=", "issued"),
                ("reference", "in", [str(row.get("reference") or "").strip() for row in rows]),
            ],
            ["reference", "amount_total"],
        )
        known = {one.reference: one for one in found}
        made, problems = reports(
            rows, {name: decimal(one.amount_total) for name, one in known.items()}
        )
        if problems:
            lines = [
                message(self.env, each.code, row=each.row, field=each.field)
                for each in problems[:SHOWN]
            ]
            raise UserError(self.env._("Nothing was taken.\n%(lines)s", lines="\n".join(lines)))
        for each in made:
            amount = None if each.amount is None else float(each.amount)
            known[each.reference]._report(each.state, amount, each.day)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s statements reported.", count=len(made)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _rows(self):
        """Rows of the file by heading.

        :raises UserError: where it is no such file
        """
        data = base64.b64decode(self.file or b"")
        name = (self.file_name or "").lower()
        try:
            if name.endswith(".json"):
                return self._json_rows(data)
            table = read_table(data, name)
        except Unreadable as error:
            raise UserError(message(self.env, error.code, **error.params)) from error
        headings = [str(cell or "").strip().lower() for cell in (table[0] if table else [])]
        if "reference" not in headings or not {"state", "amount"} & set(headings):
            raise UserError(message(self.env, "payment_headings"))
        return [
            dict(zip(headings, row, strict=False))
            for row in table[1:]
            if any(cell not in (None, "") for cell in row)
        ]

    def _json_rows(self, data):
        if len(data) > MAX_BYTES:
            raise Unreadable("sheet_large", megabytes=MAX_BYTES // 1024 // 1024)
        try:
            rows = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise UserError(message(self.env, "payment_headings")) from error
        if isinstance(rows, dict):
            rows = rows.get("payments")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UserError(message(self.env, "payment_headings"))
        return [{name: row.get(name) for name in HEADINGS} for row in rows]

import base64
from contextlib import suppress
from math import isfinite

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base.models.res_partner import _tz_get

from ..adapters.table_file import Unreadable, read_table
from ..engine import sheet as sheets
from ..engine import usage_sheet
from ..exceptions import message

OLDEST_DAYS = 400
SHOWN = 200


class BillingUsageImport(models.TransientModel):
    """A file of usage: looked at first, then taken whole or not at all."""

    _name = "billing.usage.import"
    _description = "Import of usage"

    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    timezone = fields.Selection(
        _tz_get,
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Of times that stand without an offset.",
    )
    state = fields.Selection(
        [("file", "File"), ("preview", "Preview"), ("done", "Taken")], default="file", readonly=True
    )
    row_count = fields.Integer(string="Rows", readonly=True)
    fresh_count = fields.Integer(string="New", readonly=True)
    known_count = fields.Integer(string="Taken before", readonly=True)
    problem_count = fields.Integer(string="Problems", readonly=True)
    total_ids = fields.One2many("billing.usage.import.total", "import_id", readonly=True)
    problem_ids = fields.One2many("billing.usage.import.problem", "import_id", readonly=True)

    @api.onchange("file", "timezone")
    def _onchange_file(self):
        self.state = "file"

    def action_preview(self):
        """Say what would be taken, and which cells cannot be; take nothing."""
        return self._show(self._read(dry=True), "preview")

    def action_take(self):
        """Take the file as it is now, or refuse it as a whole.

        :raises UserError: where a cell cannot be taken
        """
        found = self._read(dry=False)
        if found["problem_count"]:
            raise UserError(
                self.env._(
                    "Nothing was taken: %(count)s cells cannot be. Look at the preview.",
                    count=found["problem_count"],
                )
            )
        return self._show(found, "done")

    def _read(self, dry):
        """Values of the preview, from the file; with ``dry`` off, what has no problem is taken
        by the time that the caller sees the problems, and refuses."""
        self.ensure_one()
        if not self.env.user.has_groups(
            "partner_governance.group_partner_finance,partner_governance.group_partner_delivery,"
            "partner_governance.group_platform_staff"
        ):
            raise AccessError(self.env._("Usage is imported by finance and delivery."))
        try:
            table = read_table(base64.b64decode(self.file or b""), self.file_name or "")
        except Unreadable as error:
            raise UserError(message(self.env, error.code, **error.params)) from error
        sheet = usage_sheet.read(table, self.timezone)
        problems = [self._problem(sheet, each) for each in sheet.problems]
        answers = self.env["billing.usage.event"]._ingest(
            sheet.events.values(),
            oldest_days=OLDEST_DAYS,
            dry=dry or bool(problems),
            names=usage_sheet.HEADINGS,
        )
        statuses, taken = [], []
        for (number, event), answer in zip(sheet.events.items(), answers, strict=True):
            statuses.append(answer["status"])
            if answer["error"]:
                problems.append(self._refused(sheet, table, number, answer))
            elif answer["status"] == "accepted":
                taken.append(event["data"])
        problems.sort(key=lambda each: each["row"])
        return {
            "row_count": sheet.rows,
            "fresh_count": statuses.count("accepted"),
            "known_count": statuses.count("duplicate"),
            "problem_count": len(problems),
            "problem_ids": [Command.clear(), *map(Command.create, problems[:SHOWN])],
            "total_ids": [Command.clear(), *map(Command.create, self._totals(taken))],
        }

    def _problem(self, sheet, problem):
        name = problem.column or self.env._("the file")
        return {
            "row": problem.row,
            "column": sheet.letter(problem.column),
            "heading": problem.column,
            "text": problem.text,
            "sentence": message(
                self.env, problem.code, **{"field": name, "text": problem.text, **problem.params}
            ),
        }

    def _refused(self, sheet, table, number, answer):
        column = answer["field"] if answer["field"] in sheet.columns else None
        position = sheet.columns.get(column)
        row = table[number - 1]
        cell = row[position] if position is not None and position < len(row) else None
        return {
            "row": number,
            "column": sheet.letter(column),
            "heading": column,
            "text": sheets.shown(cell),
            "sentence": answer["error"],
        }

    def _totals(self, taken):
        """What the data of events taken amount to, by tenant and meter, under their names."""
        names = {data["tenant"] for data in taken}
        tenants = self.env["hosting.tenant"].search(
            ["|", ("usage_uuid", "in", list(names)), ("reference", "in", list(names))]
        )
        shown = {tenant.reference: tenant.display_name for tenant in tenants}
        shown |= {tenant.usage_uuid: tenant.display_name for tenant in tenants}
        totals = {}
        for data in taken:
            key = shown.get(data["tenant"], data["tenant"]), data["meter"]
            total = totals.setdefault(
                key, {"tenant": key[0], "meter": key[1], "rows": 0, "sum": 0.0}
            )
            total["rows"] += 1
            # Where different values count, the value is a text.
            with suppress(ValueError):
                value = float(data["value"])
                total["sum"] += value if isfinite(value) else 0
        return list(totals.values())

    def _show(self, values, state):
        # Safe: the user's own look at its own file; these fields are shown, never typed.
        self.sudo().write({**values, "state": state})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import usage"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class BillingUsageImportTotal(models.TransientModel):
    """What a file holds of one tenant and meter."""

    _name = "billing.usage.import.total"
    _description = "Usage in a file"

    import_id = fields.Many2one("billing.usage.import", required=True, ondelete="cascade")
    tenant = fields.Char()
    meter = fields.Char()
    rows = fields.Integer()
    sum = fields.Float(digits=(24, 9))


class BillingUsageImportProblem(models.TransientModel):
    """A cell of a file that cannot be taken."""

    _name = "billing.usage.import.problem"
    _description = "Cell that cannot be taken"
    _order = "row, id"

    import_id = fields.Many2one("billing.usage.import", required=True, ondelete="cascade")
    row = fields.Integer()
    column = fields.Char()
    heading = fields.Char()
    text = fields.Char(string="Stands there")
    sentence = fields.Char(string="Problem")

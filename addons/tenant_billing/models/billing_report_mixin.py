import json
from urllib.parse import urlencode

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.partner_governance.adapters.workbook import MAX_ROWS, workbook

from .billing_report_definitions import DEFINITIONS


class BillingReportMixin(models.AbstractModel):
    """A report whose figures are not all sums: groups of its rows show them right too."""

    _name = "billing.report.mixin"
    _description = "Report with figures"

    # A balance of the group: of its first month, of its last one.
    _report_first = ()
    _report_last = ()
    # A balance that several rows make together: of a single month, else nothing.
    _report_balances = ()
    # Percent of two sums: {field: (numerator, denominator)}.
    _report_ratios = {}

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name = aggregate_spec.partition(":")[0]
        if name in self._report_ratios:
            over, under = self._report_ratios[name]
            return SQL(
                "100.0 * SUM(%s) / NULLIF(SUM(%s), 0)",
                self._field_to_sql(self._table, over, query),
                self._field_to_sql(self._table, under, query),
            )
        if name in self._report_balances:
            month = self._field_to_sql(self._table, "month", query)
            return SQL(
                "CASE WHEN MIN(%s) = MAX(%s) THEN SUM(%s) END",
                month,
                month,
                self._field_to_sql(self._table, name, query),
            )
        if name in self._report_first or name in self._report_last:
            return SQL(
                "(ARRAY_AGG(%s ORDER BY %s %s))[1]",
                self._field_to_sql(self._table, name, query),
                self._field_to_sql(self._table, "month", query),
                SQL("ASC" if name in self._report_first else "DESC"),
            )
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _report_today(self):
        """“Today” of a report, by the database clock."""
        return self.env["billing.run"]._clock().date()

    # As a workbook

    def action_export_xlsx(self):
        """The rows chosen, else all that the list shows, with what each figure means."""
        domain = [("id", "in", self.ids)] if self else self.env.context.get("active_domain", [])
        query = urlencode({"domain": json.dumps(domain, default=str)})
        return {
            "type": "ir.actions.act_url",
            "url": f"/billing/report/{self._name}.xlsx?{query}",
            "target": "download",
        }

    @api.model
    def _report_workbook(self, domain):
        """The report and its definitions as XLSX, of what the user may read.

        :raises UserError: where it is larger than a spreadsheet is good for
        :return: bytes
        """
        self.check_access("read")
        names = list(DEFINITIONS[self._name])
        if self.search_count(domain, limit=MAX_ROWS + 1) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "More than %(count)s rows: filter the list first.", count=f"{MAX_ROWS:,}"
                )
            )
        rows = self.search_fetch(domain, names).read(names)
        return workbook(
            [
                (self.env._("Report"), [self._report_headings(names), *self._cells(names, rows)]),
                (self.env._("Definitions"), self._definition_rows(domain)),
            ]
        )

    def _report_headings(self, names):
        return [self._fields[name]._description_string(self.env) for name in names]

    def _cells(self, names, rows):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in names
            if self._fields[name].type == "selection"
        }
        for row in rows:
            yield [
                labels[name].get(row[name])
                if name in labels
                else row[name][1]
                if isinstance(row[name], tuple)
                else row[name]
                for name in names
            ]

    def _definition_rows(self, domain):
        """Each figure: what it is, how it is worked out, for which period, in which currency,
        and for whom."""
        node = self.env["program.node.mixin"]._default_program_node()
        # Safe: name and currency of the reader's own company.
        company = (node.sudo().company_id or self.env.company).sudo()
        reader = self.env._(
            "Own contracts of %(name)s; its managers and finance", name=node.sudo().name
        )
        rows = [
            [
                self.env._("Figure"),
                self.env._("What it is"),
                self.env._("How"),
                self.env._("Period"),
                self.env._("Currency"),
                self.env._("Who reads it"),
            ]
        ]
        for name, (meaning, formula, period) in DEFINITIONS[self._name].items():
            money = self._fields[name].type == "monetary"
            rows.append(
                [
                    self._fields[name]._description_string(self.env),
                    self.env._(meaning),
                    self.env._(formula),
                    self.env._(period),
                    company.currency_id.name if money else "",
                    reader,
                ]
            )
        rows.append([])
        rows.append([self.env._("As of"), self._report_today()])
        rows.append([self.env._("Rows chosen by"), str(domain) if domain else self.env._("all")])
        return rows

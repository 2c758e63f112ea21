from odoo import api, models
from odoo.tools import SQL


class BillingReportMixin(models.AbstractModel):
    """A report whose figures are not all sums: groups of its rows show them right too."""

    _name = "billing.report.mixin"
    _description = "Report with figures"

    # A balance of the group: of its first month, of its last one.
    _report_first = ()
    _report_last = ()
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

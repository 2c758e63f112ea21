import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

from odoo.addons.partner_governance.adapters.workbook import unarmed
from odoo.addons.web.controllers.export import ExcelExport
from odoo.addons.web.controllers.pivot import TableExporter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReportController(http.Controller):
    @http.route(
        "/billing/report/<string:model>.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def report(self, model, domain="[]"):
        """A report as a workbook with its definitions, of what the reader may read (TB-059)."""
        mixin = request.env.registry["billing.report.mixin"]
        if model not in request.env or not isinstance(request.env[model], mixin):
            raise request.not_found()
        report = request.env[model]
        try:
            content = report._report_workbook(json.loads(domain))
        except (AccessError, TypeError, ValueError):
            raise request.not_found() from None
        except UserError as error:
            return request.make_response(str(error), [("Content-Type", "text/plain")], status=422)
        name = f"{report._description} {report._report_today()}.xlsx"
        return request.make_response(
            content,
            [("Content-Type", XLSX), ("Content-Disposition", content_disposition(name))],
        )


class SafeExcelExport(ExcelExport):
    """Core's export of lists writes text as it comes, a formula too."""

    def from_data(self, fields, columns_headers, rows):
        return super().from_data(fields, unarmed(columns_headers), unarmed(rows))

    def from_group_data(self, fields, columns_headers, groups):
        _unarm(groups)
        return super().from_group_data(fields, unarmed(columns_headers), groups)


def _unarm(group):
    group.data = unarmed(group.data)
    group.children = type(group.children)(
        (unarmed(name), child) for name, child in group.children.items()
    )
    for child in group.children.values():
        _unarm(child)


class SafeTableExporter(TableExporter):
    """Core's export of pivots does so too."""

    @http.route()
    def export_xlsx(self, data, **kw):
        text = data if isinstance(data, str) else data.read()
        return super().export_xlsx(json.dumps(unarmed(json.loads(text))), **kw)

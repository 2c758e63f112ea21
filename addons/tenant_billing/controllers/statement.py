from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from ..models.billing_statement_annex import FORMATS


class StatementController(http.Controller):
    @http.route(
        "/billing/statement/<int:ident>.<any(json,xlsx,xml,pdf):kind>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def statement(self, ident, kind):
        """A statement as a file, for the books of its buyer or seller (TB-030, TB-068)."""
        statement = request.env["billing.statement"].browse(ident)
        try:
            statement.check_access("read")
            name = statement._file_name(kind)
            body = statement._file(kind)
        except (AccessError, MissingError):
            raise request.not_found() from None
        except UserError as error:
            return request.make_response(
                str(error), headers=[("Content-Type", "text/plain; charset=utf-8")], status=422
            )
        return request.make_response(
            body,
            headers=[
                ("Content-Type", FORMATS[kind]),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

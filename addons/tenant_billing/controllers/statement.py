from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request


class StatementController(http.Controller):
    @http.route(
        "/billing/statement/<int:ident>.json",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def statement(self, ident):
        """The charges of a statement for the buyer's or seller's own books (TB-030)."""
        statement = request.env["billing.statement"].browse(ident)
        try:
            statement.check_access("read")
            body = statement._export()
        except (AccessError, MissingError):
            raise request.not_found() from None
        return request.make_json_response(
            body,
            headers={
                "Content-Disposition": content_disposition(f"{statement.reference}.json"),
            },
        )

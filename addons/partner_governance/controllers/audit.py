import json

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request


class AuditController(http.Controller):
    @http.route(
        "/governance/audit/head.json", type="http", auth="user", methods=["GET"], readonly=True
    )
    def head(self):
        """The last sealed row, to be kept outside of the database (PG-128)."""
        try:
            event = request.env["governance.event"]
            event.check_access("read")
        except AccessError:
            raise request.not_found() from None
        if request.env["program.isolation"]._scope().kind not in ("platform", "system"):
            raise request.not_found()
        head = event._head()
        values = {
            "database": request.db,
            "number": head.number,
            "digest": head.digest or "",
            "happened_at": fields.Datetime.to_string(head.happened_at) if head else "",
        }
        name = f"audit-head-{head.number}.json"
        return request.make_response(
            json.dumps(values, indent=1),
            [
                ("Content-Type", "application/json"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

from odoo import SUPERUSER_ID, http
from odoo.http import Response, request

from ..adapters.webhook import SIGNATURE

MAX_BODY = 65536


class OperationController(http.Controller):
    @http.route(
        "/hosting/operation/<string:uuid>",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def result(self, uuid, **_ignored):
        """The signed result of an operation that a webhook provisioner carried out.

        The signature is the only credential; the same result twice is taken once.
        """
        incoming = request.httprequest
        if (incoming.content_length or 0) > MAX_BODY:
            return Response(status=413)
        body = incoming.get_data()
        env = request.env(user=SUPERUSER_ID)
        signature = incoming.headers.get(SIGNATURE)
        status = env["hosting.provisioner"]._webhook_result(uuid, body, signature)
        return Response(status=status)

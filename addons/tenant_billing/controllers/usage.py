import json
import logging

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from ..models.hosting_tenant_billing import USAGE_SCOPE

_logger = logging.getLogger(__name__)
MAX_BYTES = 1024 * 1024
MAX_EVENTS = 1000
SINGLE = ("application/cloudevents+json",)
BATCH = ("application/cloudevents-batch+json",)
PLAIN = ("application/json",)


class BadRequest(Exception):
    """What the request got wrong as a whole: ``status`` and a sentence."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class UsageController(http.Controller):
    """Usage events come in: CloudEvents 1.0 in JSON, single or batch (TB-022, TB-032)."""

    @http.route(
        "/billing/usage/v1/events",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=MAX_BYTES,
    )
    def events(self, **_params):
        """Take events; answer ``{"results": [{"id", "status", "error"}]}`` in their order.

        200 also where single events are rejected: each result says so. 401 without a key of
        scope ``usage_ingest``, 400, 413 or 415 where the request as a whole cannot be read.
        """
        uid = self._uid()
        if not uid:
            return self._answer(
                {"error": "a bearer key with the scope usage_ingest is needed"},
                401,
                {"WWW-Authenticate": 'Bearer realm="usage"'},
            )
        try:
            events = self._read()
        except BadRequest as error:
            return self._answer({"error": str(error)}, error.status)
        request.update_env(user=uid)
        try:
            results = request.env["billing.usage.event"]._ingest(events)
        except AccessError:
            return self._answer({"error": "this key may report no usage"}, 403)
        return self._answer({"results": results}, 200)

    @staticmethod
    def _uid():
        scheme, _, key = request.httprequest.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return None
        # Safe: looks up whose key this is; everything after runs as that user.
        return (
            request.env["res.users.apikeys"]
            .sudo()
            ._check_credentials(scope=USAGE_SCOPE, key=key.strip())
        )

    @staticmethod
    def _read():
        """The events of the request as a list.

        :raises BadRequest:
        """
        kind = request.httprequest.mimetype
        if kind not in SINGLE + BATCH + PLAIN:
            raise BadRequest(415, "send application/json, cloudevents+json or its batch form")
        if (request.httprequest.content_length or 0) > MAX_BYTES:
            raise BadRequest(413, f"a request holds {MAX_BYTES} bytes at most")
        data = request.httprequest.get_data(cache=False)
        if len(data) > MAX_BYTES:
            raise BadRequest(413, f"a request holds {MAX_BYTES} bytes at most")
        try:
            body = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise BadRequest(400, "the body is no JSON in UTF-8") from error
        if kind in BATCH and not isinstance(body, list):
            raise BadRequest(400, "a batch must be a list of events")
        if kind in SINGLE and not isinstance(body, dict):
            raise BadRequest(400, "one event must be an object")
        if not isinstance(body, dict | list):
            raise BadRequest(400, "the body must be an event or a list of events")
        events = body if isinstance(body, list) else [body]
        if len(events) > MAX_EVENTS:
            raise BadRequest(413, f"a request holds {MAX_EVENTS} events at most")
        return events

    @staticmethod
    def _answer(body, status, headers=None):
        return request.make_json_response(body, headers=headers, status=status)


def _no_constant(name):
    raise ValueError(name)

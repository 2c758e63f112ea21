import json
import re
from time import monotonic

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from ..engine.cloudevents import Malformed, decode
from ..engine.throttle import Throttle
from ..exceptions import message
from ..models.hosting_tenant_billing import USAGE_SCOPE

MAX_BYTES = 1024 * 1024
MAX_EVENTS = 1000
SINGLE = ("application/cloudevents+json",)
BATCH = ("application/cloudevents-batch+json",)
PLAIN = ("application/json",)
# Requests of one user on one server process, while nobody sets the parameter.
PER_MINUTE = 600
NAMES_NOTHING = ("usage_tenant", "usage_meter", "usage_environment")
_KEY = re.compile(r"[!-~]{1,200}")
_throttle = Throttle()


class Refusal(Exception):
    """A request that is not served: HTTP ``status``, ``code`` and ``params`` of its sentence."""

    def __init__(self, status, code, **params):
        super().__init__(code)
        self.status = status
        self.code = code
        self.params = params


class UsageController(http.Controller):
    """Usage events come in: CloudEvents 1.0 in JSON, single or batch (R-20 to R-35)."""

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
        """Take events; answer ``{"results": [{"id", "status", "error", "code", "field"}]}`` in
        their order.

        A list is answered with 200 and one result each. One event alone is answered with its
        own status: 200, 409 where its id was used for another payload, 404 where it names no
        tenant, meter or environment that the key may report, 400 where a field is wrong.
        The request as a whole: 401 without a key of the scope ``usage_ingest``, 403, 400, 413,
        415, 429 with ``Retry-After``.
        """
        try:
            user_id = self._user_id()
            self._check_pace(user_id)
            events, alone = self._read()
            request.update_env(user=user_id)
            results = self._ingest(events)
        except Refusal as refusal:
            return self._refuse(refusal)
        return self._answer({"results": results}, self._status(results[0]) if alone else 200)

    @staticmethod
    def _user_id():
        """Whose key this is.

        :raises Refusal:
        """
        scheme, _, key = request.httprequest.headers.get("Authorization", "").partition(" ")
        key = key.strip()
        user_id = None
        if scheme.lower() == "bearer" and _KEY.fullmatch(key):
            # Safe: looks up whose key this is; everything after runs as that user.
            keys = request.env["res.users.apikeys"].sudo()
            user_id = keys._check_credentials(scope=USAGE_SCOPE, key=key)
        if not user_id:
            raise Refusal(401, "usage_key")
        return user_id

    @staticmethod
    def _check_pace(user_id):
        # Safe: reads one number.
        parameters = request.env["ir.config_parameter"].sudo()
        value = parameters.get_param("tenant_billing.usage_requests_per_minute", "")
        burst = max(int(value), 1) if value.isdecimal() else PER_MINUTE
        caller = (request.env.cr.dbname, user_id)
        wait = _throttle.take(caller, monotonic(), rate=burst / 60, burst=burst)
        if wait:
            raise Refusal(429, "usage_throttled", seconds=wait)

    @staticmethod
    def _read():
        """The events of the request as a list, and whether it was one event alone.

        :raises Refusal:
        """
        asked = request.httprequest
        kind = asked.mimetype
        charset = asked.mimetype_params.get("charset", "utf-8").lower()
        packed = asked.headers.get("Content-Encoding", "identity").lower() != "identity"
        if kind not in SINGLE + BATCH + PLAIN or charset not in ("utf-8", "utf8") or packed:
            raise Refusal(415, "usage_media_type")
        if (asked.content_length or 0) > MAX_BYTES:
            raise Refusal(413, "usage_body_large", bytes=MAX_BYTES)
        # Kept, since the request is done again where another one got in its way.
        data = asked.get_data(cache=True)
        if len(data) > MAX_BYTES:
            raise Refusal(413, "usage_body_large", bytes=MAX_BYTES)
        try:
            body = decode(data)
        except Malformed as error:
            raise Refusal(400, error.code, **error.params) from error
        if kind in BATCH and not isinstance(body, list):
            raise Refusal(400, "usage_body_batch")
        if kind in SINGLE and not isinstance(body, dict):
            raise Refusal(400, "usage_body_single")
        if not isinstance(body, dict | list):
            raise Refusal(400, "usage_body_shape")
        if isinstance(body, dict):
            return [body], True
        if len(body) > MAX_EVENTS:
            raise Refusal(413, "usage_body_events", events=MAX_EVENTS)
        return body, False

    @staticmethod
    def _ingest(events):
        try:
            return request.env["billing.usage.event"]._ingest(events)
        except AccessError as error:
            raise Refusal(403, "usage_key_useless") from error

    @staticmethod
    def _status(result):
        if result["status"] == "rejected":
            return 404 if result["code"] in NAMES_NOTHING else 400
        return 409 if result["status"] == "conflict" else 200

    def _refuse(self, refusal):
        text = message(request.env, refusal.code, **refusal.params)
        headers = []
        if refusal.status == 401:
            headers.append(("WWW-Authenticate", 'Bearer realm="usage"'))
        if refusal.status == 429:
            headers.append(("Retry-After", str(refusal.params["seconds"])))
        return self._answer({"error": text, "code": refusal.code}, refusal.status, headers)

    @staticmethod
    def _answer(body, status, headers=()):
        # In ASCII: an id that is echoed may hold what cannot be written in UTF-8.
        headers = [("Content-Type", "application/json; charset=utf-8"), *headers]
        return request.make_response(json.dumps(body), headers, status=status)

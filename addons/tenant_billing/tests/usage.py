"""Keys and requests for tests of the usage endpoint."""

import json
from datetime import timedelta

from odoo import fields

from .common import BillingMixin

URL = "/billing/usage/v1/events"


class UsageMixin(BillingMixin):
    """A running tenant of the sub, and a key of its delivery; for `HttpCase`."""

    @classmethod
    def build_usage(cls):
        cls.build_billing()
        cls.tenant = cls.subscription().tenant_id
        cls.key = cls.key_of(cls.user(cls.sub, "delivery"))

    @classmethod
    def key_of(cls, user, scope="usage_ingest"):
        return (
            cls.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate(scope, "test", fields.Datetime.now() + timedelta(days=1))
        )

    def event(self, ident="e1", value="70", tenant=None, **data):
        return {
            "specversion": "1.0",
            "id": ident,
            "source": "/hosts/fra-7",
            "type": "usage",
            "time": "2026-02-05T08:00:00Z",
            "data": {
                "tenant": (tenant or self.tenant).usage_uuid,
                "meter": "storage_gb",
                "value": value,
                **data,
            },
        }

    def post(self, body, key=None, kind="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": kind, **headers}
        if key is not False:
            headers["Authorization"] = f"Bearer {key or self.key}"
        return self.url_open(URL, data=data, headers=headers)

    def results(self, response, code=200):
        self.assertEqual(response.status_code, code, response.text)
        return response.json()["results"]

    def statuses(self, response, code=200):
        return [each["status"] for each in self.results(response, code)]

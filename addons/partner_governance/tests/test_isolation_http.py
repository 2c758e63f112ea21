import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ROLES, ProgramMixin
from .marked import MarkedMixin
from .test_isolation import TEXTS


@tagged("standard", "-at_install", "post_install")
class TestIsolationHttp(MarkedMixin, ProgramMixin, HttpCase):
    """X-05: the same fence over JSON-2, where no view or menu stands before a model."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()
        cls.filled = {node: cls.fill(node) for node in cls.nodes - cls.root}
        cls.platform = cls.staff()
        cls.filled[cls.root] = cls.fill(cls.root)

    def call(self, key, model, method, body):
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(body),
            headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
        )
        return response.status_code, response.text

    def key_of(self, user):
        expires = fields.Datetime.now() + timedelta(days=1)
        return self.env["res.users.apikeys"].with_user(user)._generate("rpc", "test", expires)

    @mute_logger(
        "odoo.addons.base.models.ir_rule",
        "odoo.addons.base.models.ir_model",
        "odoo.models",
        "odoo.http",
    )
    def test_every_model_over_json2(self):
        """X-05: search_read of each model of the registry, as each role of a sub-partner."""
        for role in ROLES:
            user = self.user(self.sub, role)
            key, answered = self.key_of(user), 0
            for name, model in sorted(self.env.registry.items()):
                if model._abstract:
                    continue
                record = self.env[name].with_user(user)
                texts = [
                    each
                    for each, field in record._fields.items()
                    if field.type in TEXTS
                    and field.store
                    and record._has_field_access(field, "read")
                ]
                status, text = self.call(
                    key, name, "search_read", {"domain": [], "fields": texts, "limit": 500}
                )
                self.assertIn(status, (200, 403, 404, 422, 500), name)
                answered += status == 200
                self.assertFalse(self.leaks(user, text), f"{name} as {role}")
            self.assertGreater(answered, 50, "the scan must read something")

    def test_errors_name_nobody(self):
        """X-05: reading a foreign record by its number says no more than that it is refused."""
        user = self.user(self.stranger, "manager")
        key = self.key_of(user)
        for record in (self.filled[self.sub]["deal"], self.filled[self.sub]["contact"]):
            status, text = self.call(
                key, record._name, "read", {"ids": record.ids, "fields": ["display_name"]}
            )
            self.assertEqual(status, 403)
            self.assertFalse(self.leaks(user, text))

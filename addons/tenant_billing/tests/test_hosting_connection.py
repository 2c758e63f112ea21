import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools.misc import file_open

from .hosting import API_KEY, HostingCase


class TestHostingConnection(HostingCase):
    def setUp(self):
        super().setUp()
        self.acme = self.provisioned()
        self.connection = self.acme.connection_ids

    def everybody(self):
        """One user of each role at the tenant's own node, and the platform's people."""
        yield from (self.user(self.sub, role) for role in ("manager", "sales", "delivery"))
        yield self.user(self.sub, "finance")
        yield self.staff()
        yield new_test_user(
            self.env,
            login="administrator",
            groups="base.group_system,partner_governance.group_platform_administrator",
            program_partner_id=self.root.id,
        )

    def test_key_is_read_by_nobody(self):
        """D-07: no role reads the key, by read, export, search, group or form, encrypted or not."""
        for user in self.everybody():
            mine = self.connection.with_user(user)
            with self.subTest(user.login):
                self.assertTrue(mine.has_key)
                self.assertNotIn("key_encrypted", mine.fields_get())
                self.assertFalse(mine.new_key)
                for attempt in (
                    lambda mine=mine: mine.read(["key_encrypted"]),
                    lambda mine=mine: mine.key_encrypted,
                    lambda mine=mine: mine.search([("key_encrypted", "like", "t1")]),
                    lambda mine=mine: mine.formatted_read_group([], ["key_encrypted"], []),
                ):
                    with self.assertRaises(AccessError):
                        attempt()

    def test_key_is_encrypted_at_rest_and_not_copied(self):
        """D-07: the database holds no key in clear, anywhere near the connection."""
        stored = self.connection.sudo().key_encrypted
        self.assertTrue(stored.startswith("t1$"))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT c::text, o::text FROM hosting_connection c, hosting_operation o"
        )
        self.assertNotIn(API_KEY, str(self.env.cr.fetchall()))
        self.assertNotIn("key_encrypted", self.connection.copy_data()[0])
        self.assertEqual(self.env["hosting.vault"]._decrypt(stored), API_KEY)

    def test_without_vault_keys_connections_are_refused(self):
        """D-07: no key of the vault, no connection; the sentence says what to set."""
        with patch.dict(os.environ, {"CONTROL_PLANE_FERNET_KEYS": ""}):
            with self.assertRaisesRegex(UserError, "CONTROL_PLANE_FERNET_KEYS"):
                self.connection.new_key = "abc"

    def test_key_is_decrypted_just_before_the_call(self):
        """D-07, D-08: the transport gets the key in clear and the operator's exceptions."""
        seen = {}

        def build(url, key, database, allow_hosts, limits):
            seen.update(url=url, key=key, allow_hosts=allow_hosts)

        self.stop_transport_patch()
        with patch("odoo.addons.tenant_billing.models.odoo_connection_mixin.Json2Transport", build):
            self.connection._transport()
        self.assertEqual(seen["key"], API_KEY)
        self.assertEqual(seen["allow_hosts"], ("localhost:8170", "localhost:8171"))

    def stop_transport_patch(self):
        original = self.env.registry["hosting.connection"].__mro__
        method = next(vars(cls)["_transport"] for cls in original[1:] if "_transport" in vars(cls))
        self.patch(type(self.env["hosting.connection"]), "_transport", method)

    def test_key_does_not_follow_a_changed_address(self):
        """D-08: whoever may edit the address does not get the key sent to a server of theirs."""
        mine = self.connection.with_user(self.user(self.sub, "manager"))
        mine.write({"url": "https://evil.example.com"})
        self.assertFalse(self.connection.has_key)
        self.assertFalse(self.connection.database_uuid)
        self.stop_transport_patch()
        with self.assertRaisesRegex(UserError, "no API key"):
            self.connection._transport()

    def test_hostile_addresses_are_refused(self):
        """D-08: what the guard refuses is not even stored."""
        for url in ("http://example.com", "https://169.254.169.254", "https://localhost"):
            with self.subTest(url), self.assertRaisesRegex(ValidationError, "ALLOW_HOSTS"):
                self.connection.url = url

    def test_another_database_is_noticed(self):
        """blueprints.md 2.8: keys work on copies, so the identity is pinned and compared."""
        self.transport.odoo.parameters["database.uuid"] = "another"
        action = self.connection.action_test()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertEqual(self.connection.state, "failed")
        self.assertIn("another database", self.connection.error)

    def test_who_sees_a_connection(self):
        """X-05: the branch and a running engagement; a stranger sees nothing."""
        Connection = "hosting.connection"

        def found(node, role):
            return self.as_user(node, role, Connection).search([]) & self.connection

        self.assertTrue(found(self.sub, "delivery"))
        self.assertTrue(found(self.master, "delivery"))
        for node in (self.sub2, self.delivery, self.stranger):
            self.assertFalse(found(node, "manager"))
        engagement = self.engage(self.sub, self.delivery, tenant_id=self.acme.id)
        self.assertTrue(found(self.delivery, "delivery"))
        engagement.action_end()
        self.assertFalse(found(self.delivery, "delivery"))

    def test_neutralised_copy_has_no_keys(self):
        """blueprints.md 2.8: a copy of the control plane reaches no tenant."""
        self.env.flush_all()
        with file_open("tenant_billing/data/neutralize.sql") as handle:
            self.env.cr.execute(handle.read())
        self.env.invalidate_all()
        self.assertFalse(self.connection.has_key)

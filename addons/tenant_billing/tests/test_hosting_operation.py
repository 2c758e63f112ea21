import os
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ..adapters.local_odoo import LocalError
from .hosting import API_KEY, NEW_KEY, HostingCase


class TestHostingOperation(HostingCase):
    def create_operation(self, **values):
        tenant = self.tenant(**values)
        tenant.with_user(self.user(tenant.program_node_id, "delivery")).action_provision()
        return tenant.operation_ids

    def inits(self):
        return [call for call in self.local.calls if call[0] == "db init"]

    def test_create_opens_the_connection(self):
        """TB-047, TB-072: database, password, key, server, connection; the tenant is there."""
        operation = self.create_operation()
        self.assertEqual(operation.state, "requested")
        self.carry_out(operation)
        self.assertEqual((operation.state, operation.error), ("done", False))
        tenant = operation.tenant_id
        environment = tenant.environment_ids
        self.assertEqual(tenant.state, "provisioned")
        self.assertEqual(environment.url, "http://localhost:8170")
        self.assertEqual(environment.database, f"tenant_{self.sub.id}_0001")
        connection = tenant.connection_ids
        self.assertEqual((connection.state, connection.series), ("connected", "19.0"))
        self.assertEqual(connection.database_uuid, "uuid-1")
        self.assertNotIn(API_KEY, str(operation.read()))

    def test_a_second_try_goes_on(self):
        """TB-072: a create that died after the database finds it; nothing is made twice."""
        operation = self.create_operation()
        self.local.fail_at = "start"
        self.assertIsInstance(self.carry_out(operation), LocalError)
        self.assertEqual((operation.state, operation.tries), ("running", 1))
        self.assertIn("x.log", operation.error)
        self.carry_out(operation)
        self.assertEqual((operation.state, operation.error), ("done", False))
        self.assertEqual(len(self.inits()), 1)
        calls = len(self.local.calls)
        self.carry_out(operation)  # the outbox may call once too often
        self.assertEqual(len(self.local.calls), calls)

    def test_it_gives_up_and_can_be_tried_again(self):
        """TB-072: after three tries a person is asked; the button starts anew."""
        operation = self.create_operation()
        for _ in range(3):
            self.local.fail_at = "start"
            self.carry_out(operation)
        self.assertEqual(operation.state, "failed")
        operation.with_user(self.user(self.sub, "delivery")).action_retry()
        self.carry_out(operation)
        self.assertEqual(operation.state, "done")

    def test_asking_twice_is_asking_once(self):
        """TB-047: two clicks make one environment and one operation."""
        operation = self.create_operation()
        tenant = operation.tenant_id
        tenant.action_provision()
        self.assertEqual((len(tenant.operation_ids), len(tenant.environment_ids)), (1, 1))
        self.carry_out(operation)
        with self.assertRaisesRegex(UserError, "provisioned already"):
            tenant.action_provision()

    def test_database_name_is_never_what_users_type(self):
        """D-08: hostile names end in no command; a taken name is not taken over."""
        self.local.databases.add(f"tenant_{self.sub.id}_0001")
        operation = self.create_operation(name='x"; DROP DATABASE y; --')
        self.carry_out(operation)
        self.assertEqual(operation.database, f"tenant_{self.sub.id}_0001_n2")
        self.assertFalse([call for call in self.local.calls if "DROP" in str(call)])

    def test_default_password_is_not_opened(self):
        """blueprints.md 2.7: a failed initialisation leaves admin/admin behind."""
        operation = self.create_operation()
        self.local.default_password = True
        self.carry_out(operation)
        self.assertEqual(operation.state, "failed")
        self.assertIn("admin", operation.error)
        self.assertFalse(self.local.running)
        self.assertFalse(operation.tenant_id.connection_ids)

    def test_refused_before_anything_is_made(self):
        """D-07, D-08: no vault or no permitted address: a sentence, and no database."""
        cases = {
            "CONTROL_PLANE_FERNET_KEYS": ("", "CONTROL_PLANE_FERNET_KEYS"),
            "CONTROL_PLANE_ALLOW_HOSTS": ("", "CONTROL_PLANE_ALLOW_HOSTS"),
        }
        for name, (value, text) in cases.items():
            with self.subTest(name), patch.dict(os.environ, {name: value}):
                operation = self.create_operation(name=name)
                self.carry_out(operation)
                self.assertEqual(operation.state, "failed")
                self.assertIn(text, operation.error)
                self.assertFalse(self.inits())

    def test_life_of_a_tenant(self):
        """TB-047, TB-072: suspended, lifted, backed up, ended; one operation at a time."""
        tenant = self.provisioned()
        database = tenant.environment_ids.database
        manager = self.user(self.sub, "manager")
        steps = (
            ("action_suspend", "suspended"),
            ("action_lift", "provisioned"),
            ("action_backup", "provisioned"),
            ("action_terminate", "terminated"),
        )
        for method, state in steps:
            getattr(tenant.with_user(manager), method)()
            operation = tenant.operation_ids.sorted("id")[-1]
            self.carry_out(operation)
            self.assertEqual((operation.state, tenant.state), ("done", state), operation.error)
            self.assertEqual(database in self.local.running, state == "provisioned")
        self.assertFalse(self.local.databases)
        backup = tenant.operation_ids.sorted("id")[-1].result
        self.assertIn(database, backup["file"])
        connection = tenant.with_context(active_test=False).connection_ids
        self.assertFalse(connection.has_key)

    def test_one_operation_at_a_time(self):
        """TB-072: the second is refused and says what is under way."""
        tenant = self.provisioned()
        tenant.action_backup()
        with self.assertRaisesRegex(UserError, "Back up"):
            tenant.action_suspend()

    def test_what_is_not_offered_is_said(self):
        """TB-072: this machine copies no tenants yet; the operation says so."""
        tenant = self.provisioned()
        operation = self.env["hosting.operation"]._request(tenant.environment_ids, "copy")
        self.carry_out(operation)
        self.assertEqual(operation.state, "failed")
        self.assertIn("not offered", operation.error)

    def test_by_hand_is_a_task_with_a_checklist(self):
        """TB-072: a person gets a task, carries it out, and reports it done."""
        tenant = self.tenant()
        manual = self.env.ref("tenant_billing.provisioner_manual")
        tenant.profile_id = self.env["hosting.profile"].create(
            {"name": "By hand", "provisioner_id": manual.id}
        )
        tenant.action_provision()
        operation = tenant.operation_ids
        self.carry_out(operation)
        self.assertEqual(operation.state, "running")
        self.assertIn("<li>", operation.task_id.description)
        self.assertEqual(operation.task_id.program_node_id, self.root)
        self.carry_out(operation)
        self.assertEqual(len(operation.task_id), 1)
        operation.with_user(self.staff()).action_done()
        self.assertEqual((operation.state, tenant.state), ("done", "provisioned"))

    def test_key_is_rotated_before_it_expires(self):
        """D-07: new, seen to work, then the old one revoked; a key that fails changes nothing."""
        tenant = self.provisioned()
        connection = tenant.connection_ids
        vault = self.env["hosting.vault"]
        self.transport.down = True
        connection.with_user(self.user(self.sub, "delivery")).action_rotate_key()
        self.carry_out(tenant.operation_ids.sorted("id")[-1])
        self.assertEqual(vault._decrypt(connection.sudo().key_encrypted), API_KEY)
        self.transport.revive()
        self.local.calls.clear()
        connection.key_expires_on = fields.Date.today() + timedelta(days=10)
        self.env["hosting.connection"]._cron_rotate_keys()
        operation = tenant.operation_ids.sorted("id")[-1]
        self.carry_out(operation)
        self.assertEqual((operation.kind, operation.state), ("rotate_key", "done"))
        self.assertEqual(vault._decrypt(connection.sudo().key_encrypted), NEW_KEY)
        self.assertGreater(connection.key_expires_on, fields.Date.today() + timedelta(days=80))
        self.assertEqual([call[0] for call in self.local.calls], ["script", "script"])
        self.assertFalse(connection.key_expires_soon)

    def test_start_again_after_a_restart(self):
        """TB-072: the servers of tenants that should run are started with the control plane."""
        tenant = self.provisioned()
        self.local.running.clear()
        self.assertIn(
            tenant.environment_ids, self.env["hosting.environment"]._local_ensure_running()
        )
        self.assertEqual(self.local.running[tenant.environment_ids.database], 8170)

    def test_only_who_delivers_asks(self):
        """X-05: sales and strangers start nothing on a tenant's machine."""
        tenant = self.provisioned()
        for user in (self.user(self.sub, "sales"), self.user(self.stranger, "manager")):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                tenant.with_user(user).action_suspend()

    def test_won_deal_gets_its_tenant(self):
        """TB-047, TB-070: one click and one name; the tenant belongs to the deal's node."""
        deal = self.deal(self.sub)
        sales = self.user(self.sub, "manager")
        with self.assertRaisesRegex(UserError, "not won"):
            deal.with_user(sales).action_provision()
        deal.sudo().state = "won"
        action = deal.with_user(sales).action_provision()
        wizard = self.env[action["res_model"]].with_user(sales).browse(action["res_id"])
        self.assertEqual(wizard.name, deal.company_name)
        shown = wizard.action_confirm()
        tenant = self.env["hosting.tenant"].browse(shown["res_id"])
        self.assertEqual((tenant.deal_id, tenant.program_node_id), (deal, self.sub))
        self.assertEqual(tenant.operation_ids.kind, "create")
        deal.with_user(sales).action_provision()
        self.assertEqual(len(deal.tenant_ids), 1)

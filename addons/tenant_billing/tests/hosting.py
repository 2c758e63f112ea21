"""A tenant on a machine in memory, for tests of operations and of what is built on them."""

import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.addons.partner_governance.tests.common import ProgramCase
from odoo.addons.tenant_billing.adapters.fake import FakeTransport
from odoo.addons.tenant_billing.adapters.local_odoo import LocalError

API_KEY = "0123456789abcdef0123456789abcdef01234567"
NEW_KEY = API_KEY[::-1]


class FakeLocal:
    """The process boundary without processes: what was run, which databases there are."""

    def __init__(self):
        self.databases, self.running, self.calls = set(), {}, []
        self.fail_at = ""  # the call that fails once
        self.default_password = False

    def _note(self, *call):
        self.calls.append(call)
        if call[0] == self.fail_at:
            self.fail_at = ""
            raise LocalError("local_command_failed", command=call[0], log="x.log")

    def run(self, database, *arguments, stdin=""):
        self._note(" ".join(arguments[:2]), database)
        if arguments[:2] == ("db", "init"):
            self.databases.add(database)
        if arguments[:2] == ("db", "drop"):
            self.databases.discard(database)
        return ""

    def script(self, database, text):
        self._note("script", database)
        if 'order="id desc"' in text:
            return f'{{"key": "{NEW_KEY}", "id": 2}}'
        return "installed" if "state" in text and "key" not in text else f'{{"key": "{API_KEY}"}}'

    def start(self, database, port, wait=90):
        self._note("start", database, port)
        self.running[database] = port
        return 4711

    def stop(self, database, wait=15):
        self._note("stop", database)
        self.running.pop(database, None)

    def lets_in(self, port, database, login, password):
        return self.default_password

    def port_is_free(self, port):
        return port not in self.running.values()

    def backup_file(self, database, stamp):
        class File:
            name = f"{database}-{stamp}.zip"

            def stat(self):
                return os.stat_result([0] * 6 + [99] + [0] * 3)

        return File()


class HostingCase(ProgramCase):
    """Tenants of ``sub``; ``self.local`` stands for this machine, ``self.transport`` for the
    tenant's Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.local, cls.transport = FakeLocal(), FakeTransport()
        values = {
            "CONTROL_PLANE_FERNET_KEYS": f"t1:{Fernet.generate_key().decode()}",
            "CONTROL_PLANE_ALLOW_HOSTS": "localhost:8170 localhost:8171",
            "CONTROL_PLANE_LOCAL_PORT": "8170",
            "CONTROL_PLANE_LOCAL_FOLDER": "/nonexistent",
        }
        cls.startClassPatcher(patch.dict(os.environ, values))
        Provisioner = type(cls.env["hosting.provisioner"])
        cls.startClassPatcher(patch.object(Provisioner, "_local", lambda self: cls.local))
        cls.startClassPatcher(
            patch.object(Provisioner, "_local_databases", lambda self: list(cls.local.databases))
        )
        cls.startClassPatcher(
            patch.object(
                type(cls.env["hosting.connection"]), "_transport", lambda self: cls.transport
            )
        )

    def setUp(self):
        super().setUp()
        # One machine for the class, so that the patches hold; emptied for each test.
        self.local.__init__()
        self.transport.__init__()

    @classmethod
    def tenant(cls, name="Nordwind", node=None, **values):
        """A tenant as a won deal makes it: by the system, for the node."""
        return cls.env["hosting.tenant"].create(
            {"name": name, "program_node_id": (node or cls.sub).id, **values}
        )

    def carry_out(self, record):
        """Let the outbox's effect of an operation or run happen, with commits of its own.

        Returns what it raised, or None. Not ``assertRaises``: that takes the commits back.
        """
        error = None
        with self.enter_registry_test_mode():
            for kind in ("operation", "blueprint_run"):
                effect = getattr(record, f"_outbox_{kind}", None)
                try:
                    if effect:
                        effect()
                except Exception as caught:  # noqa: BLE001 - the outbox takes whatever comes
                    error = caught
        self.env.invalidate_all()
        return error

    def provisioned(self, name="Nordwind", node=None, **values):
        """A tenant with production, connection and key."""
        tenant = self.tenant(name, node, **values)
        tenant.action_provision()
        self.carry_out(tenant.operation_ids)
        self.assertEqual(tenant.state, "provisioned", tenant.operation_ids.error)
        return tenant

import json
import os
import re
from datetime import timedelta
from pathlib import Path

from odoo import fields, models, release
from odoo.exceptions import UserError
from odoo.tools import SQL, config

from ..adapters.local_odoo import ANSWER, LocalError, LocalOdoo
from ..engine.address_guard import check_url
from ..exceptions import message

BOT_LOGIN = "control-plane"
KEY_DAYS = 90
PORTS = 200

# Runs inside the tenant. What it makes up never leaves it, but for the key on its output.
SECURE = """
import json, secrets
from datetime import datetime, timedelta
spec = json.loads(%(spec)r)
base = env["ir.module.module"].search([("name", "=", "base"), ("state", "=", "installed")])
assert base, "no base"
env.ref("base.user_admin").password = secrets.token_urlsafe(24)
Users = env["res.users"].with_context(no_reset_password=True)
bot = Users.search([("login", "=", spec["login"])]) or Users.create({
    "name": "Control plane", "login": spec["login"], "password": secrets.token_urlsafe(24),
    "group_ids": [(6, 0, [env.ref("base.group_system").id])]})
Keys = env["res.users.apikeys"]
Keys.search([("user_id", "=", bot.id)]).unlink()
until = datetime.now() + timedelta(days=spec["days"])
key = Keys.with_user(bot).sudo()._generate("rpc", "Control plane", until)
env.cr.commit()
print()
print(%(answer)r + json.dumps({"key": key}))
"""
NEW_KEY = """
import json
from datetime import datetime, timedelta
spec = json.loads(%(spec)r)
bot = env["res.users"].search([("login", "=", spec["login"])])
Keys = env["res.users.apikeys"].with_user(bot).sudo()
until = datetime.now() + timedelta(days=spec["days"])
key = Keys._generate("rpc", "Control plane", until)
newest = Keys.search([("user_id", "=", bot.id)], order="id desc", limit=1).id
env.cr.commit()
print()
print(%(answer)r + json.dumps({"key": key, "id": newest}))
"""
REVOKE_OTHERS = """
import json
spec = json.loads(%(spec)r)
Keys = env["res.users.apikeys"]
Keys.search([("user_id.login", "=", spec["login"]), ("id", "!=", spec["keep"])]).unlink()
env.cr.commit()
print()
print(%(answer)r + "{}")
"""
PASSWORD = """
import json
spec = json.loads(%(spec)r)
env["res.users"].search([("login", "=", spec["login"])]).password = spec["password"]
env.cr.commit()
print()
print(%(answer)r + "{}")
"""


class HostingProvisioner(models.Model):
    _inherit = "hosting.provisioner"

    def _local(self):
        """This machine's processes. Tests put something else in its place here."""
        folder = os.environ.get("CONTROL_PLANE_LOCAL_FOLDER")
        if not folder:
            raise UserError(message(self.env, "local_folder_missing"))
        # A tenant gets Odoo's own addons, none of the control plane's.
        own = Path(__file__).resolve().parents[2]
        paths = [path for path in config["addons_path"] if Path(path).resolve() != own]
        root = str(Path(config.root_path) / "addons")
        return LocalOdoo(folder, [root, *(path for path in paths if path != root)])

    def _is_ready_local(self):
        return bool(os.environ.get("CONTROL_PLANE_LOCAL_FOLDER"))

    def _perform_local(self, operation):
        handler = getattr(self, f"_local_{operation.kind}", None)
        if handler is None:
            raise UserError(
                message(
                    self.env,
                    "not_offered",
                    kind=operation._kind_label(),
                    provisioner=self.name,
                )
            )
        return handler(operation, self._local())

    # -- create ---------------------------------------------------------------------

    def _local_create(self, operation, local):
        """Database, password, key, server, connection; each step finds what is there."""
        self.env["hosting.vault"]._vault()  # refuse before anything is made
        environment = operation.environment_id
        port = self._local_port(environment, local)
        first = not operation.database
        if first:
            name = self._local_name(environment)
            operation._progress(self.env._("Making the database …"), database=name)
        database = operation.database
        if first or not self._local_initialised(database, local):
            local.run(database, "db", "init", database, "--force")
        operation._progress(self.env._("Setting passwords and the key …"))
        key = self._local_secure(database, local)
        environment.write({"local_port": port, "provisioner_id": self.id})
        operation._progress(self.env._("Starting the server …"))
        local.start(database, port)
        if local.lets_in(port, database, "admin", "admin"):
            local.stop(database)
            raise UserError(message(self.env, "local_default_password"))
        return {
            "url": f"http://localhost:{port}",
            "database": database,
            "login": BOT_LOGIN,
            "key": key,
            "expires_on": fields.Date.to_string(fields.Date.today() + timedelta(days=KEY_DAYS)),
            "version": release.series,
        }

    def _local_name(self, environment):
        """A name for a new database: from numbers of ours, never from what users type."""
        tenant = environment.tenant_id
        reference = re.sub(r"[^0-9]", "", tenant.reference or "") or str(tenant.id)
        parts = ["tenant", str(tenant.program_node_id.id), reference]
        if environment.kind != "production":
            parts.append(environment.kind)
        name = "_".join(parts)
        taken, number = set(self._local_databases()), 1
        while name in taken:
            # Somebody else's, of another control plane on this server: never taken over.
            number += 1
            name = "_".join([*parts, f"n{number}"])
        return name

    def _local_databases(self):
        rows = self.env.execute_query(SQL("SELECT datname FROM pg_database"))
        return [row[0] for row in rows]

    def _local_initialised(self, database, local):
        """Whether an earlier try got as far as a whole database."""
        if database not in self._local_databases():
            return False
        script = (
            "state = env['ir.module.module'].search([('name', '=', 'base')]).state\n"
            f"print()\nprint({ANSWER!r} + state)\n"
        )
        try:
            return local.script(database, script) == "installed"
        except LocalError:
            return False

    def _local_secure(self, database, local):
        spec = {"login": BOT_LOGIN, "days": KEY_DAYS}
        return self._local_answer(local, database, SECURE, spec)["key"]

    def _local_set_password(self, database, login, password):
        spec = {"login": login, "password": password}
        self._local_answer(self._local(), database, PASSWORD, spec)

    def _local_answer(self, local, database, script, spec):
        """What one of the scripts above answers; ``spec`` goes in as JSON, never as code."""
        text = script % {"spec": json.dumps(spec), "answer": ANSWER}
        return json.loads(local.script(database, text))

    def _local_port(self, environment, local):
        """The environment's port, or the next free one that connections may go to."""
        if environment.local_port:
            return environment.local_port
        first = int(os.environ.get("CONTROL_PLANE_LOCAL_PORT") or 8070)
        used = set(
            self.env["hosting.environment"]
            .with_context(active_test=False)
            .search([("local_port", "!=", 0)])
            .mapped("local_port")
        )
        for port in range(first, first + PORTS):
            if port not in used and local.port_is_free(port):
                break
        else:
            raise UserError(message(self.env, "local_no_port", port=first))
        url = f"http://localhost:{port}"
        refused = check_url(url, self.env["hosting.connection"]._allow_hosts())
        if isinstance(refused, str):
            raise UserError(message(self.env, "address_refused", url=url, detail=refused))
        return port

    # -- the others -----------------------------------------------------------------

    def _local_suspend(self, operation, local):
        local.stop(operation.environment_id.database)
        return {}

    def _local_lift(self, operation, local):
        environment = operation.environment_id
        local.start(environment.database, environment.local_port)
        return {}

    def _local_backup(self, operation, local):
        database = operation.environment_id.database
        stamp = fields.Datetime.now().strftime("%Y%m%d-%H%M%S")
        target = local.backup_file(database, stamp)
        local.run(database, "db", "dump", database, str(target))
        return {"file": target.name, "bytes": target.stat().st_size}

    def _local_rotate_key(self, operation, local):
        """New key, seen to work, kept; then the old ones are revoked: exactly one works (D-07).

        A try that dies in between leaves two that work; the next one leaves one.
        """
        environment = operation.environment_id
        database = environment.database
        spec = {"login": BOT_LOGIN, "days": KEY_DAYS}
        answer = self._local_answer(local, database, NEW_KEY, spec)
        expires = fields.Date.today() + timedelta(days=KEY_DAYS)
        environment._open(environment.url, database, BOT_LOGIN, answer["key"], expires)
        operation._progress(self.env._("The new key works; revoking the old one …"))
        spec = {"login": BOT_LOGIN, "keep": answer["id"]}
        self._local_answer(local, database, REVOKE_OTHERS, spec)
        return {"expires_on": fields.Date.to_string(expires)}

    def _local_terminate(self, operation, local):
        """The last backup, then the end: server, database, key."""
        environment = operation.environment_id
        database = environment.database
        result = {}
        if database in self._local_databases():
            result = self._local_backup(operation, local)
            local.stop(database)
            local.run(database, "db", "drop", database)
        environment.connection_ids.write({"key_encrypted": False, "active": False})
        environment.write({"active": False, "local_port": 0})
        return result

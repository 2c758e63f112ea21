"""Servers and shells of their own on throw-away databases: what one process cannot show."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "setup"))

from controlplane import databases, odooserver, places, postgres, testdb  # noqa: E402

PROGRAMME = """
import json
from datetime import timedelta
from odoo import fields
from odoo.addons.partner_governance.tests.common import SIMPLE, ProgramMixin
class P(ProgramMixin): pass
P.env = env
P.build_programme()
env = P.env
for node in (P.sub, P.sub2):
    P.deal(node, company=f"Customer of {node.name}", answers=SIMPLE)
expires = fields.Datetime.now() + timedelta(days=1)
def key(user):
    return env["res.users.apikeys"].with_user(user)._generate("rpc", "test", expires)
answer = {
    "master": key(P.user(P.master, "manager")),
    "sales": key(P.user(P.sub, "sales")),
    "sales_login": P.user(P.sub, "sales").login,
    "sub": P.sub.id, "sub2": P.sub2.id, "root": P.root.id,
}
env.cr.commit()
print(json.dumps(answer))
"""


class Stage:
    """One throw-away database, with shells and servers on it."""

    def __init__(self, name):
        self.server = postgres.own_server()
        self.name = name
        self.processes = []
        template = os.environ.get("CONTROL_PLANE_TEMPLATE") or testdb.template(self.server)
        postgres.clone(self.server, template, name)

    def shell(self, script):
        """Run a script in a process of its own; returns the JSON of its last line."""
        output = databases.shell(self.server, self.name, script, log=f"{self.name}.log")
        lines = [line for line in output.splitlines() if line.startswith(("{", "[", '"'))]
        return json.loads(lines[-1]) if lines else None

    def programme(self):
        """The model tests' programme: ids, and keys of a master's manager and a sub's sales."""
        return self.shell(PROGRAMME)

    def start_shell(self, script):
        """The same, in the background: a process to wait for."""
        process = subprocess.Popen(
            [str(places.PYTHON), "-m", "odoo", "shell", "-d", self.name, "--no-http"],
            env=odooserver.environment(self.server),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=places.ROOT,
            text=True,
        )
        process.stdin.write(script)
        process.stdin.close()
        process.stdin = None
        self.processes.append(process)
        return process

    def serve(self):
        """A web server on the database; returns its port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = places.LOGS / f"{self.name}-server.log"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [
                    str(places.PYTHON), "-m", "odoo", "server", "-d", self.name,
                    "--db-filter", f"^{self.name}$", "--http-port", str(port),
                    "--http-interface", "127.0.0.1", "--max-cron-threads", "0",
                ],
                env=odooserver.environment(self.server),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=places.ROOT,
            )  # fmt: skip
        self.processes.append(process)
        odooserver.wait_until_up(port, log, process)
        return port

    def call(self, port, key, model, method, **body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/json/2/{model}/{method}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return {"status": error.code, **json.load(error)}

    def sql(self, query):
        return postgres.sql(self.server, self.name, query)

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        time.sleep(0.2)
        postgres.drop(self.server, self.name)


@pytest.fixture
def stage(request):
    stage = Stage(f"fault_{request.node.name[:40]}".replace("[", "_").replace("]", "").lower())
    yield stage
    stage.close()

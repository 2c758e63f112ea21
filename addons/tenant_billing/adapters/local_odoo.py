"""Odoo's own command line and server processes on this machine (TB-072).

The process boundary of the local provisioner: everything that starts, asks or ends a
process stands here and nowhere else, so that a test can put something else in its place.
Secrets travel on standard input and output only: never in arguments, which every user of
the machine can list, and never in a log. Works without Odoo.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .pinned import ExchangeError, Limits, exchange

ANSWER = "control-plane-answer:"


class LocalError(Exception):
    """``code``: local_command_failed, local_not_up. ``params`` fill its text; no secret."""

    def __init__(self, code: str, **params: object):
        super().__init__(code)
        self.code, self.params = code, params


class LocalOdoo:
    """Databases and servers of tenants on this machine.

    ``folder`` holds pid files, logs and backups, readable by this account alone.
    ``addons_path`` is what tenants get: Odoo's own addons, none of ours.
    """

    def __init__(self, folder: str | Path, addons_path: Sequence[str], seconds: int = 600):
        self.folder, self.addons_path, self.seconds = Path(folder), list(addons_path), seconds

    def log(self, database: str) -> Path:
        """Where everything that runs for ``database`` writes."""
        return self.folder / f"{database}.log"

    def run(self, database: str, *arguments: str, stdin: str = "") -> str:
        """Standard output of one run of Odoo's command line; ``LocalError`` when it fails."""
        self._prepare()
        with open(self.log(database), "ab") as log:
            try:
                done = subprocess.run(
                    [sys.executable, "-m", "odoo", arguments[0], *self._options(), *arguments[1:]],
                    input=stdin.encode(), stdout=subprocess.PIPE, stderr=log,
                    env=self._environment(), timeout=self.seconds, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                raise self._failed(database, arguments) from None
        if done.returncode:
            raise self._failed(database, arguments)
        return done.stdout.decode(errors="replace")

    def script(self, database: str, text: str) -> str:
        """What a script answers that runs in the database's shell; it comes on standard
        input and prints one line ``ANSWER`` + text."""
        arguments = ("shell", "-d", database, "--no-http", "--log-level", "warn")
        output = self.run(database, *arguments, stdin=text)
        for line in output.splitlines():
            if line.startswith(ANSWER):
                return line.removeprefix(ANSWER)
        raise self._failed(database, arguments)

    def start(self, database: str, port: int, wait: int = 90) -> int:
        """Start the database's own server unless it runs; its pid, once it answers."""
        pid, process = self.pid(database), None
        if pid is None:
            self._prepare()
            with open(self.log(database), "ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "odoo", "server", "-d", database,
                     "--db-filter", f"^{database}$", "--no-database-list",
                     "--http-port", str(port), "--http-interface", "127.0.0.1",
                     "--workers", "0", "--max-cron-threads", "0",
                     "--limit-time-real", str(self.seconds), *self._options()],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    env=self._environment(), start_new_session=True,
                )  # fmt: skip
            pid = process.pid
            self._pid_file(database).write_text(str(pid))
        until = time.monotonic() + wait
        # A process that has just begun has no words yet, so our own child is asked itself.
        while (process.poll() is None if process else self.pid(database)) and (
            time.monotonic() < until
        ):
            if self.answers(port):
                return pid
            time.sleep(0.3)
        raise LocalError("local_not_up", port=port, log=self.log(database).name)

    def stop(self, database: str, wait: float = 15) -> None:
        """End the database's server: exactly the process that ``start`` began."""
        pid = self.pid(database)
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            until = time.monotonic() + wait
            while self.pid(database) and time.monotonic() < until:
                time.sleep(0.1)
            if self.pid(database):
                os.kill(pid, signal.SIGKILL)
        self._pid_file(database).unlink(missing_ok=True)

    def pid(self, database: str) -> int | None:
        """The process of the database's server, if it lives and is what we started."""
        try:
            pid = int(self._pid_file(database).read_text())
            with open(f"/proc/{pid}/cmdline", "rb") as handle:
                words = handle.read().split(b"\0")
        except (OSError, ValueError):
            return None
        # A number is reused after a restart of the machine; the words of a command are not.
        if database.encode() not in words:
            return None
        # Only a child of this process can be waited for; others are seen by /proc alone.
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return None  # our own child, ended
        return pid

    def answers(self, port: int) -> bool:
        """Whether a server is up on the port."""
        return self._ask(port, "GET", "/web/health", None) == 200

    def lets_in(self, port: int, database: str, login: str, password: str) -> bool:
        """Whether a login works, asked from outside as anybody would."""
        params = {"db": database, "login": login, "password": password}
        body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
        answer = self._exchange(port, "POST", "/web/session/authenticate", body)
        return answer is None or answer.status != 200 or b'"error"' not in answer.body

    def port_is_free(self, port: int) -> bool:
        """Whether nothing listens on the port."""
        return self._exchange(port, "GET", "/web/health", None, refused=True) is None

    def backup_file(self, database: str, stamp: str) -> Path:
        """Where a backup of the database goes."""
        folder = self.folder / "backups"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / f"{database}-{stamp}.zip"

    # -- helpers --------------------------------------------------------------------

    def _ask(self, port: int, method: str, path: str, body: bytes | None) -> int | None:
        answer = self._exchange(port, method, path, body)
        return answer.status if answer else None

    def _exchange(self, port, method, path, body, refused=False):
        headers = {"Host": f"localhost:{port}", "Content-Type": "application/json"}
        try:
            return exchange(
                method, f"http://127.0.0.1:{port}{path}", headers, body,
                limits=Limits(connect=1, read=20, total=30), server_name=None,
            )  # fmt: skip
        except ExchangeError as error:
            # Whoever took the call without an answer holds the port all the same.
            return error if refused and error.sent else None

    def _failed(self, database: str, arguments: Sequence[str]) -> LocalError:
        command = " ".join(arguments[:2]) if arguments[0] == "db" else arguments[0]
        return LocalError("local_command_failed", command=command, log=self.log(database).name)

    def _options(self) -> list[str]:
        return ["--addons-path", ",".join(self.addons_path)]

    def _environment(self) -> dict[str, str]:
        # A tenant has no business with the keys of the control plane.
        return {k: v for k, v in os.environ.items() if not k.startswith("CONTROL_PLANE_")}

    def _pid_file(self, database: str) -> Path:
        return self.folder / f"{database}.pid"

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

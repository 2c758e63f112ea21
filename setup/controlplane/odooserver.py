"""Odoo's configuration, its command line, and servers that run in the background."""

import os
import re
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import odoosource, places, postgres
from .say import Problem


def environment(server: postgres.Server) -> dict:
    """The variables that every Odoo process of this checkout gets."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    env.update(read_secrets())
    env["PATH"] = f"{places.BIN}:{places.VENV / 'bin'}:{env.get('PATH', '')}"
    env["PYTHONPATH"] = str(odoosource.path())
    env["ODOO_RC"] = str(places.VAR / "odoo.conf")
    env["PYTHONWARNINGS"] = "ignore::DeprecationWarning:pkg_resources"
    env["CONTROL_PLANE_LOCAL_FOLDER"] = str(places.VAR / "tenants")
    return env


def read_secrets() -> dict:
    """Keys made once for this checkout. The caller's own environment wins."""
    values = {}
    if places.SECRETS.exists():
        for line in places.SECRETS.read_text().splitlines():
            key, _, value = line.partition("=")
            values[key] = value
    return {key: os.environ.get(key, value) for key, value in values.items()}


def write_secrets(tenant_port: int) -> None:
    """A vault key, and the one exception to the address guard that the demo tenant needs."""
    kept = read_secrets() if places.SECRETS.exists() else {}
    key = kept.get("CONTROL_PLANE_FERNET_KEYS") or f"demo1:{_fernet_key()}"
    places.VAR.mkdir(parents=True, exist_ok=True)
    hosts = [f"localhost:{port}" for port in range(tenant_port, tenant_port + 3)]
    places.SECRETS.touch(mode=0o600)
    places.SECRETS.write_text(
        f"CONTROL_PLANE_FERNET_KEYS={key}\n"
        f"CONTROL_PLANE_ALLOW_HOSTS={','.join(hosts)}\n"
        f"CONTROL_PLANE_LOCAL_PORT={tenant_port}\n"
    )


def _fernet_key() -> str:
    import base64

    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def write_config(server: postgres.Server, **options) -> Path:
    """``var/odoo.conf``, written anew at every start; ``options`` win over the defaults."""
    folders = [places.ADDONS]
    checkout = odoosource.path() / "addons"
    if checkout.is_dir():
        folders.append(checkout)
    values = {
        "addons_path": ",".join(str(folder) for folder in folders),
        "data_dir": places.DATA_DIR,
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_password": server.password,
        "db_maxconn": 32,
        "list_db": "True",
        "workers": 0,
        "max_cron_threads": 1,
        # Making a tenant or applying a blueprint to it takes minutes on a busy machine.
        "limit_time_real_cron": 1800,
        "log_level": "info",
        "without_demo": "True",
        **options,
    }
    places.VAR.mkdir(parents=True, exist_ok=True)
    target = places.VAR / values.pop("_name", "odoo.conf")
    lines = [f"{key} = {value}" for key, value in values.items() if value not in (None, "")]
    target.write_text("[options]\n" + "\n".join(lines) + "\n")
    target.chmod(0o600)
    return target


def link_tools() -> None:
    """The patched wkhtmltopdf under the name that Odoo looks for."""
    places.BIN.mkdir(parents=True, exist_ok=True)
    link = places.BIN / "wkhtmltopdf"
    packed = places.VENV / "bin" / "wkhtmltopdf-pack"
    if packed.exists() and not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(packed)


def odoo(server, *arguments, log=None, stdin=None, env=None) -> subprocess.CompletedProcess:
    """One run of Odoo's command line; its output goes to ``log`` when given."""
    command = [str(places.PYTHON), "-m", "odoo", *map(str, arguments)]
    output = open(log, "ab") if log else None  # noqa: SIM115
    try:
        return subprocess.run(
            command,
            env={**environment(server), **(env or {})},
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            cwd=places.ROOT,
        )
    finally:
        if output:
            output.close()


# --- servers in the background ----------------------------------------------


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _pid_file(name: str) -> Path:
    return places.RUN / f"{name}.pid"


def pid_of(name: str):
    """The process id of a server of ours that is alive, else None."""
    try:
        pid = int(_pid_file(name).read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if b"odoo" in command else None


def start(server, name: str, port: int, *arguments) -> None:
    """Start an Odoo server unless it runs already, and wait until it answers."""
    if pid_of(name):
        return
    if not port_is_free(port):
        raise Problem(
            f"Port {port} is taken by another program. Stop that program, or choose another "
            f"port: ./setup/run --port {port + 100}"
        )
    places.LOGS.mkdir(parents=True, exist_ok=True)
    places.RUN.mkdir(parents=True, exist_ok=True)
    log = places.LOGS / f"{name}.log"
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [str(places.PYTHON), "-m", "odoo", "server", "--http-port", str(port), *arguments],
            env=environment(server),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=places.ROOT,
            start_new_session=True,
        )
    _pid_file(name).write_text(str(process.pid))
    wait_until_up(port, log, process)


def wait_until_up(port: int, log: Path, process=None, seconds: int = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else ""
    raise Problem(f"The server on port {port} did not come up; {log.name} ends with:\n{tail}")


def stop(name: str) -> bool:
    pid = pid_of(name)
    if not pid:
        return False
    os.kill(pid, signal.SIGTERM)
    for _ in range(100):
        if not pid_of(name):
            break
        time.sleep(0.1)
    else:
        os.kill(pid, signal.SIGKILL)
    _pid_file(name).unlink(missing_ok=True)
    return True


# --- logs -------------------------------------------------------------------

LEVEL = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (WARNING|ERROR|CRITICAL) (.*)$")


def complaints(text: str, expected=()) -> list:
    """Warnings and errors of a log, without those that a pattern in ``expected`` matches."""
    patterns = [re.compile(pattern) for pattern in expected]
    return [
        line
        for line in text.splitlines()
        if LEVEL.match(line) and not any(pattern.search(line) for pattern in patterns)
    ]

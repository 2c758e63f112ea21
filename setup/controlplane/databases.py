"""The control plane's database: made, found again, filled with the demo stories."""

import os
import signal
import subprocess
import time
from pathlib import Path

from . import addons, odooserver, places, postgres
from .say import Problem, done, step

DIGEST = "control_plane.addons_digest"


def is_ready(server, name) -> bool:
    """Whether the database exists and our addons are installed in it; a half-made one is
    dropped, so that the next start makes it anew."""
    if name not in postgres.databases(server):
        return False
    wanted = ", ".join(f"'{addon}'" for addon in addons.ADDONS)
    try:
        rows = postgres.sql(
            server,
            name,
            f"SELECT name FROM ir_module_module WHERE state = 'installed' AND name IN ({wanted})",
        )
    except Problem:
        rows = []
    if len(rows) == len(addons.ADDONS):
        return True
    step(f"the database {name} was left half made; it is made anew")
    postgres.drop(server, name)
    return False


def install(server, name, demo: bool) -> None:
    """A database with Odoo's modules and ours."""
    began = time.monotonic()
    log = places.LOGS / "install.log"
    places.LOGS.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    step("Odoo's modules (half a minute)")
    batch(server, name, log, "-i", ",".join(addons.odoo_modules()), "--without-demo")
    step("the control plane's addons")
    if demo:
        # Odoo loads an addon's demo data where its dependencies have theirs. Ours tells its own
        # story, so Odoo's is called loaded for this one step, and called absent again after it.
        _mark_demo(server, name, True)
        batch(server, name, log, "-i", ",".join(addons.ADDONS), "--with-demo")
        _mark_demo(server, name, False)
    else:
        batch(server, name, log, "-i", ",".join(addons.ADDONS), "--without-demo")
    if not is_ready(server, name):
        raise Problem(f"The addons were not installed; {log} says why.")
    if demo and not has_demo(server, name):
        raise Problem(f"The demo stories could not be loaded; {log} says why.")
    _keep_digest(server, name)
    done("database ready", began)


def upgrade(server, name) -> None:
    """Bring the database to the addons of the checkout, where these changed since it was made or
    last upgraded. The server stops for it: it would run the old code."""
    kept = postgres.sql(
        server, name, f"SELECT value FROM ir_config_parameter WHERE key = '{DIGEST}'"
    )
    if kept and kept[0][0] == addons.digest():
        return
    began = time.monotonic()
    step("the addons changed: upgrading the database")
    odooserver.stop("control-plane")
    log = places.LOGS / "upgrade.log"
    log.unlink(missing_ok=True)
    batch(server, name, log, "-u", ",".join(addons.ADDONS))
    _keep_digest(server, name)
    done("database upgraded", began)


def _keep_digest(server, name) -> None:
    postgres.sql(
        server,
        name,
        "INSERT INTO ir_config_parameter (key, value) "
        f"VALUES ('{DIGEST}', '{addons.digest()}') "
        "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
    )


def set_address(server, name, port) -> None:
    """Links in mails and documents lead to this port, where nobody has set another address."""
    postgres.sql(
        server,
        name,
        f"UPDATE ir_config_parameter SET value = 'http://localhost:{int(port)}' "
        "WHERE key = 'web.base.url' AND value LIKE 'http://localhost:%'",
    )


def _mark_demo(server, name, loaded: bool) -> None:
    ours = ", ".join(f"'{addon}'" for addon in addons.ADDONS)
    postgres.sql(
        server,
        name,
        f"UPDATE ir_module_module SET demo = {loaded} "
        f"WHERE state = 'installed' AND name NOT IN ({ours})",
    )


def batch(server, name, log, *arguments, env=None) -> None:
    """Run Odoo on a database until it has done what ``arguments`` say, ``-i ADDON`` for one."""
    ran = odooserver.odoo(
        server, "server", "-d", name, *arguments, "--skip-auto-install",
        "--stop-after-init", "--no-http", "--max-cron-threads", "0", log=log, env=env,
    )  # fmt: skip
    if ran.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise Problem(f"Odoo stopped with an error; {log} ends with:\n{tail}")


def shell(server, name, script: str, log="shell.log", env=None) -> str:
    """Run a script in ``odoo shell``, with variables ``env`` on top; returns what it printed.

    :raises Problem: when the script fails, with the end of its log
    """
    places.LOGS.mkdir(parents=True, exist_ok=True)
    with open(places.LOGS / log, "ab") as errors:
        ran = subprocess.run(
            [str(places.PYTHON), "-m", "odoo", "shell", "-d", name, "--no-http"],
            env={**odooserver.environment(server), **(env or {})},
            input=script.encode(),
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=places.ROOT,
        )
    output = ran.stdout.decode(errors="replace")
    if ran.returncode or "Traceback" in output:
        raise Problem(f"A script failed in {name}; var/log/{log} says why.\n{output[-1500:]}")
    return output


def has_demo(server, name) -> bool:
    rows = postgres.sql(
        server, name, "SELECT 1 FROM ir_module_module WHERE name = 'cs_health' AND demo"
    )
    return bool(rows)


def tell_demo(server, name) -> None:
    """Make the demo tenant's real database and what follows from it, once."""
    told = postgres.sql(
        server,
        name,
        "SELECT value FROM ir_config_parameter WHERE key = 'partner_governance.demo_told'",
    )
    if told:
        return
    began = time.monotonic()
    step("the demo stories, with a real Odoo database for each tenant (two minutes)")
    shell(server, name, (places.ROOT / "setup/controlplane/demo_story.py").read_text())
    done("the demo stories are told", began)


def of_tenants(server, name) -> list:
    """The databases that the local provisioner made for this control plane."""
    try:
        rows = postgres.sql(
            server, name, "SELECT database FROM hosting_environment WHERE database IS NOT NULL"
        )
    except Problem:
        return []
    return [row[0] for row in rows]


def restart_tenants(server, name) -> None:
    """Start the server of each local tenant that does not run."""
    shell(server, name, "env['hosting.environment']._local_ensure_running()\n")


def stop_tenants(folder=None) -> None:
    """End the tenant servers that the local provisioner started, by their own pid files."""
    for file in sorted((folder or places.VAR / "tenants").glob("**/*.pid")):
        try:
            pid = int(file.read_text())
            if b"odoo" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGTERM)
        except (OSError, ValueError):
            continue

"""Template databases for the tests: Odoo's modules once, our addons when they changed."""

import socket
import time
from pathlib import Path

from . import addons, databases, odooserver, places, postgres
from .say import Problem, done, step

# Warnings that are not ours to mend, each with its reason.
EXPECTED = [
    # Odoo's pinned Werkzeug deprecates what Odoo itself calls.
    r"DeprecationWarning: 'werkzeug",
    r"py\.warnings: .*DeprecationWarning",
    # Odoo 19.0 announces a default of 20.0.
    r"missing --http-interface",
    # Refusals that a test provokes are logged by the HTTP layer.
    r"odoo\.http: (Uh-oh|“|You )",
    # The local provisioner makes sure that admin/admin opens no new tenant.
    r"tenant_\S+ odoo\.http: Access Denied",
    # Core's CRM form names a widget of a module that a control plane does not need.
    r"Missing widget: res_partner_many2one",
    r"Running as user 'root'",
]


# A test's rows are never committed: autovacuum would count each table as empty, and the planner
# would then read thousands of rows once for each of thousands.
NO_AUTOVACUUM = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT oid::regclass AS name FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', one.name);
    END LOOP;
END $$
"""


def config(server, database, log) -> Path:
    """A configuration file for one test database, with its log in a file of its own."""
    return odooserver.write_config(
        server,
        db_name=database,
        http_interface="127.0.0.1",
        http_port=0,
        logfile=log,
        max_cron_threads=0,
        _name=f"{database}.conf",
    )


def tenants(database) -> Path:
    """The folder of the tenants that tests on a database make."""
    return places.VAR / "test-tenants" / database


def tenant_environment(database) -> dict:
    """Variables that let a test's local provisioner work beside a running demo."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        "CONTROL_PLANE_LOCAL_PORT": str(port),
        "CONTROL_PLANE_ALLOW_HOSTS": f"localhost:{port}",
        "CONTROL_PLANE_LOCAL_FOLDER": str(tenants(database)),
    }


def template(server) -> str:
    """The name of a template database with all our addons, without demo data.

    Made again when a file of an addon changed; Odoo's own modules are installed once.
    """
    modules = addons.odoo_modules()
    base = f"cp_odoo_{addons.digest_of(modules)}"
    name = f"cp_template_{addons.digest()}"
    existing = postgres.databases(server)
    if name in existing:
        return name
    log = places.LOGS / "test-install.log"
    places.LOGS.mkdir(parents=True, exist_ok=True)
    if base not in existing:
        began = time.monotonic()
        step("template database with Odoo's modules (once)")
        _install(server, f"{base}_new", modules, log)
        _rename(server, f"{base}_new", base)
        done("Odoo's modules installed", began)
    began = time.monotonic()
    step("template database with our addons")
    for old in existing:
        if old.startswith("cp_template_"):
            postgres.drop(server, old)
    postgres.clone(server, base, f"{name}_new")
    _install(server, f"{name}_new", addons.ADDONS, log)
    found = unexpected(log)
    if found:
        raise Problem("The installation warns:\n" + "\n".join(found[:20]))
    postgres.sql(server, f"{name}_new", NO_AUTOVACUUM)
    _rename(server, f"{name}_new", name)
    done("our addons installed", began)
    return name


def _install(server, database, modules, log) -> None:
    log.unlink(missing_ok=True)
    if database not in postgres.databases(server):
        postgres.sql(
            server,
            "postgres",
            f"CREATE DATABASE \"{database}\" TEMPLATE template0 LC_COLLATE 'C' ENCODING 'UTF8'",
        )
    databases.batch(server, database, log, "-i", ",".join(modules), "--without-demo")


def _rename(server, old, new) -> None:
    postgres.sql(server, "postgres", f'ALTER DATABASE "{old}" RENAME TO "{new}"')
    store = places.DATA_DIR / "filestore"
    if (store / old).is_dir():
        (store / old).rename(store / new)


def unexpected(log: Path) -> list:
    if not log.exists():
        return []
    return odooserver.complaints(log.read_text(errors="replace"), EXPECTED)

"""From a bare checkout to a running control plane with the demo stories."""

import argparse
import shutil
import time

from .. import databases, odooserver, places, postgres, prepare
from ..say import Problem, done, step

LOGINS = [
    ("admin", "platform administrator (Polaris Cloud)"),
    ("petra", "platform staff, programme manager"),
    ("mara", "manager of the master partner Meridian Consulting"),
    ("hanna", "sales of the sub-partner Hanse ERP"),
    ("henrik", "manager of Hanse ERP"),
    ("hilde", "delivery (senior solution lead) of Hanse ERP"),
    ("felix", "finance of Hanse ERP"),
    ("anton", "manager of the second sub-partner Alpenland IT"),
    ("olga", "manager of the OEM vendor TradeFlow Commerce"),
    ("nils", "delivery partner Nordlicht Delivery, engaged by TradeFlow"),
    ("ines", "manager of the unrelated partner Iberia Systems"),
]


def arguments():
    parser = argparse.ArgumentParser(prog="./setup/run", description=__doc__)
    parser.add_argument("--port", type=int, default=8069, help="of the control plane (8069)")
    parser.add_argument("--db", default="control_plane", help="name of the database")
    parser.add_argument("--no-demo", action="store_true", help="install without the demo stories")
    parser.add_argument("--reset", action="store_true", help="drop the database and start over")
    parser.add_argument("--workers", type=int, default=0, help="HTTP workers (0: threads)")
    parser.add_argument("--stop", action="store_true", help="stop the servers and PostgreSQL")
    parser.add_argument("--db-host", help="use this PostgreSQL instead of the embedded one")
    parser.add_argument("--db-port", type=int, default=5432)
    parser.add_argument("--db-user", default=postgres.ROLE)
    parser.add_argument("--db-password", default="")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    began = time.monotonic()
    with prepare.alone():
        if options.stop:
            return stop()
        if not odooserver.pid_of("control-plane"):
            _check_port(options.port)
        server = _server(options)
        odooserver.write_secrets(options.port + 1)
        server = prepare.environment(server, workers=options.workers, http_interface="0.0.0.0")
        if options.reset:
            reset(server, options.db)
        if not databases.is_ready(server, options.db):
            databases.install(server, options.db, demo=not options.no_demo)
        databases.upgrade(server, options.db)
        if databases.has_demo(server, options.db):
            # Before the server starts: its crons would carry out the story's effects as well.
            databases.tell_demo(server, options.db)
        databases.set_address(server, options.db, options.port)
        step("starting the servers")
        odooserver.start(
            server, "control-plane", options.port, "-d", options.db,
            "--db-filter", f"^{options.db}$",
        )  # fmt: skip
        databases.restart_tenants(server, options.db)
    done("the control plane is up", began)
    say_where(server, options)
    return 0


def _check_port(port):
    if not odooserver.port_is_free(port):
        raise Problem(
            f"Port {port} is taken by another program. Stop that program, or choose another "
            f"port: ./setup/run --port {port + 100}"
        )


def _server(options):
    if not options.db_host:
        return None
    return postgres.Server(
        options.db_host, options.db_port, options.db_user, options.db_password, own=False
    )


def stop() -> int:
    databases.stop_tenants()
    if odooserver.stop("control-plane"):
        step("the control plane has stopped")
    postgres.stop()
    step("PostgreSQL has stopped")
    return 0


def reset(server, name) -> None:
    step(f"dropping the database {name}")
    databases.stop_tenants()
    odooserver.stop("control-plane")
    for database in [*databases.of_tenants(server, name), name]:
        postgres.drop(server, database)
    shutil.rmtree(places.VAR / "tenants", ignore_errors=True)


def say_where(server, options) -> None:
    print(f"\n  http://localhost:{options.port}\n")
    if databases.has_demo(server, options.db):
        print("  Log in with one of these; the password is always demo (admin: admin).")
        for login, who in LOGINS:
            print(f"    {login:8} {who}")
        print(f"\n  The demo tenant's own Odoo: http://localhost:{options.port + 1}")
    else:
        print("  Log in as admin with the password admin, and change it.")
    print("  Stop with ./setup/run --stop, start over with ./setup/run --reset\n")

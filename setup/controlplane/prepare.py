"""What every command needs first: Python packages, Odoo, PostgreSQL, configuration."""

import contextlib
import fcntl

from . import odooserver, odoosource, places, postgres, pythonenv
from .say import Problem

# Odoo modules that our addons stand on, installed in one go before ours.
ADDONS = ["partner_governance", "tenant_billing", "distribution_blueprints", "cs_health"]


@contextlib.contextmanager
def alone():
    """One command at a time prepares the environment of a checkout."""
    places.VAR.mkdir(parents=True, exist_ok=True)
    with open(places.VAR / "lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Problem(
                "Another setup command is preparing this checkout. Wait until it has finished."
            ) from None
        yield


def environment(server: postgres.Server | None = None, **config) -> postgres.Server:
    """Packages, Odoo and a running PostgreSQL; returns how to reach it."""
    pythonenv.ensure()
    odoosource.ensure()
    odooserver.link_tools()
    if not places.SECRETS.exists():
        odooserver.write_secrets(8070)
    if server is None:
        server = postgres.start()
    odooserver.write_config(server, **config)
    return server

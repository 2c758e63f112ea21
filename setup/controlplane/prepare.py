"""What every command needs first: Python packages, Odoo, PostgreSQL, configuration."""

import contextlib
import fcntl
import time

from . import odooserver, odoosource, places, postgres, pythonenv
from .say import Problem

WAIT_SECONDS = 600


@contextlib.contextmanager
def alone():
    """One command at a time prepares the environment of a checkout; the next one waits."""
    places.VAR.mkdir(parents=True, exist_ok=True)
    with open(places.VAR / "lock", "w") as handle:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise Problem(
                        "Another setup command has been preparing this checkout for ten minutes. "
                        "Look whether one hangs, end it, and start this one again."
                    ) from None
                time.sleep(0.2)
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

"""Odoo's own command line with this checkout's configuration.

Examples:
  ./setup/odoo shell -d control_plane < script.py
  ./setup/odoo server -d control_plane -u tenant_billing --stop-after-init
  ./setup/odoo i18n export -d control_plane partner_governance
"""

import os
import sys

from .. import odooserver, places, prepare


def main() -> int:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
    with prepare.alone():
        server = prepare.environment()
    command = [str(places.PYTHON), "-m", "odoo", *arguments]
    os.execve(command[0], command, odooserver.environment(server))

"""Where everything is kept: all of it under ``var/`` of the checkout, which git ignores."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
VAR = Path(os.environ.get("CONTROL_PLANE_VAR") or ROOT / "var")

VENV = VAR / "venv"
PYTHON = VENV / "bin" / "python"
BIN = VAR / "bin"
ODOO = VAR / "odoo"
DOWNLOADS = VAR / "downloads"
POSTGRES_DATA = VAR / "postgres"
DATA_DIR = VAR / "data"
LOGS = VAR / "log"
RUN = VAR / "run"
SECRETS = VAR / "secrets.env"
LOCK = ROOT / "setup" / "requirements.lock"

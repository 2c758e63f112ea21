"""The Python environment: a venv filled from the lock file, made again when the lock changes."""

import hashlib
import os
import shutil
import subprocess
import sys
import time

from . import places
from .say import Problem, done, step

OLDEST, NEWEST = (3, 10), (3, 13)


def ensure() -> None:
    """Make ``var/venv`` hold exactly what ``requirements.lock`` says."""
    stamp = places.VENV / ".locked"
    wanted = hashlib.sha256(places.LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and places.PYTHON.exists():
        return
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise Problem(
            f"Python {sys.version_info[0]}.{sys.version_info[1]} is outside 3.10 to 3.13, which "
            "Odoo 19 runs on. Start this command with one of them: python3.12 setup/run"
        )
    began = time.monotonic()
    step("Python packages (about a minute, once)")
    shutil.rmtree(places.VENV, ignore_errors=True)
    places.VAR.mkdir(parents=True, exist_ok=True)
    _make_venv()
    pip = [places.PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    install = subprocess.run(
        [*pip, "--no-deps", "--require-hashes", "-r", places.LOCK],
        capture_output=True,
        text=True,
    )
    if install.returncode:
        raise Problem(
            "The Python packages could not be installed. Is the package index reachable "
            "(python3 -m pip download six)? pip said:\n" + install.stderr[-1500:]
        )
    stamp.write_text(wanted)
    done("Python packages ready", began)


def _make_venv() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "venv", places.VENV], capture_output=True, text=True
    )
    if made.returncode == 0:
        return
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    package = f"python{version}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        step(f"installing {package}")
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-qq", "-y", package], check=False)
        shutil.rmtree(places.VENV, ignore_errors=True)
        again = subprocess.run([sys.executable, "-m", "venv", places.VENV], capture_output=True)
        if again.returncode == 0:
            return
    raise Problem(
        f"Python cannot make a virtual environment here. Install it first: "
        f"sudo apt-get install {package}"
    )

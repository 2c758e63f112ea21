"""Odoo 19.0 itself: a path that is given, else Debian's package, else a shallow clone."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from . import places
from .say import Problem, done, step

# The package's fonts and scripts are relative links into these packages.
FROM_SID = [
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
]
# Odoo wants version 4.7; the one in sid has other file names.
FROM_STABLE = ["fonts-font-awesome"]
# Left out of the package for its licence; without the file every browser test fails.
LEFT_OUT = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def path() -> Path:
    """The folder to put on PYTHONPATH so that ``import odoo`` works."""
    given = os.environ.get("ODOO_PATH")
    if given:
        folder = Path(given)
        if not (folder / "odoo").is_dir():
            raise Problem(f"ODOO_PATH is {given}, but there is no folder 'odoo' in it.")
        return folder
    packaged = places.ODOO / "usr/lib/python3/dist-packages"
    return packaged if packaged.is_dir() else places.ODOO


def ensure() -> None:
    if os.environ.get("ODOO_PATH") or (places.ODOO / ".complete").exists():
        path()
        return
    began = time.monotonic()
    step("Odoo 19.0 (123 MB, once)")
    shutil.rmtree(places.ODOO, ignore_errors=True)
    reasons = []
    for source in (_from_debian, _from_git):
        try:
            source()
        except (OSError, subprocess.CalledProcessError, LookupError) as error:
            shutil.rmtree(places.ODOO, ignore_errors=True)
            reasons.append(f"{source.__name__.removeprefix('_from_')}: {error}")
            continue
        stand_in = path() / "odoo" / LEFT_OUT
        if not stand_in.exists():
            stand_in.parent.mkdir(parents=True, exist_ok=True)
            stand_in.write_text("")
        (places.ODOO / ".complete").write_text("")
        done("Odoo ready", began)
        return
    raise Problem(
        "Odoo could not be fetched. Either give an Odoo 19.0 checkout with "
        "ODOO_PATH=/path/to/odoo, or let this machine reach its Debian mirror or GitHub.\n  "
        + "\n  ".join(reasons)
    )


def _mirror() -> str:
    """The mirror this machine is already configured for."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    for site in targets:
        if re.search(r"/debian/?$", site) and "security" not in site:
            return site
    raise LookupError("no Debian mirror is configured for apt")


def _from_debian() -> None:
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise LookupError("apt-get and dpkg are not here")
    mirror = _mirror()
    places.ODOO.mkdir(parents=True)
    for suite, packages in (("sid", FROM_SID), ("stable", FROM_STABLE)):
        for archive in _download(mirror, suite, packages):
            subprocess.run(["dpkg", "-x", archive, places.ODOO], check=True, capture_output=True)
            archive.unlink()


def _download(mirror: str, suite: str, packages: list) -> list:
    """Fetch packages of one suite with list and cache folders of our own: no root needed."""
    folder = places.DOWNLOADS / suite
    shutil.rmtree(folder, ignore_errors=True)
    for sub in ("lists/partial", "cache/archives/partial", "out"):
        (folder / sub).mkdir(parents=True)
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    option = f"[signed-by={keyring}] " if Path(keyring).exists() else ""
    (folder / "sources.list").write_text(f"deb {option}{mirror} {suite} main\n")
    apt = [
        "apt-get",
        "-qq",
        f"-oDir::Etc::SourceList={folder}/sources.list",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::State::Lists={folder}/lists",
        f"-oDir::Cache={folder}/cache",
        "-oAcquire::Languages=none",
        "-oAPT::Sandbox::User=",
    ]
    for command in (["update"], ["download", *packages]):
        ran = subprocess.run([*apt, *command], cwd=folder / "out", capture_output=True, text=True)
        if ran.returncode:
            raise LookupError(f"apt-get {command[0]} ({suite}): {ran.stderr.strip()[-300:]}")
    return sorted((folder / "out").glob("*.deb"))


def _from_git() -> None:
    if not shutil.which("git"):
        raise LookupError("git is not here")
    subprocess.run(
        [
            "git", "clone", "--quiet", "--depth", "1", "--branch", "19.0",
            "https://github.com/odoo/odoo.git", places.ODOO,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    # A checkout keeps most addons beside the package; one folder serves both cases.
    for addon in (places.ODOO / "addons").iterdir():
        link = places.ODOO / "odoo" / "addons" / addon.name
        if not link.exists():
            link.symlink_to(addon)

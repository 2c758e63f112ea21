"""Engines import the standard library and engines, nothing else (DESIGN 3)."""

import ast
import sys
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"
FILES = sorted(ADDONS.glob("*/engine/**/*.py"))


def foreign_imports(source: str, package: tuple[str, ...]) -> list[str]:
    """Imports of a module in ``package`` (the folders below ``addons``) that are neither the
    standard library, nor ``cp``, nor relative and inside some addon's ``engine``."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if not _known(alias.name)]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found += [] if _known(node.module) else [node.module]
        elif isinstance(node, ast.ImportFrom):
            up = len(package) - node.level + 1
            target = package[: max(up, 0)] + tuple((node.module or "").split("."))
            if up < 0 or target[1:2] != ("engine",):
                found.append("." * node.level + (node.module or ""))
    return found


def _known(name: str) -> bool:
    root, *rest = name.split(".")
    return root in sys.stdlib_module_names or (root == "cp" and rest[1:2] == ["engine"])


def test_there_are_engines_in_all_four_addons():
    assert {path.relative_to(ADDONS).parts[0] for path in FILES} >= {
        "cs_health",
        "distribution_blueprints",
        "partner_governance",
        "tenant_billing",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ADDONS)))
def test_an_engine_imports_no_odoo(path):
    """No file under an engine folder reaches Odoo, a package to install, or its own addon's
    models and adapters."""
    package = path.relative_to(ADDONS).parts[:-1]
    assert foreign_imports(path.read_text(encoding="utf-8"), package) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import odoo", ["odoo"]),
        ("from odoo.addons.x.engine import y", ["odoo.addons.x.engine"]),
        ("def f():\n    import requests", ["requests"]),
        ("from ..models import x", ["..models"]),
        ("from .. import models", [".."]),
        ("from ... import x", ["..."]),
        ("from ....engine.engine import x", ["....engine.engine"]),
        ("from cp.cs_health.models import x", ["cp.cs_health.models"]),
        ("import decimal, os.path", []),
        ("from . import money\nfrom .money import ZERO", []),
        ("from ...cs_health.engine import bands", []),
        ("from cp.cs_health.engine import bands", []),
        ("from __future__ import annotations", []),
    ],
)
def test_the_check_itself(source, found):
    assert foreign_imports(source, ("tenant_billing", "engine")) == found

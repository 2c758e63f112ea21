"""Load the engines without Odoo, as ``cp.<addon>.engine``.

An addon's ``__init__`` imports Odoo models, so an engine cannot be imported through it.
Two stub packages stand in: ``cp`` with the addons folder as its path, and ``cp.<addon>``
with the addon's folder as its path, whose ``__init__`` is never run. Inside Odoo the same
files are ``odoo.addons.<addon>.engine``; objects of the two names do not mix.
"""

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"


def _stub(name: str, path: Path) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = [str(path)]
    sys.modules[name] = module
    return module


def install() -> None:
    """Make ``cp.<addon>.engine`` importable. Calling it again does nothing."""
    if "cp" in sys.modules:
        return
    root = _stub("cp", ADDONS)
    for folder in sorted(ADDONS.iterdir()):
        if (folder / "engine").is_dir():
            setattr(root, folder.name, _stub(f"cp.{folder.name}", folder))

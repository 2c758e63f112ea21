"""Unit tests see the engines as ``cp.<addon>.engine``; model and scenario tests never do."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "setup"))

from controlplane import engines  # noqa: E402

engines.install()

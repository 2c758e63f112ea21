"""Unit tests see the engines as ``cp.<addon>.engine``; model and scenario tests never do."""

import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "setup"))

from controlplane import engines  # noqa: E402

engines.install()

# Nothing here is judged by the clock: on a busy machine every test is slow.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

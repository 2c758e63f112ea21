"""The addons of this checkout: what they stand on, and whether they changed."""

import ast
import hashlib

from . import places

# In the order of their dependencies.
ADDONS = ["partner_governance", "tenant_billing", "distribution_blueprints", "cs_health"]
# Bridges between Odoo's modules that Odoo would add by itself.
BRIDGES = ["sale_project"]


def odoo_modules() -> list:
    """Odoo's modules that ours depend on, by their manifests, and the bridges between them."""
    found = set(BRIDGES)
    for addon in ADDONS:
        manifest = ast.literal_eval((places.ADDONS / addon / "__manifest__.py").read_text())
        found.update(manifest["depends"])
    return sorted(found.difference(ADDONS))


def digest() -> str:
    """Changes when a file of an addon does, tests aside."""
    parts = []
    for path in sorted(places.ADDONS.rglob("*")):
        relative = path.relative_to(places.ADDONS)
        if not path.is_file() or {"tests", "__pycache__", "readme"} & set(relative.parts):
            continue
        parts.append(f"{relative}:{hashlib.sha256(path.read_bytes()).hexdigest()}")
    return digest_of(parts)


def digest_of(parts) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12]

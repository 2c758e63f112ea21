"""What every tour needs once: the client's assets, built and committed before the first class.

A tour's transaction is rolled back with its class, and what a browser makes the server build in it
goes along; without this each class would build the same scripts and styles again.
"""

import pytest

import odoo
from odoo.modules.registry import Registry

SCRIPTS = (
    "web.assets_web",
    "web.assets_frontend",
    "web.assets_frontend_minimal",
    "web.assets_frontend_lazy",
    "web.assets_backend_lazy",
    "web.assets_tests",
    "web_tour.automatic",
)
STYLES = ("web.assets_web", "web.assets_frontend", "web.assets_backend_lazy")


@pytest.fixture(scope="session", autouse=True)
def assets():
    (database,) = odoo.tools.config["db_name"]
    with Registry(database).cursor() as cr:
        qweb = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})["ir.qweb"]
        for name in SCRIPTS:
            qweb._get_asset_bundle(name, css=False, js=True).js()
        for name in STYLES:
            qweb._get_asset_bundle(name, css=True, js=False).css()

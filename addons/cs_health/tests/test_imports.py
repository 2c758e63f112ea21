from pathlib import Path

from odoo.tests import BaseCase, tagged

from odoo.addons.cs_health import tests


@tagged("standard", "-at_install", "post_install")
class TestImports(BaseCase):
    def test_every_test_file_is_imported(self):
        """A test file that nobody imports would never run."""
        folder = Path(tests.__file__).parent
        for path in folder.glob("test_*.py"):
            self.assertTrue(hasattr(tests, path.stem), path.name)

"""The scheduled actions of a control plane that has nothing to do."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.partner_governance.tests.common import ProgramMixin


@tagged("standard", "-at_install", "post_install")
class TestCrons(ProgramMixin, TransactionCase):
    def test_an_idle_cron_asks_for_no_other_run(self):
        """A cron that triggers itself, or another one, with nothing to do runs for ever."""
        self.build_programme()
        ours = self.env["ir.model.data"].search(
            [
                ("model", "=", "ir.cron"),
                (
                    "module",
                    "in",
                    [
                        "partner_governance",
                        "tenant_billing",
                        "distribution_blueprints",
                        "cs_health",
                    ],
                ),
            ]
        )
        crons = self.env["ir.cron"].browse(ours.mapped("res_id"))
        self.assertGreater(len(crons), 4)
        for _round in ("what was left to do", "nothing"):
            self.env["ir.cron.trigger"].search([]).unlink()
            for cron in crons:
                with self.enter_registry_test_mode():
                    self.assertIs(cron.method_direct_trigger(), True, cron.name)
        self.assertEqual(self.env["ir.cron.trigger"].search([]).cron_id.mapped("name"), [])

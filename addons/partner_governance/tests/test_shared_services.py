from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import ProgramCase


class TestSharedServices(ProgramCase):
    """PG-018, PG-022: what a master shares with its branch, and where cases escalate to."""

    def service(self, name="Managed hosting", **values):
        return self.as_user(self.master, "manager", "program.shared.service").create(
            {"name": name, **values}
        )

    def use(self, service, node, **values):
        return self.as_user(self.master, "manager", "program.shared.use").create(
            {"service_id": service.id, "consumer_id": node.id, **values}
        )

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_a_master_lists_what_it_shares(self):
        """PG-022: the master lists, each sub shows what it uses; a neighbour reads neither."""
        service = self.service()
        use = self.use(service, self.sub)
        self.assertEqual(service.use_count, 1)
        sub = self.sub.with_user(self.user(self.sub, "manager"))
        self.assertEqual(sub.shared_use_ids, use)
        self.assertEqual(sub.shared_use_ids.service_id.name, "Managed hosting")
        others = self.as_user(self.sub2, "manager", "program.shared.use")
        self.assertFalse(others.search([]))
        self.assertFalse(
            self.as_user(self.stranger, "manager", "program.shared.service").search([])
        )
        for call in (
            lambda: use.with_user(self.user(self.sub, "manager")).write({"date_until": False}),
            lambda: use.with_user(self.user(self.stranger, "manager")).write({"date_from": False}),
            lambda: self.as_user(self.sub, "manager", "program.shared.use").create(
                {"service_id": service.id, "consumer_id": self.sub.id}
            ),
        ):
            with self.assertRaises(AccessError):
                call()
        use.with_user(self.user(self.master, "manager")).date_until = fields.Date.today()
        self.assertEqual(service.use_count, 0)

    def test_below_and_once(self):
        """PG-022: shared with partners below alone, once at a time, by masters."""
        service = self.service()
        with self.assertRaises(UserError):
            self.use(service, self.stranger)
        with self.assertRaises(ValidationError):
            self.use(service, self.master)
        with self.assertRaises(ValidationError):
            self.as_user(self.sub, "manager", "program.shared.service").create({"name": "Mine"})
        today = fields.Date.today()
        self.use(service, self.sub, date_from=today - timedelta(9), date_until=today)
        self.assertEqual(service.use_count, 0)
        self.use(service, self.sub)
        self.assertEqual(service.use_count, 1)

    def test_escalation_goes_up_with_both_clocks(self):
        """PG-018: sub, master, platform, each with its targets; a slower one above is named."""
        for node, response, resolution in ((self.sub, 4, 16), (self.master, 8, 24)):
            self.as_user(node, "manager", "program.support.desk").create(
                {"name": "Desk", "response_hours": response, "resolution_hours": resolution}
            )
        lines = self.sub.with_user(self.user(self.sub, "sales")).support_path.split("\n")
        self.assertEqual(len(lines), 3)
        self.assertIn("1. Hanse ERP, Desk: answers in 4.0 h, solves in 16.0 h", lines[0])
        self.assertIn("2. Meridian Consulting, Desk", lines[1])
        self.assertIn("slower than a promise below", lines[1])
        self.assertIn(f"3. {self.root.name}", lines[2])
        self.assertIn("no targets set", lines[2])
        desk = self.env["program.support.desk"].search([("program_node_id", "=", self.master.id)])
        desk.program_published = False
        self.env.invalidate_all()
        hidden = self.sub.with_user(self.user(self.sub, "sales")).support_path.split("\n")[1]
        self.assertIn("no targets set", hidden)
        steps = self.sub._support_paths()[self.sub]
        self.assertEqual([step.desk.node_id for step in steps],
                         [self.sub.id, self.master.id, self.root.id])  # fmt: skip

    def test_desks_above_are_read_and_not_written(self):
        """PG-018, X-05: a sub-partner reads its master's desk, a stranger does not."""
        desk = self.as_user(self.master, "manager", "program.support.desk").create({"name": "D"})
        self.assertEqual(desk.with_user(self.user(self.sub, "sales")).name, "D")
        with self.assertRaises(AccessError):
            desk.with_user(self.user(self.sub, "manager")).write({"name": "x"})
        with self.assertRaises(AccessError):
            desk.with_user(self.user(self.stranger, "manager")).read(["name"])

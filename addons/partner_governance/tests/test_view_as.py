from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .marked import amount_mark, mark, money_mark
from .test_isolation import IsolationCase


class TestViewAs(IsolationCase):
    """PG-045, X-06, DESIGN 4.1: operations of a partner, to read, without money, and seen."""

    def log(self, node):
        """What a node's manager reads, without the marks of the fence's tests."""
        log = self.as_user(node, "manager", "program.access.log").search([])
        return log.filtered(lambda row: not row.reason)

    def rows(self, who, node):
        action = node.with_user(who).action_view_as()
        view = self.env["program.view"].with_user(who).browse(action["res_id"])
        return view.line_ids

    def test_what_the_partner_sees_and_nothing_else(self):
        """DESIGN 4.1: rows of the partner's branch, none of others, no money mark."""
        self.env.invalidate_all()
        for who in (self.platform, self.user(self.master, "manager")):
            lines = self.rows(who, self.sub)
            text = str(lines.read())
            self.assertIn(mark(self.sub), text)
            for other in self.nodes - self.sub:
                self.assertNotIn(mark(other), text)
            self.assertNotIn(money_mark(self.sub), text)
            self.assertNotIn(str(amount_mark(self.sub)), text)
        branch = str(self.rows(self.platform, self.master).read())
        for node in (self.master, self.sub, self.sub2):
            self.assertIn(mark(node), branch)
        self.assertNotIn(mark(self.stranger), branch)

    def test_a_master_does_not_see_through_its_sub(self):
        """PG-152: a deal that the sub-partner works on for an outsider stays the outsider's to its
        master; the platform sees it."""
        deal = self.filled[self.oem]["deal"]
        self.engage(self.oem, self.sub, deal_id=deal.id)
        self.env.invalidate_all()
        self.assertIn(mark(self.oem), str(self.rows(self.platform, self.sub).read()))
        self.env.invalidate_all()
        master = self.user(self.master, "manager")
        kinds = self.rows(master, self.sub).filtered(lambda line: line.kind == "Deal registration")
        self.assertNotIn(f"{mark(self.oem)} deal", kinds.mapped("name"))

    def test_no_kind_with_money(self):
        """DESIGN 4.1: a kind of another class than operational has no row, whoever adds it."""
        View = self.env["program.view"].with_user(self.platform)
        for model in ("crm.lead", "sale.order", "account.move", "product.pricelist"):
            self.assertEqual(View._lines(self.root, model, {}), [])
        table = self.env["program.isolation"]._entries()
        for model, _columns in View._kinds():
            self.assertEqual(table[model].cls, "operational", model)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_look(self):
        """X-06: the platform and managers above; not the partner's neighbours, people or subs."""
        for node, role in (
            (self.stranger, "manager"),
            (self.sub2, "manager"),
            (self.sub, "manager"),
            (self.master, "sales"),
        ):
            with self.subTest(node=node.name, role=role), self.assertRaises(AccessError):
                self.sub.with_user(self.user(node, role)).action_view_as()
        with self.assertRaises(AccessError):
            self.master.with_user(self.user(self.sub, "manager")).action_view_as()
        with self.assertRaises(AccessError):
            view = self.env["program.view"].with_user(self.platform)._look(self.sub)
            view.with_user(self.user(self.master, "manager")).line_ids.read(["name"])

    def test_the_partner_reads_that_it_was_seen(self):
        """DESIGN 4.1: who, of which company, when; competitors do not read it."""
        self.rows(self.platform, self.sub)
        for node, count in ((self.sub, 1), (self.master, 1), (self.sub2, 0), (self.stranger, 0)):
            log = self.log(node)
            self.assertEqual(len(log), count, node.name)
        log = self.log(self.sub)
        self.assertEqual((log.kind, log.actor_name), ("view_as", self.platform.name))
        self.assertEqual(log.actor_node, self.root.name)

    def test_what_the_platform_changes_is_shown(self):
        """PG-045: a record that the desk writes is named to the partner with its fields; the
        partner's own changes, and the system's, are not."""
        deal = self.filled[self.sub]["deal"]
        deal.with_user(self.platform).write({"contact_name": "Corrected"})
        deal.with_user(self.user(self.sub, "sales")).write({"contact_name": "Own"})
        deal.sudo().write({"contact_name": "System"})
        log = self.log(self.sub)
        self.assertEqual(log.mapped("kind"), ["platform_override"])
        self.assertIn("Contact", log.what)
        self.assertIn(deal.reference, log.what)
        own = self.filled[self.root]["deal"]
        own.with_user(self.platform).write({"contact_name": "Ours"})
        self.assertEqual(
            self.env["program.access.log"].search_count([("kind", "=", "platform_override")]), 1
        )

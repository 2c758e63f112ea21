from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import DISTRIBUTOR, ProgramCase


class TestEscalation(ProgramCase):
    """PG-043: escalations go to whoever the matrix makes accountable, then further up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.soon = fields.Date.add(cls.today, days=2)
        desk = cls.env.ref("partner_governance.group_platform_programme")
        cls.desk = cls.staff("desk.person")
        cls.desk.group_ids += desk

    def escalate(self, record, role="delivery", node=None, **values):
        """Press the button, fill the dialog."""
        own = record.with_user(self.user(node or self.sub, role))
        opened = own.action_escalate()
        dialog = own.env[opened["res_model"]].with_context(**opened["context"])
        dialog.create(
            {"reason": "No answer since Monday", "due_date": self.soon, **values}
        ).action_escalate()
        return self.env["governance.action"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)], order="id desc", limit=1
        )

    def test_up_from_whoever_is_accountable(self):
        """PG-043: the partner's own manager first, then master, then the programme desk; each
        once while it is open; with reason, day, trail, and a row on the asked one's list."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        wanted = [
            (self.sub, self.user(self.sub, "manager")),
            (self.master, self.user(self.master, "manager")),
            (self.root, self.root._escalation_person()),
        ]
        for node, person in wanted:
            action = self.escalate(deal)
            self.assertEqual((action.escalated_node_id, action.user_id), (node, person))
            self.assertEqual((action.due_date, action.note), (self.soon, "No answer since Monday"))
            self.assertEqual(action.program_node_id, self.sub)
            rows = self.env["program.monday"].with_user(person)._rows()
            (row,) = [one for one in rows if one["res_id"] == action.id]
            self.assertEqual(row["why"], "Escalated to you: No answer since Monday")
            self.assertEqual(row["due"], self.soon)
            self.assertTrue(action.with_user(person).has_access("read"))
        with self.assertRaisesRegex(UserError, "with everybody already"), self.env.cr.savepoint():
            self.escalate(deal)
        events = self.env["governance.event"].search(
            [("kind", "=", "escalated"), ("res_ref", "=", deal.id)], order="id"
        )
        self.assertEqual(events.mapped("new_value"), [node.name for node, _person in wanted])
        self.assertEqual(set(events.mapped("reason")), {"No answer since Monday"})
        told = str(deal.sudo().message_ids.mapped("body"))
        self.assertIn("Escalated to", told)
        # Answered, it may be asked there again.
        done = self.env["governance.action"].search(
            [("escalated_node_id", "=", self.master.id), ("res_id", "=", deal.id)]
        )
        done.with_user(self.user(self.master, "manager")).action_done()
        self.assertIn("is closed: Done", str(deal.sudo().message_ids.mapped("body")))
        self.assertEqual(self.escalate(deal).escalated_node_id, self.master)

    def test_the_manager_who_asks_is_not_asked(self):
        """PG-043: it goes to the next party; an earlier day, or none left, is refused."""
        deal = self.deal(self.sub)
        self.assertEqual(self.escalate(deal, "manager").escalated_node_id, self.master)
        with self.assertRaisesRegex(UserError, "today or later"), self.env.cr.savepoint():
            self.escalate(deal, due_date=fields.Date.subtract(self.today, days=1))

    def test_the_matrix_decides(self):
        """PG-043: a resale partner's is its upline's; a delivery partner that is accountable on
        a project reads and closes what it was asked."""
        self.assertEqual(self.escalate(self.deal(self.sub2), node=self.sub2).escalated_node_id,
                         self.master)  # fmt: skip
        action = self.escalate(self.project_of(self.delivery))
        self.assertEqual(action.escalated_node_id, self.delivery)
        theirs = action.with_user(self.user(self.delivery, "manager"))
        theirs.action_done()
        self.assertEqual(action.state, "done")

    def project_of(self, delivery):
        """A project of the partner on which a delivery partner answers for escalations."""
        project = self.env["project.project"].create(
            {
                "name": "Nordwind",
                "program_node_id": self.sub.id,
                "company_id": self.sub.company_id.id,
            }
        )
        self.engage(self.sub, delivery, project_id=project.id)
        line = self.env["governance.responsibility"].search(
            [("program_node_id", "=", self.sub.id), ("code", "=", "escalation")]
        )
        self.env["governance.responsibility"].create(
            {
                "template_id": line.template_id.id,
                "project_id": project.id,
                "delivery_role": "accountable",
                "partner_role": "consulted",
            }
        )
        return project

    def test_who_stands_above_a_delivery_partner_reads_nothing_of_it(self):
        """PG-043, X-05: it is asked as one who is engaged; its master is not."""
        above = self.node("Fjord Holding", "resale", is_master=True)
        below = self.node("Fjord Delivery", "resale", upline=above)
        action = self.escalate(self.project_of(below))
        self.assertEqual(action.escalated_node_id, below)
        for node, found in ((below, action), (above, action.browse()), (self.master, action)):
            own = action.with_user(self.user(node, "manager"))
            self.assertEqual(own.has_access("read"), bool(found), node.name)
            self.assertEqual(own.search([("id", "=", action.id)]), found, node.name)

    def test_gates_and_changes_have_the_button(self):
        """PG-043: a review that nobody signs, and a change; by the matrix of their record."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        deal.action_request_review()
        self.assertEqual(self.escalate(deal.sudo().review_ids).escalated_node_id, self.sub)
        change = self.as_user(self.sub, "delivery", "governance.change.request").create(
            {"name": "Routes", "description": "Two more", "scope_impact": "Routes"}
        )
        self.assertEqual(self.escalate(change).escalated_node_id, self.sub)

    def test_nobody_else_escalates_or_reads_it(self):
        """X-05: who does not read the record escalates nothing; a stranger reads no escalation;
        nobody moves one to another party."""
        deal = self.deal(self.sub)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.escalate(deal, "manager", self.stranger)
        action = self.escalate(deal)
        Action = self.as_user(self.stranger, "manager", "governance.action")
        self.assertFalse(Action.search([("escalated_node_id", "!=", False)]))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            action.with_user(self.user(self.sub, "manager")).escalated_node_id = self.stranger
        # The dialog takes no record that its writer does not reach, nor one of another kind.
        Dialog = self.as_user(self.sub, "manager", "governance.escalation")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            Dialog.create({"res_model": "res.users", "res_id": self.desk.id, "reason": "x"})
        own = self.user(self.sub, "manager").partner_id
        dialog = Dialog.create({"res_model": own._name, "res_id": own.id, "reason": "x"})
        with self.assertRaisesRegex(UserError, "Escalate from"):
            dialog.action_escalate()

from datetime import date, timedelta

from psycopg2.errors import NotNullViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import SIMPLE, ProgramCase


class TestExceptions(ProgramCase):
    """PG-121: reason, owner, approver, expiry; it holds until its day and not longer."""

    def exception(self, days=30, **values):
        return self.as_user(self.sub, "delivery", "governance.exception").create(
            {
                "name": "Own price list format",
                "kind": "drift",
                "reason": "Customer's ERP reads no other",
                "expiry": fields.Date.add(date.today(), days=days),
                **values,
            }
        )

    def sign(self, exception, node=None, refuse=""):
        signature = (
            exception.sudo()
            ._current_approvals()
            .with_user(self.user(node or self.master, "manager"))
        )
        return signature.action_refuse(refuse) if refuse else signature.action_approve()

    def test_it_holds_when_its_upline_has_signed_until_its_day(self):
        """PG-121: not before, not by its own people, not after, whatever the cron does."""
        deal = self.deal(self.sub, answers=SIMPLE)
        exception = self.exception(res_model="program.deal", res_id=deal.id)
        Exception_ = self.env["governance.exception"]
        exception.action_ask()
        self.assertFalse(Exception_._running("drift", deal))
        with self.assertRaises(UserError):
            self.sign(exception, self.sub)
        self.sign(exception)
        self.assertEqual(exception.state, "approved")
        self.assertTrue(Exception_._running("drift", deal))
        self.assertFalse(Exception_._running("direct_deal", deal))
        self.assertFalse(Exception_._running("drift", self.deal(self.sub2, company="B")))
        with freeze_time(date.today() + timedelta(days=30)):
            self.assertFalse(Exception_._running("drift", deal))
            Exception_._cron_expire()
            self.assertEqual(exception.state, "expired")
            self.assertEqual(exception.sudo().activity_ids.user_id, exception.owner_id)
        events = self.env["governance.event"].search([("kind", "=", "exception")], order="id")
        self.assertEqual(events.mapped("new_value")[-3:], ["asked", "approved", "expired"])

    @mute_logger("odoo.sql_db")
    def test_an_end_within_a_year_is_required(self):
        """PG-121: none, past, too far."""
        for days, said in ((0, "before it begins"), (400, "a year at most")):
            with (
                self.subTest(days),
                self.assertRaisesRegex(UserError, said),
                self.env.cr.savepoint(),
            ):
                self.exception(days)
        with self.assertRaises(NotNullViolation), self.env.cr.savepoint():
            self.exception(expiry=False)

    def test_what_was_asked_for_stays_as_it_is(self):
        """PG-121: neither a longer day nor another reason slips past the signature."""
        exception = self.exception()
        exception.action_ask()
        for values in ({"expiry": "2027-01-01"}, {"reason": "x"}, {"kind": "direct_deal"}):
            for record in (exception, exception.sudo()):
                with self.assertRaisesRegex(UserError, "stays as it is"), self.env.cr.savepoint():
                    record.write(values)
        with self.assertRaises(AccessError):
            exception.state = "approved"
        self.sign(exception, refuse="Use the standard format")
        self.assertEqual(
            (exception.state, exception.sign_reason), ("refused", "Use the standard format")
        )
        exception.reason = "Its ERP reads no other, here is the mail"
        exception.action_ask()
        self.sign(exception)
        exception.action_withdraw()
        self.assertEqual(exception.state, "withdrawn")
        self.assertFalse(exception.is_holding)
        with self.assertRaisesRegex(UserError, "withdraw it"), self.env.cr.savepoint():
            exception.sudo().unlink()

    def test_nobody_asks_in_the_name_of_another_partner(self):
        """PG-121, X-05: a stranger reads none, a master no more than reads."""
        exception = self.exception()
        self.assertFalse(self.as_user(self.stranger, "manager", "governance.exception").search([]))
        master = exception.with_user(self.user(self.master, "manager"))
        self.assertTrue(master.has_access("read"))
        with self.assertRaises(AccessError):
            master.action_withdraw()

    def test_a_direct_deal_is_the_platforms_to_permit(self):
        """PG-121: what deviates from a rule of the whole programme."""
        exception = self.exception(kind="direct_deal")
        exception.action_ask()
        self.assertEqual(exception.sudo().approval_ids.node_id, self.root)
        self.staff()
        with self.assertRaises(UserError):
            self.sign(exception)


class TestChangeRequests(ProgramCase):
    """PG-117, PG-137: nothing starts unapproved."""

    def change(self, **values):
        return self.as_user(self.sub, "delivery", "governance.change.request").create(
            {
                "name": "Third warehouse",
                "description": "Bought in May",
                "scope_impact": "Routes, counts, labels",
                "hours_impact": 40,
                "days_impact": 10,
                **values,
            }
        )

    def approve(self, change):
        signature = change.sudo().approval_ids.filtered(lambda one: one.state == "waiting")
        signature.with_user(self.user(signature.node_id, "manager")).action_approve()

    def approved(self, **values):
        change = self.change(**values)
        change.action_ask()
        self.approve(change)
        return change

    def test_it_cannot_start_unapproved(self):
        """PG-117: refused in draft and while asked; approved it starts; the state is no field
        to write."""
        change = self.change()
        for _step in range(2):
            with self.assertRaisesRegex(UserError, "is not approved"), self.env.cr.savepoint():
                change.action_start()
            if change.state == "draft":
                change.action_ask()
        with self.assertRaises(AccessError):
            change.state = "approved"
        self.approve(change)
        change.action_start()
        change.action_done()
        self.assertEqual(change.state, "done")

    def test_at_the_platform_its_operations_or_the_programme_sign(self):
        """PG-041, PG-137: no manager of a partner's role stands in for them."""
        for production, name in ((True, "platform_operations"), (False, "platform_staff")):
            change = self.env["governance.change.request"].create(
                {
                    "name": "Kernel",
                    "description": "End of support",
                    "scope_impact": "None",
                    "rollback": "Old image",
                    "is_production": production,
                    "program_node_id": self.root.id,
                }
            )
            change.action_ask()
            self.assertEqual(change.approval_ids.node_id, self.root)
            self.assertEqual(
                change.approval_ids.group_id, self.env.ref(f"partner_governance.group_{name}")
            )

    def test_another_impact_is_signed_anew(self):
        """PG-117: hours raised after the signature take it back; in work they are refused."""
        change = self.approved()
        change.hours_impact = 80
        self.assertEqual(change.state, "draft")
        with self.assertRaisesRegex(UserError, "is not approved"), self.env.cr.savepoint():
            change.action_start()
        change.action_ask()
        self.approve(change)
        change.action_start()
        with self.assertRaisesRegex(UserError, "of its own"), self.env.cr.savepoint():
            change.hours_impact = 90

    def test_a_task_of_an_unapproved_change_waits(self):
        """PG-117: whichever way it is moved; approved, it goes on by itself."""
        project = self.env["project.project"].create(
            {"name": "Nordwind", "program_node_id": self.sub.id}
        )
        change = self.change()
        Task = self.as_user(self.sub, "delivery", "project.task")
        values = {"name": "Routes", "project_id": project.id, "change_request_id": change.id}
        task = Task.create(values)
        self.assertEqual(task.state, "04_waiting_normal")
        for state in ("01_in_progress", "03_approved", "1_done"):
            for record in (task, task.sudo()):
                with self.subTest(state), self.assertRaisesRegex(UserError, "is not approved"):
                    with self.env.cr.savepoint():
                        record.state = state
                        record.flush_recordset()
                task.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "is not approved"), self.env.cr.savepoint():
            Task.create({**values, "state": "1_done"})
        change.action_ask()
        self.approve(change)
        self.assertEqual(task.state, "01_in_progress")

    def test_production_changes_start_within_their_window(self):
        """PG-137: with a way back, a window, and in it."""
        with self.assertRaisesRegex(UserError, "how it is undone"), self.env.cr.savepoint():
            self.change(is_production=True).action_ask()
        change = self.approved(is_production=True, rollback="Restore the backup of the evening")
        for signature in change.sudo().review_ids.approval_ids:
            ours = signature.side == "implementation"
            user = self.user(self.sub, "manager") if ours else self.signer_of(signature)
            signature.with_user(user).action_approve()
        with (
            self.assertRaisesRegex(UserError, "choose its production window"),
            self.env.cr.savepoint(),
        ):
            change.action_start()
        window = self.as_user(self.sub, "manager", "governance.change.window").create(
            {
                "name": "Sunday night",
                "date_from": "2026-06-07 22:00:00",
                "date_until": "2026-06-08 02:00:00",
            }
        )
        change.window_id = window
        for now in ("2026-06-07 21:59:59", "2026-06-08 02:00:00"):
            with (
                freeze_time(now),
                self.assertRaisesRegex(UserError, "within its window"),
                self.env.cr.savepoint(),
            ):
                window.invalidate_recordset()
                change.action_start()
        with freeze_time("2026-06-07 22:00:00"):
            window.invalidate_recordset()
            change.action_start()
        self.assertEqual(change.state, "started")

    def test_money_stands_apart_and_is_told_to_priced_roles_of_the_own_partner_only(self):
        """PG-117, X-05: delivery sees the hours, not the amount; the upline no amount either."""
        change = self.change()
        cost = self.as_user(self.sub, "sales", "governance.change.cost").create(
            {"change_id": change.id, "name": "40 hours", "amount": 4800}
        )
        sales = change.with_user(self.user(self.sub, "sales"))
        self.assertEqual(sales.cost_ids, cost)
        with self.assertRaises(AccessError):
            change.cost_ids.mapped("amount")
        with self.assertRaises(AccessError):
            self.as_user(self.sub, "delivery", "governance.change.cost").search([])
        for node in (self.master, self.stranger):
            self.assertFalse(self.as_user(node, "manager", "governance.change.cost").search([]))
        change.action_ask()
        self.approve(change)
        cost.amount = 9600
        self.assertEqual(change.state, "draft")


class TestMondayOfRegisters(ProgramCase):
    """PG-121, PG-127, PG-138: what is due stands on its owner's list, and on nobody else's."""

    def rows(self, role, node=None):
        return self.as_user(node or self.sub, role, "program.monday")._rows()

    def test_each_owner_sees_what_is_due(self):
        """PG-121, PG-127: an exception that ends soon, an open access review, a late risk."""
        exception = self.as_user(self.sub, "delivery", "governance.exception").create(
            {
                "name": "Own format",
                "reason": "No other is read",
                "expiry": fields.Date.add(date.today(), days=10),
            }
        )
        exception.sudo().state = "approved"
        self.as_user(self.sub, "manager", "governance.access.review").create({})
        self.as_user(self.sub, "delivery", "governance.risk").create(
            {"name": "One person", "review_date": fields.Date.subtract(date.today(), days=1)}
        )
        whys = [row["why"] for row in self.rows("delivery")]
        self.assertEqual(
            whys, ["Risk, residual 9: One person", "Exception ends: Own format"], "by day"
        )
        self.assertIn("Access review", self.rows("manager")[0]["why"])
        self.assertFalse(self.rows("sales"))
        self.assertFalse(self.rows("delivery", self.master))

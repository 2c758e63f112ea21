from datetime import date
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .test_month_end import MonthEndCase


class RouteCase(MonthEndCase):
    """The platform and the master bill here, the sub keeps its own books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["billing.run"]._clock().date()
        cls.month = cls.today.replace(day=1)
        cls.next = cls.month + relativedelta(months=1)

    def route(self, node, route, day, role="finance", **values):
        return self.as_user(node, role, "billing.route").create(
            {"route": route, "valid_from": day, **values}
        )


class TestBillingRoute(RouteCase):
    """TRADE 1: the billing route is dated; a change starts with a period."""

    def test_a_chart_loaded_later_changes_nothing(self):
        """TRADE 1: in the middle of a period least of all; a seller goes on as it began."""
        self.assertEqual((self.sub.first_route, self.sub.billing_route), ("own", "own"))
        self.subscription(start=f"{self.month}")
        self.run_billing(f"{self.month}")
        self.load_chart(self.sub)
        self.assertEqual(self.sub.billing_route, "own")
        self.run_billing(f"{self.next}")
        self.assertEqual(set(self.statements(self.sub).mapped("route")), {"own"})
        with_chart = self.sub.company_id
        with_chart.program_node_id = False
        self.env.cr.execute(
            "UPDATE program_partner SET company_id = NULL WHERE id = %s", (self.sub.id,)
        )
        self.env.invalidate_all()
        contact = self.env["res.partner"].create({"name": "Began with books", "is_company": True})
        began = self.sub.copy_data()[0] | {"partner_id": contact.id, "company_id": with_chart.id}
        self.assertEqual(self.env["program.partner"].create(began).billing_route, "here")

    def test_an_older_database_goes_on_as_it_billed(self):
        """TRADE 1: until now a chart made a partner bill here; that is put on record once."""
        self.load_chart(self.sub)
        charged = self.subscription(start=f"{self.month}")
        self.run_billing(f"{self.month}")
        self.env.flush_all()
        nodes = (self.master | self.sub | self.stranger).ids
        self.env.cr.execute(
            "UPDATE program_partner SET first_route = NULL WHERE id = ANY(%s)", (nodes,)
        )
        self.env.cr.execute("UPDATE billing_charge SET route = NULL")
        self.env.invalidate_all()
        self.env["governance.upgrade"]._complete_billing()
        routes = [node.first_route for node in (self.master, self.sub, self.stranger)]
        self.assertEqual(routes, ["here", "here", "own"])
        rows = charged.leg_ids.charge_ids
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual(row.route, row.statement_id.route)
        self.master.first_route = "own"
        self.env["governance.upgrade"]._complete_billing()
        self.assertEqual(self.master.first_route, "own", "what is said stays")

    def test_where_nothing_is_charged_any_month_will_do(self):
        """TRADE 1: no period has begun; what was a mistake is taken back."""
        self.load_chart(self.sub)
        change = self.route(self.sub, "here", self.month)
        self.assertEqual(self.sub.billing_route, "here")
        change.action_withdraw()
        self.assertEqual(self.sub.billing_route, "own")
        self.route(self.sub, "here", self.month)
        self.subscription(start=f"{self.month}")
        self.run_billing(f"{self.month}")
        self.assertEqual(self.statements(self.sub).route, "here")

    def test_a_change_starts_with_its_month(self):
        """TRADE 1, TB-032: own books until then, invoices from that day on; what was made
        before stays, and so does its credit."""
        self.subscription(start=f"{self.month}")
        self.run_billing(f"{self.month}")
        first = self.statements(self.sub)
        self.assertEqual((first.route, first._invoice().name), ("own", False))
        pinned = self.route(self.sub, "own", self.month)
        self.load_chart(self.sub)
        self.assertEqual(self.sub.billing_route, "own", "the chart alone changes nothing")
        change = self.route(self.sub, "here", self.next, reason="Our books move here")
        self.assertEqual((pinned.state, change.state), ("running", "planned"))
        self.run_billing(f"{self.next}")
        second = self.statements(self.sub, self.next)
        self.assertEqual(second.route, "here")
        self.assertEqual(second._invoice().state, "posted")
        self.assertTrue(second.charge_ids.tax_ids, "booked at the taxes of its own books")
        self.assertFalse(first.charge_ids.tax_ids)
        # The buyer's books are asked on the day too: its draft bill from the master.
        bills = {
            one.billing_day: one.move_ids.filtered(lambda move: move.move_type == "in_invoice")
            for one in self.statements(self.master)
        }
        self.assertFalse(bills[self.month])
        self.assertEqual(bills[self.next].company_id, self.sub.company_id)
        self.assertEqual(first.route, "own")
        credit = self.env["billing.statement"].browse(first._credit()["res_id"])
        self.assertEqual((credit.route, credit._invoice().name), ("own", False))
        # What the buyer has a bill of is taken back there; what it has none of is not.
        old, new = (self.statements(self.master, day) for day in (self.month, self.next))
        after = self.next + relativedelta(months=1)
        clock = self.env["billing.run"]._clock() + relativedelta(months=1)
        self.route(self.sub, "own", after)
        with patch.object(type(self.env["billing.run"]), "_clock", lambda _self: clock):
            credits = [self.env["billing.statement"].browse(one._credit()["res_id"])
                       for one in (old, new)]  # fmt: skip
        kinds = [
            [move.move_type for move in one.move_ids if move.is_purchase_document()]
            for one in credits
        ]
        self.assertEqual(kinds, [[], ["in_refund"]])

    def test_back_to_own_books(self):
        """TRADE 1: the other way round; nothing more is posted in its name."""
        self.subscription(start=f"{self.month}")
        self.run_billing(f"{self.month}")
        self.route(self.master, "own", self.next)
        self.run_billing(f"{self.next}")
        before, after = (self.statements(self.master, day) for day in (self.month, self.next))
        self.assertEqual((before.route, after.route), ("here", "own"))
        self.assertFalse(after.move_ids)
        self.assertFalse(after.charge_ids.tax_ids)

    def correct(self, before, after):
        """The master bills a month by ``before``, the next by ``after``; then the contract ends
        in the middle of the first one. The statement of that first month, and its credits."""
        self.load_chart(self.master)
        self.master.first_route = before
        subscription = self.subscription(start=f"{self.month}")
        self.run_billing(f"{self.month}")
        self.route(self.master, after, self.next)
        self.run_billing(f"{self.next}")
        first = self.statements(self.master, self.month)
        old = self.statements(self.master)
        self.assertEqual(old.mapped("route"), [before, after])
        end = self.month + relativedelta(days=14)
        clock = self.env["billing.run"]._clock() + relativedelta(months=1)
        with patch.object(type(self.env["billing.run"]), "_clock", lambda _self: clock):
            subscription.action_end(f"{end}")
            # Its buyer is billed on the first of a month.
            run = self.run_billing(f"{self.next + relativedelta(months=1)}")
        self.assertFalse(run.failure_ids.mapped("reason"))
        return first, self.statements(self.master) - old

    def test_a_credit_takes_the_taxes_of_what_it_credits(self):
        """TRADE 1, TB-033: invoiced here, own books now: the credit note is posted here, at the
        taxes of the invoice; what was handed over is taken back by a statement."""
        first, credits = self.correct("here", "own")
        taxes = first.charge_ids.tax_ids
        self.assertTrue(taxes)
        here, own = credits.sorted("route")
        self.assertEqual((here.route, own.route), ("here", "own"))
        self.assertEqual(here.charge_ids.tax_ids, taxes)
        self.assertEqual(set(here.charge_ids.mapped("kind")), {"credit"})
        self.assertEqual((here._invoice().move_type, here._invoice().state),
                         ("out_refund", "posted"))  # fmt: skip
        self.assertFalse(own.charge_ids.tax_ids or own.move_ids)
        self.assertEqual(set(own.charge_ids.mapped("reason")), {"withdrawn"})
        self.assertFalse((here | own).supplement_of_id)
        # Nothing is left to correct.
        count = self.run_billing(f"{self.next + relativedelta(months=2)}").charge_count
        self.assertEqual(count, 0)

    def test_a_credit_of_own_books_has_no_tax_of_here(self):
        """TRADE 1, TB-033: the other way round."""
        first, credits = self.correct("own", "here")
        here, own = credits.sorted("route")
        self.assertFalse(first.charge_ids.tax_ids)
        self.assertEqual(set(own.charge_ids.mapped("kind")), {"credit"})
        self.assertFalse(own.charge_ids.tax_ids or own.move_ids)
        self.assertEqual(set(here.charge_ids.mapped("reason")), {"withdrawn"})
        self.assertTrue(here.charge_ids.tax_ids)

    def test_here_demands_a_chart(self):
        """TRADE 1: refused with the fix."""
        with self.assertRaisesRegex(ValidationError, "no chart of accounts"), self.cr.savepoint():
            self.route(self.sub, "here", self.next)

    def test_never_in_the_past(self):
        """TRADE 1: neither a month that has begun, nor the middle of one, nor one charged."""
        self.keep_books(self.sub)
        subscription = self.subscription(start=f"{self.month}")
        self.run_billing(f"{self.month}")
        for day, words in (
            (self.month, "never in the past"),
            (self.month - relativedelta(months=1), "never in the past"),
            (self.next + relativedelta(days=1), "first day of a month"),
        ):
            with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                self.route(self.sub, "own", day)
        self.assertTrue(subscription)
        self.run_billing(f"{self.next}")
        with (
            self.assertRaisesRegex(ValidationError, "Charges are booked up to"),
            self.cr.savepoint(),
        ):
            self.route(self.sub, "own", self.next)
        self.assertTrue(self.route(self.sub, "own", self.next + relativedelta(months=1)))

    def test_history_stays(self):
        """TRADE 1: never changed, never deleted; withdrawn before it begins, and on record."""
        change = self.route(self.master, "own", self.next)
        with self.assertRaisesRegex(UserError, "stays on record"):
            change.valid_from = self.next + relativedelta(months=1)
        with self.assertRaisesRegex(UserError, "stays on record"):
            change.sudo().unlink()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.route(self.master, "own", self.next)
        change.action_withdraw()
        self.assertEqual(change.state, "withdrawn")
        self.assertEqual(self.master._billing_route_on(self.next), "here")
        kinds = self.env["governance.event"].search([("res_model", "=", "billing.route")])
        self.assertEqual(set(kinds.mapped("kind")), {"billing.route", "billing.route.withdrawn"})
        self.subscription(start=f"{self.month}")
        self.run_billing(f"{self.month}")
        pinned = self.route(self.master, "here", self.month)
        with self.assertRaisesRegex(UserError, "has begun"):
            pinned.action_withdraw()

    def test_who_may(self):
        """TRADE 1, X-05: finance of the seller and the platform; the master reads, no more."""
        self.route(self.sub, "own", self.next)
        foreign = {"program_node_id": self.sub.id, "route": "own", "valid_from": date(2039, 1, 1)}
        for node, role in ((self.master, "finance"), (self.stranger, "manager")):
            with self.assertRaises(AccessError):
                self.as_user(node, role, "billing.route").create(foreign)
        with self.assertRaises(AccessError):
            self.route(self.sub, "own", date(2039, 1, 1), role="sales")
        staff = self.env["billing.route"].with_user(self.staff())
        self.assertEqual(staff.create(foreign).program_node_id, self.sub)
        read = self.as_user(self.master, "finance", "billing.route").search([])
        self.assertEqual(len(read), 2)
        with self.assertRaises(AccessError):
            read[0].action_withdraw()
        # Not past the button, which asks what has begun and is charged by.
        with self.assertRaisesRegex(UserError, "stays on record"):
            staff.search([])[0].active = False
        self.assertFalse(self.as_user(self.stranger, "finance", "billing.route").search([]))

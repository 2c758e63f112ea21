from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .test_tiers import TierCase

MONDAY = "2026-11-23"
SATURDAY = "2026-11-28"


class TestHome(TierCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user(cls.sub, "manager")
        cls.manager.email = "manager@hanse.example"

    def home(self, user, **options):
        self.env.invalidate_all()
        return self.env["program.monday"].with_user(user).home(**options)

    def action(self, node, user, name="Call", days=0, **values):
        return self.env["governance.action"].create(
            {
                "name": name,
                "user_id": user.id,
                "program_node_id": node.id,
                "due_date": self.today + timedelta(days=days),
                **values,
            }
        )

    def sent(self):
        """What leaves with the outbox."""
        before = self.env["mail.mail"].search([])
        with patch.object(
            type(self.env["mail.mail"]), "send", lambda mails, **kw: mails.write({"state": "sent"})
        ):
            for row in self.env["program.outbox"].search([("state", "=", "waiting")]):
                self.assertTrue(row._send(), row.error)
        return self.env["mail.mail"].search([]) - before

    def test_five_rows_and_how_many_more(self):
        """TRADE 9: who, why, what, by when; the rest is counted, and opens on demand."""
        known = len(self.home(self.manager, everything=True)["rows"])
        for number in range(7):
            self.action(self.sub, self.manager, f"Action {number}", days=number)
        page = self.home(self.manager)
        self.assertEqual(len(page["rows"]), 5)
        self.assertEqual(page["more"], known + 2)
        first = page["rows"][0]
        self.assertEqual((first["todo"], first["due"]), ("Action 0", str(self.today)))
        self.assertEqual((first["res_model"], first["who"]), ("governance.action", "Hanse ERP"))
        self.assertEqual(len(self.home(self.manager, everything=True)["rows"]), known + 7)

    def test_signatures_are_on_the_list_of_who_may_give_them(self):
        """TRADE 9: what waits for my signature, and for nobody else's list."""
        self.specialise(self.sub, 1)
        self.assess(self.sub).with_user(self.manager).action_propose()
        upline = self.home(self.user(self.master, "manager"))["rows"]
        self.assertIn("Hanse ERP: Bronze", " ".join(row["why"] + row["todo"] for row in upline))
        asked = [row["res_model"] for row in self.home(self.manager)["rows"]]
        self.assertNotIn("governance.approval", asked)

    def test_tiers_specialisations_and_meetings_come_by_themselves(self):
        """TRADE 9, PG-006: a tier reached, a trade to confirm, one that runs out, a meeting."""
        self.specialise(self.sub, 1)
        self.assess(self.sub)
        todos = [row["todo"] for row in self.home(self.manager)["rows"]]
        self.assertIn("Ask for the tier", todos)
        self.env["program.specialisation"].create(
            {
                "vertical_id": self.verticals[-1].id,
                "evidence": "x",
                "program_node_id": self.sub.id,
            }
        )
        todos = [row["todo"] for row in self.home(self.user(self.master, "manager"))["rows"]]
        self.assertIn("Confirm the specialisation", todos)
        own = self.env["program.specialisation"].search([("state", "=", "confirmed")])
        own.date_until = self.today + timedelta(days=3)
        todos = [row["todo"] for row in self.home(self.manager)["rows"]]
        self.assertIn("Renew the specialisation: ask your upline", todos)
        meeting = self.env["governance.council"].create(
            {
                "kind": "review",
                "quarter": fields.Date.start_of(self.today, "quarter"),
                "program_node_id": self.master.id,
                "reviewed_id": self.sub.id,
                "meeting_date": self.today,
            }
        )
        rows = self.home(self.user(self.master, "manager"))["rows"]
        self.assertIn((meeting._name, meeting.id), [(r["res_model"], r["res_id"]) for r in rows])

    def test_nobody_sees_what_waits_for_another(self):
        """X-05: a stranger's list has nothing of another branch."""
        outsider = self.user(self.stranger, "manager")
        before = self.home(outsider)
        self.action(self.sub, self.manager)
        self.specialise(self.sub, 1)
        self.assess(self.sub)
        self.assertEqual(self.home(outsider), before)

    def test_one_mail_a_working_day_until_switched_off(self):
        """TRADE 9: one digest a day a person, with what that person may read."""
        self.action(self.sub, self.manager, "Write the blueprint", days=1)
        users = self.env["res.users"].search([("program_partner_id", "!=", False)])
        (users - self.manager).program_digest = False
        for today, count in ((SATURDAY, 0), (MONDAY, 1), (MONDAY, 1)):
            with freeze_time(today), self.enter_registry_test_mode():
                cron = self.env.ref("partner_governance.cron_digest")
                self.assertIs(cron.method_direct_trigger(), True)
            posted = self.env["program.outbox"].search_count([("kind", "=", "program_digest")])
            self.assertEqual(posted, count, today)
        mails = self.sent()
        self.assertEqual(len(mails), 1)
        self.assertIn("Write the blueprint", mails.body_html)
        self.assertIn("manager@hanse.example", mails.email_to)
        self.manager.with_user(self.manager).program_digest = False
        self.env["program.outbox"]._post("program_digest", self.manager, self.sub)
        self.assertFalse(self.sent())

    def test_mine_and_due_today_is_told_at_once(self):
        """TRADE 9: immediate only for "yours, due today", and not of what I gave myself."""
        self.action(self.sub, self.manager, "Later", days=1)
        self.assertFalse(self.sent())
        action = self.action(self.sub, self.manager, "Now", days=0)
        (mail,) = self.sent()
        self.assertIn("Now", mail.subject)
        action.with_user(self.manager).sudo().due_date = self.today - timedelta(days=1)
        self.assertFalse(self.sent())
        self.manager.program_due_now = False
        self.action(self.sub, self.manager, "Quiet", days=0)
        self.assertFalse(self.sent())

    def test_a_person_switches_only_its_own_mails(self):
        """X-05: preferences of one's own."""
        other = self.user(self.sub, "sales")
        with self.assertRaises(AccessError):
            other.with_user(self.manager).program_digest = False

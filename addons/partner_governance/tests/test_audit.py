import json

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import DISTRIBUTOR, SIMPLE, ProgramCase, ProgramMixin


class TestAudit(ProgramCase):
    """PG-128: the audit trail is append-only, sealed, and checks itself."""

    def setUp(self):
        super().setUp()
        self.deal(self.sub, answers=SIMPLE)
        self.Event = self.env["governance.event"]
        with self.enter_registry_test_mode():
            sealed = self.env.ref("partner_governance.cron_seal").method_direct_trigger()
        self.assertIs(sealed, True)
        self.Event.invalidate_model()

    def test_rows_are_numbered_and_chained(self):
        """PG-128: every row is sealed once, in one chain, and the chain is whole."""
        self.assertFalse(self.Event.search_count([("number", "=", False)]))
        numbers = self.Event.search([], order="number").mapped("number")
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertIsNone(self.Event._check_chain())

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_change_and_deletion(self):
        """PG-128: with the trigger on, SQL can neither change, delete nor empty."""
        for statement in (
            "UPDATE governance_event SET reason = 'x'",
            "UPDATE governance_event SET digest = 'x'",
            "DELETE FROM governance_event",
            "TRUNCATE governance_event",
        ):
            with self.subTest(statement), self.assertRaises(psycopg2.errors.RaiseException):
                with self.env.cr.savepoint():
                    self.env.cr.execute(statement)

    def test_the_check_names_the_row_that_was_tampered_with(self):
        """PG-128: with the trigger off, the first changed row is found."""
        victim = self.Event.search([("number", "=", 1)])
        self.env.cr.execute("ALTER TABLE governance_event DISABLE TRIGGER ALL")
        self.env.cr.execute(
            "UPDATE governance_event SET new_value = 'forged' WHERE id = %s", [victim.id]
        )
        self.env.cr.execute("ALTER TABLE governance_event ENABLE TRIGGER ALL")
        self.Event.invalidate_model()
        broken = self.Event._check_chain()
        self.assertEqual((broken.code, broken.number), ("changed", 1))

    def tampered(self, statement):
        """Run SQL with the trigger off, as somebody with the database in hand would."""
        self.env.cr.execute("ALTER TABLE governance_event DISABLE TRIGGER ALL")
        self.env.cr.execute(statement)
        self.env.cr.execute("ALTER TABLE governance_event ENABLE TRIGGER ALL")
        self.Event.invalidate_model()

    def test_a_row_that_is_gone_is_named(self):
        """PG-128: the first gap, in the middle."""
        self.tampered("DELETE FROM governance_event WHERE number = 1")
        broken = self.Event._check_chain()
        self.assertEqual((broken.code, broken.number), ("gap", 1))
        self.assertEqual(self.Event.action_check_chain()["params"]["type"], "danger")

    def test_a_kept_head_finds_that_the_last_row_is_gone(self):
        """PG-128: the chain without its last row is whole; the head that was kept says no."""
        head = self.Event._head()
        last, kept = head.number, json.dumps({"number": head.number, "digest": head.digest})
        check = self.env["governance.head.check"].create({"kept": kept})
        check.action_check()
        self.assertTrue(check.is_whole)
        self.tampered(
            "DELETE FROM governance_event WHERE number = (SELECT max(number) FROM governance_event)"
        )
        self.assertIsNone(self.Event._check_chain())
        check.action_check()
        self.assertFalse(check.is_whole)
        self.assertIn(f"Rows from {last} on are gone", check.result)
        with self.assertRaises(UserError):
            self.env["governance.head.check"].create({"kept": "nothing"}).action_check()

    @mute_logger("odoo.addons.partner_governance.models.governance_event")
    def test_every_night_a_break_becomes_an_action(self):
        """PG-128: the check runs by itself, and says once what it found."""
        self.Event._cron_check()
        Action = self.env["governance.action"]
        before = Action.search_count([])
        self.tampered("DELETE FROM governance_event WHERE number = 1")
        self.Event._cron_check()
        self.Event._cron_check()
        self.assertEqual(Action.search_count([]), before + 1)

    def test_a_manager_reads_the_rows_of_its_own_record(self):
        """PG-128, X-05: who, when, before, after, from the record; nobody else's rows."""
        deal = self.deal(self.sub, company="Mine", answers=DISTRIBUTOR)
        deal.action_request_review()
        self.sign_all(deal)
        manager = self.user(self.sub, "manager")
        action = deal.with_user(manager).action_trail()
        lines = self.env[action["res_model"]].with_user(manager).browse(action["res_id"]).line_ids
        self.assertIn("gate_passed", lines.mapped("kind"))
        self.assertIn("signature_approved", lines.mapped("kind"))
        with self.assertRaises(AccessError):
            deal.with_user(self.user(self.stranger, "manager")).action_trail()
        with self.assertRaises(AccessError):
            deal.with_user(self.user(self.sub, "sales")).action_trail()
        with self.assertRaises(AccessError):
            lines.with_user(self.user(self.stranger, "manager")).read(["reason"])
        self.Event._record("secret", deal, node=self.stranger, reason="of another")
        again = deal.with_user(manager).action_trail()
        again = self.env[again["res_model"]].browse(again["res_id"]).line_ids
        self.assertNotIn("secret", again.mapped("kind"))
        self.assertFalse(self.Event.with_user(manager).search([]))


@tagged("standard", "-at_install", "post_install")
class TestAuditHead(ProgramMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()
        cls.platform = cls.staff()

    def test_the_head_is_downloaded_by_the_platform_alone(self):
        """PG-128: the last sealed row as a file to be kept outside."""
        self.deal(self.sub, answers=SIMPLE)
        with self.enter_registry_test_mode():
            self.env.ref("partner_governance.cron_seal").method_direct_trigger()
        head = self.env["governance.event"]._head()
        url = "/governance/audit/head.json"
        self.authenticate(self.platform.login, self.platform.login)
        answer = self.url_open(url)
        self.assertEqual(answer.json()["digest"], head.digest)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        manager = self.user(self.sub, "manager").login
        self.authenticate(manager, manager)
        self.assertEqual(self.url_open(url).status_code, 404)

import psycopg2

from odoo.tools import mute_logger

from .common import SIMPLE, ProgramCase


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

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import ProgramCase


class TestModelTerm(ProgramCase):
    """PG-012: exactly one model, master or not, dated, changed by an approved change alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls.staff()
        cls.oem_model = cls.env.ref("partner_governance.model_oem")
        cls.resale = cls.env.ref("partner_governance.model_resale")
        # Of an active partner the new model's records come first: test_records_come_first.
        cls.nodes.filtered("upline_id").state = "onboarding"

    def ask(self, node, who, model=None, is_master=None, days=0, reason="agreed"):
        wizard = (
            self.env["program.model.proposal"].with_user(who).create(
                {
                    "node_id": node.id,
                    "commercial_model_id": (model or node.commercial_model_id).id,
                    "is_master": node.is_master if is_master is None else is_master,
                    "date_from": fields.Date.today() + timedelta(days),
                    "reason": reason,
                }
            )
        )  # fmt: skip
        wizard.action_ask()
        return node.term_ids.filtered(lambda term: term.sign_state == "asked")

    def sign(self, term, *people):
        for person in people:
            term.approval_ids.filtered(
                lambda each, p=person: each.state == "waiting" and each.with_user(p).can_sign
            ).with_user(person).action_approve()

    def test_a_partner_comes_with_its_first_term(self):
        """PG-012: one open term from today on, as it was made."""
        term = self.sub.term_ids
        self.assertEqual(len(term), 1)
        self.assertEqual(
            (term.commercial_model_id, term.is_master, term.date_from, term.date_until),
            (self.sub.commercial_model_id, False, fields.Date.today(), False),
        )
        self.assertEqual(self.root.state, "active")

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_writes_it(self):
        """PG-012: neither the partner, its master, the desk nor the platform's administrator; a
        context that anybody can send opens nothing."""
        boss = new_test_user(
            self.env,
            login="platform.boss",
            groups="partner_governance.group_platform_administrator",
            program_partner_id=self.root.id,
        )
        for who in (
            self.user(self.sub, "manager"), self.user(self.master, "manager"), self.desk, boss,
        ):  # fmt: skip
            node = self.sub.with_user(who).with_context(program_by_term=True)
            for values in ({"commercial_model_id": self.oem_model.id}, {"is_master": True}):
                with self.subTest(who=who.login, values=values), self.assertRaises(UserError):
                    node.write(values)
        self.sub.with_user(boss).write({"is_master": False, "territory": "North"})
        with self.assertRaisesRegex(UserError, "approved change"):
            self.sub.with_user(boss).sudo().write({"is_master": True})
        term = self.sub.term_ids
        for who in (self.user(self.sub, "manager"), boss):
            with self.assertRaises(AccessError):
                term.with_user(who).write({"is_master": True})

    def test_signed_by_upline_and_platform(self):
        """PG-012: asked by the partner, signed by its master and the programme; then it holds,
        with the day on both sides, and the trail says it."""
        self.assertFalse(self.sub.is_master)
        term = self.ask(self.sub, self.user(self.sub, "manager"), is_master=True)
        self.assertEqual(term.approval_ids.mapped("node_id"), self.master | self.root)
        self.sign(term, self.user(self.master, "manager"))
        self.assertFalse(self.sub.is_master)
        self.sign(term, self.desk)
        self.assertEqual((term.sign_state, term.applied), ("approved", True))
        self.assertTrue(self.sub.is_master)
        first = self.sub.term_ids - term
        self.assertEqual((first.date_until, term.date_until), (term.date_from, False))
        event = self.env["governance.event"].search([("kind", "=", "model_changed")], limit=1)
        self.assertEqual(event.node_ref, self.sub.id)

    def test_it_begins_on_its_day(self):
        """PG-012: approved today, in force on its day, put there by the cron."""
        term = self.ask(self.stranger, self.desk, self.oem_model, days=30)
        self.sign(term, self.staff("second.desk"))
        self.assertEqual(term.sign_state, "approved")
        self.assertEqual(self.stranger.commercial_model_id, self.resale)
        self.env["program.model.term"]._cron_apply()
        self.assertEqual(self.stranger.commercial_model_id, self.resale)
        term.date_from = fields.Date.today()
        self.env["program.model.term"]._cron_apply()
        self.assertEqual(self.stranger.commercial_model_id, self.oem_model)

    def test_refused_it_changes_nothing(self):
        """PG-012: refused with a reason; asked again afterwards."""
        term = self.ask(self.sub, self.user(self.sub, "manager"), is_master=True)
        with self.assertRaisesRegex(UserError, "waits for signatures already"):
            self.ask(self.sub, self.desk, is_master=True)
        approval = term.approval_ids.filtered(lambda each: each.node_id == self.master)
        approval.with_user(self.user(self.master, "manager")).action_refuse("too early")
        self.assertEqual(term.sign_state, "refused")
        self.assertFalse(self.sub.is_master)
        self.assertFalse(self.sub.term_ids.filtered("date_until"))
        self.assertTrue(self.ask(self.sub, self.desk, is_master=True))

    def test_records_come_first(self):
        """PG-009, PG-010: an active partner brings the new model's records before it asks."""
        self.stranger._go("active")
        with self.assertRaisesRegex(UserError, "Roadmap alignment; Contractual packaging"):
            self.ask(self.stranger, self.desk, self.oem_model)
        with self.assertRaisesRegex(UserError, "Tiering rules"):
            self.ask(self.stranger, self.desk, is_master=True)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_what_is_refused(self):
        """PG-012: nothing changed, a day past, sub-partners below, somebody else's partner."""
        with self.assertRaisesRegex(UserError, "has this model"):
            self.ask(self.sub, self.desk)
        with self.assertRaisesRegex(UserError, "today or later"):
            self.ask(self.sub, self.desk, is_master=True, days=-1)
        with self.assertRaisesRegex(UserError, "has sub-partners"):
            self.ask(self.master, self.desk, is_master=False)
        for node, role in ((self.stranger, "manager"), (self.sub2, "manager"), (self.sub, "sales")):
            with self.assertRaises(AccessError):
                self.ask(self.sub, self.user(node, role), is_master=True)
            with self.assertRaises(AccessError):
                self.sub.with_user(self.user(node, role))._propose_model(
                    self.oem_model, False, fields.Date.today(), "x"
                )

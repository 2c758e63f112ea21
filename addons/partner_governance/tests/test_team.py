from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import ProgramCase


class TestTeam(ProgramCase):
    """TRADE 7, X-06: a partner's managers look after their own people, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.user(cls.sub, "manager")
        cls.hanna = cls.user(cls.sub, "sales")
        cls.hilde = cls.user(cls.sub, "delivery")

    def dialog(self, who, model, **values):
        return self.env[model].with_user(who).create(values)

    def invite(self, who, node, email="new@hanse.example", **roles):
        return self.dialog(
            who,
            "program.person.invite",
            node_id=node.id,
            name="Neue Kraft",
            email=email,
            **(roles or {"sales": True}),
        ).action_invite()

    def assign(self, who, person, **roles):
        held = dict.fromkeys(("sales", "delivery", "support", "finance", "manager"), False)
        return self.dialog(
            who, "program.person.roles", user_id=person.id, **{**held, **roles}
        ).action_assign()

    def end(self, who, person, successor=None):
        return self.dialog(
            who, "program.person.end", user_id=person.id, successor_id=successor and successor.id
        ).action_end()

    def test_a_manager_invites(self):
        """TRADE 7: the person belongs to the node, has the roles asked for and no other, and gets
        the link after the commit."""
        self.invite(self.boss, self.sub, sales=True, support=True)
        person = self.env["res.users"].search([("login", "=", "new@hanse.example")])
        self.assertEqual(person.program_partner_id, self.sub)
        self.assertEqual(person.company_ids, self.sub.company_id)
        self.assertEqual(person.program_roles, "Sales, Support")
        self.assertFalse(person.has_group("partner_governance.group_partner_manager"))
        self.assertFalse(person.has_group("base.group_erp_manager"))
        row = self.env["program.outbox"].search(
            [("kind", "=", "invitation"), ("res_id", "=", person.id)]
        )
        self.assertEqual(row.state, "waiting")
        self.assertTrue(row._send(), row.error)
        self.assertEqual(person.partner_id.signup_type, "signup")
        event = self.env["governance.event"].search([("kind", "=", "person_invited")], limit=1)
        self.assertEqual((event.node_ref, event.new_value), (self.sub.id, "sales, support"))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_elses_people(self):
        """X-05, X-06: neither a stranger, a master nor a sales person reaches them by the API."""
        stranger, master = self.user(self.stranger, "manager"), self.user(self.master, "manager")
        Users = self.env["res.users"]
        for who in (stranger, master, self.hanna):
            with self.subTest(who=who.login):
                with self.assertRaises(UserError):
                    self.invite(who, self.sub)
                with self.assertRaises(UserError):
                    self.assign(who, self.hilde, manager=True)
                with self.assertRaises(UserError):
                    self.end(who, self.hilde, self.boss)
                person = self.hilde.with_user(who)
                for call in (
                    lambda p=person: p._program_assign({"manager"}),
                    lambda p=person: p._program_end(),
                    lambda p=person: p.write({"active": False}),
                    lambda p=person: p.write({"group_ids": [Command.clear()]}),
                    lambda w=who: Users.with_user(w)._program_invite(
                        self.sub, "X", "x@y.example", {"manager"}
                    ),
                ):
                    with self.assertRaises(UserError):
                        call()
        self.assertTrue(self.hilde.active)
        self.assertEqual(self.hilde.program_roles, "Delivery")

    def test_no_groups_of_the_platform(self):
        """X-05: neither by a role that does not exist, nor to people of the platform."""
        with self.assertRaisesRegex(UserError, "no such role"):
            self.hanna.with_user(self.boss)._program_assign({"platform_staff"})
        desk = self.staff()
        root_boss = new_test_user(
            self.env,
            login="root.manager",
            groups="partner_governance.group_partner_manager",
            program_partner_id=self.root.id,
        )
        with self.assertRaisesRegex(UserError, "platform operator"):
            desk.with_user(root_boss)._program_end(root_boss)

    def test_an_address_of_somebody_else(self):
        """X-05: a log-in that a competitor has is refused with a sentence that tells nothing."""
        taken = self.user(self.stranger, "sales")
        taken.login = "ines@iberia.example"
        with self.assertRaises(UserError) as one:
            self.invite(self.boss, self.sub, email="ines@iberia.example")
        self.assertNotIn("Iberia", str(one.exception).replace("iberia.example", ""))
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self.invite(self.boss, self.sub, email="nonsense")

    def test_probing_for_log_ins_ends_at_the_desk(self):
        """X-05, PG-025: each address is a look-up that the desk reads; beyond the limit a free
        address and a taken one are told the same."""
        limit = "partner_governance.lookups_per_hour"
        self.user(self.stranger, "sales").login = "ines@iberia.example"
        desk, said = self.staff(), set()
        self.invite(self.boss, self.sub, email="one@hanse.example")
        # Of a refused one the row is taken back here; a partner's own cursor keeps it.
        for most, address in (
            (30, "ines@iberia.example"),
            (1, "ines@iberia.example"),
            (1, "free@hanse.example"),
        ):
            self.env["ir.config_parameter"].sudo().set_param(limit, most)
            with self.assertRaises(UserError) as one:
                self.invite(self.boss, self.sub, email=address)
            said.add(str(one.exception).replace(address, "…"))
        [sentence] = said
        self.assertIn("The programme desk looks at", sentence)
        row = self.env["program.lookup"].with_user(desk).search([])
        self.assertEqual((row.program_node_id, row.user_id), (self.sub, self.boss))
        self.assertEqual(row.company_name, "one@hanse.example")
        # The desk itself is not counted.
        self.env["res.users"].with_user(desk)._check_address("free@hanse.example")

    def test_roles_are_assigned(self):
        """TRADE 7: exactly what was chosen; the last manager stays one."""
        self.assign(self.boss, self.hanna, sales=True, finance=True)
        self.assertEqual(self.hanna.program_roles, "Sales, Finance")
        self.assertTrue(self.hanna.has_group("account.group_account_invoice"))
        self.assign(self.boss, self.hanna, sales=True)
        self.env.invalidate_all()
        self.assertFalse(self.hanna.has_group("account.group_account_invoice"))
        with self.assertRaisesRegex(UserError, "last manager"):
            self.assign(self.boss, self.boss, sales=True)
        with self.assertRaisesRegex(UserError, "at least one role"):
            self.assign(self.boss, self.hanna)

    def test_who_leaves_hands_over(self):
        """TRADE 7: open work goes to a named colleague, keys and log-in close at once, what was
        done stays."""
        deal = self.deal(self.sub)
        deal.activity_schedule("mail.mail_activity_data_todo", user_id=self.hanna.id)
        project = self.env["project.project"].create(
            {"name": "Rollout", "program_node_id": self.sub.id, "company_id": False}
        )
        task = self.env["project.task"].create(
            {
                "name": "Configure",
                "project_id": project.id,
                "program_node_id": self.sub.id,
                "user_ids": [Command.set(self.hanna.ids)],
            }
        )
        lost = self.deal(self.sub, company="Verloren GmbH")
        lost.sudo().lead_ids.action_set_lost()
        keys = self.env["res.users.apikeys"].with_user(self.hanna)
        self.env.user.group_ids  # noqa: B018 - warms the cache that ending has to clear
        key = keys.sudo()._generate("rpc", "script", None)
        self.env.flush_all()
        self.assertEqual(
            self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=key), self.hanna.id
        )
        token = self.hanna._compute_session_token("sid")
        wizard = self.dialog(self.boss, "program.person.end", user_id=self.hanna.id)
        self.assertEqual(wizard.work_count, 4, wizard.work)
        with self.assertRaisesRegex(UserError, "4 items"):
            wizard.action_end()
        self.end(self.boss, self.hanna, self.hilde)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.hanna.active)
        self.assertEqual(deal.user_id | deal.lead_ids.user_id, self.hilde)
        self.assertEqual(deal.activity_ids.user_id, self.hilde)
        self.assertEqual(task.user_ids, self.hilde)
        self.assertEqual(lost.user_id, self.hanna)
        self.assertFalse(self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=key))
        self.assertNotEqual(self.hanna._compute_session_token("sid"), token)
        event = self.env["governance.event"].search([("kind", "=", "person_ended")], limit=1)
        self.assertEqual((event.res_ref, event.new_value), (self.hanna.id, self.hilde.name))

    def test_what_is_answered_for_goes_on_too(self):
        """TRADE 7, PG-131: owners of registers, seats and onboarding items; whoever stood in for
        the one who leaves does not stand in for himself."""
        project = self.env["project.project"].create(
            {"name": "Nordwind", "program_node_id": self.sub.id}
        )
        role = self.env.ref("partner_governance.role_lead")
        seat = self.env["governance.staffing"].create(
            {
                "project_id": project.id,
                "role_id": role.id,
                "user_id": self.hanna.id,
                "deputy_id": self.hilde.id,
            }
        )
        own = {
            "program_node_id": self.sub.id,
            "owner_id": self.hanna.id,
            "review_date": "2027-01-01",
        }
        risk, closed = self.env["governance.risk"].create(
            [{"name": "One person", **own}, {"name": "Gone", "state": "closed", **own}]
        )
        records = [
            risk,
            self.env["governance.connector"].create({"name": "Shop", "vendor": "X", **own}),
            self.env["governance.continuity.plan"].create({"name": "Host", "plan": "Move", **own}),
            self.env["governance.communication.plan"].create(
                {"name": "Outage", "audience": "Customers", **own}
            ),
        ]
        subject = {"res_model": "project.project", "res_id": project.id}
        # Running, as signed: what it says stays, who answers for it changes.
        exception = self.env["governance.exception"].create(
            {
                "name": "Print",
                "reason": "Law",
                "expiry": fields.Date.add(fields.Date.today(), days=30),
                **subject,
                "program_node_id": self.sub.id,
                "owner_id": self.hanna.id,
            }
        )
        change = self.env["governance.change.request"].create(
            {
                "name": "Labels",
                "description": "Law",
                "scope_impact": "None",
                **subject,
                "program_node_id": self.sub.id,
                "owner_id": self.hanna.id,
            }
        )
        exception.state = change.state = "approved"
        records += [exception, change]
        self.sub._start_onboarding()
        item = self.env["program.onboarding.item"].search(
            [("program_node_id", "=", self.sub.id), ("state", "=", "open")], limit=1
        )
        item.user_id = self.hanna
        self.end(self.boss, self.hanna, self.hilde)
        for record in records:
            self.assertEqual(record.owner_id, self.hilde, record._name)
        self.assertEqual((seat.user_id, seat.deputy_id.id), (self.hilde, False))
        self.assertEqual(item.user_id, self.hilde)
        self.assertEqual(closed.owner_id, self.hanna, "what is closed stays as it was")

    def test_work_stays_at_the_node(self):
        """TRADE 7: not to a competitor, not to nobody; nobody ends himself."""
        self.deal(self.sub)
        with self.assertRaises(UserError):
            self.end(self.boss, self.hanna, self.user(self.stranger, "sales"))
        with self.assertRaisesRegex(UserError, "must work for"):
            self.hanna.with_user(self.boss)._program_end(self.user(self.stranger, "sales"))
        with self.assertRaisesRegex(UserError, "himself or herself"):
            self.end(self.boss, self.boss, self.hilde)

    def test_the_upline_acts_with_consent(self):
        """X-06: with the sub-partner's consent a master invites for it, and no more; each time it
        is written down where the sub-partner reads it; withdrawn, it ends at once."""
        master = self.user(self.master, "manager")
        with self.assertRaises(AccessError):
            self.sub.with_user(master).action_allow_upline()
        with self.assertRaises(AccessError):
            self.sub.with_user(self.hanna).action_allow_upline()
        with self.assertRaises(AccessError):
            self.sub.with_user(master)._check_acts_for("an onboarding item")
        self.sub.with_user(self.boss).action_allow_upline()
        for role in ("manager", "finance", "sales"):
            with self.assertRaisesRegex(UserError, "delivery and support only"):
                self.invite(master, self.sub, **{role: True})
        self.invite(master, self.sub, support=True)
        with self.assertRaisesRegex(UserError, "not change or end"):
            self.end(master, self.hilde, self.hanna)
        self.sub.with_user(master)._check_acts_for("an onboarding item")
        log = self.as_user(self.sub, "manager", "program.access.log").search([])
        self.assertEqual(log.mapped("kind"), ["act_for", "act_for"])
        self.assertEqual(log.mapped("actor_node"), ["Meridian Consulting"] * 2)
        self.assertIn("an onboarding item", log.mapped("reason"))
        with self.assertRaises(AccessError):
            self.sub2.with_user(master)._check_acts_for("somebody else's item")
        self.sub.with_user(self.boss).action_refuse_upline()
        with self.assertRaises(UserError):
            self.invite(master, self.sub, email="late@hanse.example")

    def test_a_master_reads_its_subs_people(self):
        """X-06: names and roles of the branch; nobody of another master's."""
        people = self.as_user(self.master, "manager", "res.users").search([])
        self.assertIn(self.hanna, people)
        self.assertNotIn(self.user(self.stranger, "sales"), people)
        self.assertEqual(self.hanna.with_user(self.user(self.master, "manager")).program_roles,
                         "Sales")  # fmt: skip

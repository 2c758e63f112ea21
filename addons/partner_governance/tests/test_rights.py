from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time

from .common import ProgramCase


class TestRights(ProgramCase):
    """PG-026, PG-027, PG-029 … PG-036: the ledger of rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Right = cls.env["program.right"]

    def right(self, node, kind):
        return node.right_ids.filtered(lambda each: each.kind == kind)

    def test_complete_from_the_template(self):
        """PG-027, PG-029, PG-031, PG-033: a new partner has the rights of its model."""
        kinds = {"branding", "pricing", "data", "support", "sla", "release", "incident"}
        self.assertEqual(set(self.sub.right_ids.mapped("kind")), kinds)
        self.assertEqual(set(self.oem.right_ids.mapped("kind")), kinds | {"roadmap", "packaging"})
        self.assertEqual(self.right(self.sub, "branding").granter_id, self.master)
        self.assertEqual(self.right(self.sub, "release").granter_id, self.root)
        support = self.right(self.oem, "support")
        self.assertEqual((support.l1_party, support.l2_party), ("partner", "delivery"))

    def test_another_model_brings_its_rights_and_ends_those_given_for_the_old(self):
        """PG-012, PG-029: what somebody agreed on stays; again nothing is granted twice."""
        packaging, roadmap = self.right(self.oem, "packaging"), self.right(self.oem, "roadmap")
        packaging.with_user(self.staff()).write({"bundle": "Shop and ERP"})
        support, sla = self.right(self.oem, "support"), self.right(self.oem, "sla")
        model = self.env.ref("partner_governance.model_white_label")
        self.oem.sudo().commercial_model_id = model
        self.assertEqual((roadmap.state, support.state), ("expired", "expired"))
        self.assertEqual((packaging.state, sla.state), ("running", "running"))
        running = self.oem.right_ids.filtered(lambda each: each.state == "running")
        kinds = sorted(running.mapped("kind"))
        self.assertEqual(kinds.count("support"), 1)
        self.assertEqual(running.filtered(lambda each: each.kind == "support").l2_party, "upline")
        before = self.Right.search_count([])
        self.Right._grant_missing(self.nodes)
        self.assertEqual(self.Right.search_count([]), before)

    def test_another_upline_grants_what_ended(self):
        """PG-029: at every change of upline; a right for one customer is none for the whole."""
        contact = self.as_user(self.master, "sales", "res.partner").create({"name": "Nordwind"})
        branding = self.right(self.sub, "branding")
        branding.date_until = fields.Date.today()
        self.Right.create(
            {
                "kind": "branding",
                "granter_id": self.master.id,
                "holder_id": self.sub.id,
                "scope": "customer",
                "customer_id": contact.id,
            }
        )
        self.sub.upline_id = self.root
        new = self.right(self.sub, "branding").filtered(
            lambda each: each.state == "running" and each.scope == "partner"
        )
        self.assertEqual((len(new), new.granter_id), (1, self.root))

    def test_what_is_missing_is_red(self):
        """PG-030, PG-034, PG-035, PG-036: unclear data, no contacts, no agreement: by name."""
        incident = self.right(self.sub, "incident")
        self.assertEqual((incident.is_red, incident.red_reason), (True, "Named contacts"))
        self.assertEqual(self.sub.red_right_count, 1)
        # The holder names its own people.
        incident.with_user(self.user(self.sub, "manager")).incident_contacts = "Hilde, +49 421 1"
        self.assertFalse(incident.is_red)
        data = self.right(self.sub, "data")
        data.data_role = "unclear"
        self.assertEqual((data.is_red, data.red_reason), (True, "Holder is"))
        self.assertIn("Next review", self.right(self.oem, "roadmap").red_reason)
        self.assertIn("May be bundled", self.right(self.oem, "packaging").red_reason)
        red = self.Right.search([("is_red", "=", True), ("holder_id", "=", self.oem.id)])
        self.assertEqual(set(red.mapped("kind")), {"incident", "roadmap", "packaging"})

    def test_a_right_ends_on_its_day(self):
        """PG-029: held until the day before, not on it; scope and kind are looked at."""
        with freeze_time("2026-03-02 10:00:00"):
            node = self.node("Deich Systems", "white_label")
        branding = self.right(node, "branding")
        self.assertEqual(str(branding.date_until), "2028-03-02")
        self.assertTrue(self.Right._holds("branding", node, branding.date_from))
        self.assertTrue(self.Right._holds("branding", node, "2028-03-01"))
        self.assertFalse(self.Right._holds("branding", node, "2028-03-02"))
        self.assertFalse(self.Right._holds("branding", node, "2026-03-01"))
        self.assertFalse(self.Right._holds("mandate", node, "2026-03-02"))
        referral = self.node("Referral Nord", "referral")
        self.assertFalse(self.Right._holds("branding", referral))

    def test_what_ends_comes_back(self):
        """PG-029: to who grants it, once, with an event; states follow the calendar."""
        with freeze_time("2026-03-02 10:00:00"):
            node = self.node("Deich Systems", "white_label")
        branding = self.right(node, "branding")
        for day, count in (("2027-12-31", 0), ("2028-01-02", 1), ("2028-01-03", 1)):
            with freeze_time(f"{day} 10:00:00"), self.enter_registry_test_mode():
                self.env.ref("partner_governance.cron_rights").method_direct_trigger()
            self.assertEqual(len(branding.activity_ids), count, day)
        self.assertEqual(branding.granter_id, self.root)
        with freeze_time("2028-03-02 10:00:00"):
            self.env.invalidate_all()
            self.assertEqual(branding.state, "expired")
            self.assertIn(branding, self.Right.search([("state", "=", "expired")]))

    def promise(self, availability, hours, granter=None, **values):
        granter = granter or self.master
        return (
            self.as_user(granter, "manager", "program.right")
            .create(
                {
                    "kind": "sla",
                    "holder_id": self.sub2.id,
                    "availability": availability,
                    "response_hours": hours,
                    **values,
                }
            )
        )  # fmt: skip

    def test_no_promise_beyond_what_is_held(self):
        """PG-032: refused with both figures, or an approved exception."""
        self.assertEqual(self.promise(99.5, 8).granter_id, self.master)
        with self.assertRaisesRegex(ValidationError, "99.9.*held are 99.5"):
            self.promise(99.9, 8)
        with self.assertRaisesRegex(ValidationError, "beyond what is held"):
            self.promise(99.5, 4)
        mine = self.promise(99.0, 8)
        with self.assertRaisesRegex(ValidationError, "beyond what is held"):
            mine.write({"availability": 99.99})
        contact = self.as_user(self.sub, "sales", "res.partner").create({"name": "Nordwind"})
        with self.assertRaisesRegex(ValidationError, "beyond what is held"):
            self.promise(99.9, 8, self.sub, holder_id=False, customer_id=contact.id,
                         scope="customer")  # fmt: skip
        self.right(self.master, "sla").write(
            {"date_until": "2020-01-01", "date_from": "2019-01-01"}
        )
        with self.assertRaisesRegex(ValidationError, "holds no service level"):
            self.promise(99.0, 8)

    def test_a_new_partner_gets_no_more_than_its_upline_holds(self):
        """PG-032: the template's level as far as it is held; without any, none and no error."""
        self.right(self.master, "sla").availability = 99
        low = self.node("Low", "resale", upline=self.master)
        self.assertEqual(self.right(low, "sla").availability, 99)
        agent = self.node("Agent", "referral", is_master=True)
        self.assertFalse(self.right(self.node("None", "resale", upline=agent), "sla"))

    def test_an_exception_lets_it_stand(self):
        """PG-032: asked for this very promise."""
        from unittest.mock import patch

        with patch.object(type(self.Right), "_has_exception", lambda self, right: True):
            self.assertEqual(self.promise(99.9, 1).response_hours, 1)

    def test_what_was_promised_from_it_keeps_it(self):
        """PG-032: lowered or ended it would leave a promise uncovered; an exception of the
        promising partner lets it be so."""
        contact = self.as_user(self.sub, "sales", "res.partner").create({"name": "Nordwind"})
        self.promise(99.5, 8, self.sub, holder_id=False, customer_id=contact.id, scope="customer")
        held = self.right(self.sub, "sla").with_user(self.user(self.master, "manager"))
        today = fields.Date.today()
        for vals in (
            {"availability": 99},
            {"response_hours": 24},
            {"date_until": today},
            {"date_until": fields.Date.add(today, days=30)},
        ):
            with self.subTest(vals), self.assertRaisesRegex(ValidationError, "Hanse ERP has prom"):
                with self.env.cr.savepoint():
                    held.write(vals)
            self.env.invalidate_all()
        held.write({"availability": 99.9 - 0.4, "evidence": "Contract 7"})
        one = self.as_user(self.sub, "manager", "governance.exception").create(
            {
                "kind": "promise_upstream",
                "name": "Own on-call",
                "reason": "We cover it ourselves",
                "expiry": fields.Date.add(today, days=60),
                "res_model": "program.partner",
                "res_id": self.sub.id,
                "promise_availability": 99.5,
                "promise_hours": 8,
            }
        )
        one.action_ask()
        for approval in one.sudo().approval_ids:
            approval.with_user(self.signer_of(approval)).action_approve()
        held.write({"availability": 99})
        self.assertEqual(held.availability, 99)

    def test_what_is_held_for_one_customer_covers_no_partner(self):
        """PG-032: a promise to the whole rests on what is held for the whole."""
        contact = self.as_user(self.master, "sales", "res.partner").create({"name": "Nordwind"})
        self.Right.create(
            {
                "kind": "sla",
                "granter_id": self.root.id,
                "holder_id": self.master.id,
                "scope": "customer",
                "customer_id": contact.id,
                "availability": 99.99,
                "response_hours": 1,
            }
        )
        with self.assertRaisesRegex(ValidationError, "beyond what is held"):
            self.promise(99.9, 8)

    def test_on_the_monday_list(self):
        """PG-029, PG-146: what ends stands with who granted it, what lacks something with who
        holds it, each with nobody else."""
        branding = self.right(self.sub, "branding")
        branding.date_until = fields.Date.add(fields.Date.today(), days=30)
        lists = {
            node: {
                (row["res_id"], row["due"])
                for row in self.as_user(node, "manager", "program.monday")._monday_rights()
            }
            for node in (self.master, self.sub, self.stranger)
        }
        red = self.right(self.sub, "incident")
        self.assertIn((branding.id, branding.date_until), lists[self.master])
        self.assertIn((red.id, False), lists[self.sub])
        for node, mine in lists.items():
            idents = {ident for ident, _due in mine}
            self.assertEqual(branding.id in idents, node == self.master)
            self.assertEqual(red.id in idents, node == self.sub)
        self.assertFalse(self.as_user(self.sub, "sales", "program.monday")._monday_rights())

    def test_without_the_right_no_brand(self):
        """PG-029: an ended branding right blocks go-to-market, and says so."""
        self.right(self.sub, "branding").write(
            {"date_from": "2020-01-01", "date_until": "2021-01-01"}
        )
        with self.assertRaisesRegex(UserError, "branding right of Hanse ERP has ended"):
            self.sub._onboarding_guard("brand")
        self.assertFalse(self.sub._onboarding_opens("brand"))
        agent = self.node("Agent", "referral")
        self.assertTrue(agent._may_use_brand(), "never granted, never needed")

    def test_the_holder_changes_nothing_of_it(self):
        """PG-026, PG-029: neither dates nor terms; no right to oneself, none for a stranger."""
        branding = self.right(self.sub, "branding").with_user(self.user(self.sub, "manager"))
        for vals in ({"date_until": False}, {"territory": "World"}, {"evidence": "me"}):
            with self.assertRaises(AccessError):
                branding.write(vals)
        with self.assertRaises(AccessError):
            self.promise(99.0, 8, self.sub2, granter_id=self.master.id, holder_id=self.sub2.id)
        with self.assertRaises(AccessError):
            self.promise(99.0, 8, holder_id=self.stranger.id)
        self.assertFalse(
            self.as_user(self.stranger, "manager", "program.right").search(
                [("holder_id", "=", self.sub.id)]
            )
        )
        self.right(self.sub, "branding").with_user(self.user(self.master, "manager")).write(
            {"territory": "Lower Saxony", "evidence": "Contract 7, §3"}
        )
        event = self.env["governance.event"].search([("kind", "=", "right")], limit=1)
        self.assertTrue(event)

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user

from .common import SIMPLE, ProgramCase


class TestTransfer(ProgramCase):
    """PG-028, PG-150, PG-151: nothing changes hands without consent, and it stays in history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls.staff()
        cls.contact = cls.as_user(cls.sub, "sales", "res.partner").create(
            {"name": "Nordwind Industriebedarf", "is_company": True, "vat": "DE811907980"}
        )
        deal = cls.deal(cls.sub, identity="DE811907980", answers=SIMPLE)
        deal.lead_ids.partner_id = cls.contact
        deal.lead_ids.action_set_won()
        cls.won = deal.sudo()
        cls.running = cls.deal(cls.sub, company="Nordwind, second site", identity="DE811907980")

    def transfer(self, kind="customer", **values):
        defaults = {
            "customer": {"customer_id": self.contact.id, "receiver_id": self.sub2.id},
            "upline": {"node_id": self.sub.id, "receiver_id": self.root.id},
            "exit": {"node_id": self.sub.id, "receiver_id": self.master.id},
            "end": {"customer_id": self.contact.id},
        }[kind]
        if kind != "upline":
            defaults["customer_consent"] = "Letter of 2 March"
        return (
            self.env["program.transfer"]
            .with_user(self.desk)
            .create({"kind": kind, "day": fields.Date.today(), **defaults, **values})
        )

    def confirm(self, one):
        one.action_preview()
        one.action_confirm()
        return one

    def sign(self, one):
        for approval in one.sudo().approval_ids.filtered(lambda each: each.state == "waiting"):
            approval.with_user(self.user(approval.node_id, "manager")).action_approve()

    def carry_out(self):
        self.env["program.transfer"]._cron_transfers()

    def test_a_customer_moves(self):
        """PG-028, PG-150, TRADE 11: four fields, one preview, one confirm; both sign; at its
        day the receiver has it, and the giver's entry stays in history."""
        one = self.transfer()
        with self.assertRaisesRegex(UserError, "preview first"):
            one.action_confirm()
        self.confirm(one)
        topics = set(one.line_ids.mapped("topic"))
        self.assertEqual(topics, {"owner", "reads", "deal"})
        reads = {line.name: line.after for line in one.line_ids if line.topic == "reads"}
        self.assertIn("nothing newer", reads["Hanse ERP"])
        self.assertIn("no earlier price", reads["Alpenland IT"])
        self.assertNotIn("Meridian Consulting", reads)
        self.assertEqual(one.approval_ids.node_id, self.sub | self.sub2)
        self.sign(one)
        self.assertEqual(one.state, "planned")
        self.carry_out()
        self.assertEqual(one.state, "done")
        entries = self.env["program.ownership"].search([("company_name", "ilike", "Nordwind")])
        old, new = (
            entries.filtered(lambda each, n=node: each.program_node_id == n)
            for node in (self.sub, self.sub2)
        )
        self.assertEqual(set(old.mapped("ended_why")), {"change of hands"})
        self.assertEqual(set(new.mapped("reason")), {"transfer"})
        self.assertFalse(any(new.filtered(lambda each: not each.deal_id).mapped("date_until")))
        events = self.env["governance.event"].search([("kind", "=", "transfer")])
        self.assertEqual(set(events.mapped("node_name")), {"Hanse ERP", "Alpenland IT"})

    def test_the_desk_names_a_customer_that_has_no_tenant(self):
        """PG-150: by the entry of its owner, with a contact or without one; what the giver grants
        to nobody in particular stays."""
        desk = new_test_user(
            self.env,
            login="desk.alone",
            groups="partner_governance.group_platform_programme",
            program_partner_id=self.root.id,
        )
        bare = self.deal(self.sub, company="Ostwind Handel", identity="ostwind.example")
        bare.sudo().lead_ids.partner_id = False
        second = self.deal(self.sub, company="Ostwind Handel", identity="ostwind.example")
        right = self.env["program.right"].search(
            [("holder_id", "=", self.sub2.id), ("customer_id", "=", False)], limit=1
        )
        self.assertTrue(right)
        right.sudo().granter_id = self.sub

        def prepare(deal):
            entry = self.env["program.ownership"].with_user(desk).search(
                [("deal_id", "=", deal.id)]
            )  # fmt: skip
            with Form(self.env["program.transfer"].with_user(desk)) as form:
                form.kind = "customer"
                form.ownership_id = entry
                form.receiver_id = self.sub2
                form.customer_consent = "Letter of 2 March"
                form.day = fields.Date.today()
            return form.record, entry.sudo()

        known, _entry = prepare(self.won)
        self.assertEqual(known.sudo().customer_id, self.contact)
        one, entry = prepare(bare)
        self.assertEqual((one.sudo().customer_id.ids, one.program_node_id), ([], self.sub))
        self.assertIn("Ostwind Handel", one.display_name)
        self.confirm(one)
        lines = one.line_ids.mapped(lambda line: (line.topic, line.name))
        self.assertIn(("owner", "Ostwind Handel"), lines)
        self.assertNotIn("right", one.line_ids.mapped("topic"))
        self.assertFalse([name for topic, name in lines if "Nordwind" in name])
        self.sign(one)
        self.carry_out()
        self.assertEqual(one.state, "done", one.sudo().problem)
        self.assertEqual(entry.ended_why, "change of hands")
        self.assertEqual((bare | second).sudo().program_node_id, self.sub2)
        self.assertEqual(right.state, "running")
        self.assertEqual(self.running.sudo().program_node_id, self.sub)

    def test_open_deals_go_along_without_the_givers_opportunity(self):
        """PG-150: the receiver works on; what the giver had quoted stays the giver's."""
        old = self.running.sudo().lead_ids
        old.expected_revenue = 12345
        one = self.confirm(self.transfer())
        self.sign(one)
        self.carry_out()
        deal = self.running.with_user(self.user(self.sub2, "manager"))
        self.assertEqual((deal.program_node_id, deal.owner_id), (self.sub2, self.sub2))
        self.assertEqual(deal.user_id.program_partner_id, self.sub2)
        self.assertEqual(deal.sudo().lead_ids.program_node_id, self.sub2)
        self.assertFalse(deal.sudo().lead_ids.expected_revenue)
        self.assertEqual((old.program_node_id, old.active), (self.sub, False))
        with self.assertRaises(AccessError):
            self.running.with_user(self.user(self.sub, "sales")).read(["company_name"])
        self.assertEqual(self.won.program_node_id, self.sub, "what is won stays in history")

    def test_before_its_day_nothing_moves(self):
        """PG-150: the default day is the next month; the cron waits for it; withdrawn is off."""
        with freeze_time("2026-03-10 10:00:00"):
            one = self.confirm(self.transfer())
            one.sudo().day = fields.Date.add(fields.Date.today(), days=5)
            self.sign(one)
            self.carry_out()
            self.assertEqual(one.state, "planned")
            one.with_user(self.desk).action_withdraw()
        with freeze_time("2026-03-20 10:00:00"):
            self.carry_out()
        self.assertEqual(one.state, "withdrawn")
        with freeze_time("2026-01-31 10:00:00"):
            new = self.env["program.transfer"].new({})
            self.assertEqual(str(new.day), "2026-02-01")

    def test_consent(self):
        """PG-150: the customer's where its partner changes; a refusal stops it with a reason;
        a changed day wants another look."""
        one = self.transfer(customer_consent=False)
        one.action_preview()
        with self.assertRaisesRegex(UserError, "name its consent"):
            one.action_confirm()
        one.write({"customer_consent": "Mail of 3 March", "reason": "notice"})
        one.day = fields.Date.add(one.day, days=1)
        with self.assertRaisesRegex(UserError, "preview first"):
            one.action_confirm()
        self.confirm(one)
        with self.assertRaisesRegex(UserError, "on its way"):
            one.day = fields.Date.today()
        approval = one.sudo().approval_ids.filtered(lambda each: each.node_id == self.sub)
        approval.with_user(self.user(self.sub, "manager")).action_refuse("Not agreed")
        self.assertEqual((one.state, one.sign_reason), ("refused", "Not agreed"))

    def test_the_manager_who_asks_signs_for_the_own_party(self):
        """PG-150, PG-100: a partner with a single manager asks and signs at once, recorded as a
        signature; the receiver signs besides, and nobody signs for both."""
        giver = self.user(self.sub, "manager")
        self.assertEqual(len(self.env["res.users"].search([
            ("program_partner_id", "=", self.sub.id),
            ("all_group_ids", "in", self.env.ref("partner_governance.group_partner_manager").ids),
        ])), 1)  # fmt: skip
        one = self.confirm(self.transfer().with_user(giver))
        mine, theirs = (
            one.sudo().approval_ids.filtered(lambda each, n=node: each.node_id == n)
            for node in (self.sub, self.sub2)
        )
        self.assertEqual((mine.state, mine.user_id), ("approved", giver))
        self.assertTrue(mine.signed_at)
        self.assertEqual(mine.reason, "signed by asking for it")
        self.assertEqual((theirs.state, theirs.user_id.ids, one.state), ("waiting", [], "asked"))
        event = self.env["governance.event"].search(
            [("kind", "=", "signature_approved"), ("res_ref", "=", mine.id)]
        )
        self.assertEqual(
            (event.actor_uid, event.node_ref, event.reason), (giver.id, self.sub.id, mine.reason)
        )
        with self.assertRaises(UserError):
            theirs.with_user(giver).action_approve()
        theirs.with_user(self.user(self.sub2, "manager")).action_approve()
        self.assertEqual((one.state, one.sign_state), ("planned", "approved"))

    def test_who_asks_signs_once_and_never_for_another_party(self):
        """PG-150, PG-100: of the three parties of a partner that moves its own alone, not the
        present upline's; taken back and asked anew, it signs anew."""
        giver = self.user(self.sub, "manager")
        mine = {"node_id": self.sub.id, "receiver_id": self.root.id}
        one = self.confirm(self.transfer("upline", **mine).with_user(giver))
        signed = one.sudo().approval_ids.filtered(lambda each: each.state == "approved")
        self.assertEqual((signed.node_id, len(one.sudo().approval_ids)), (self.sub, 3))
        self.assertEqual(one.state, "asked")
        one.action_withdraw()
        self.assertEqual(signed.state, "approved")
        again = self.confirm(self.transfer("upline", **mine).with_user(giver))
        self.assertEqual(again.sudo().approval_ids.mapped("state").count("approved"), 1)

    def test_a_customer_that_leaves_its_partner_needs_no_second_manager(self):
        """PG-151: the customer consents by its letter, the giver by asking: it is planned."""
        giver = self.user(self.sub, "manager")
        one = self.confirm(self.transfer("end").with_user(giver))
        self.assertEqual((one.state, one.sudo().approval_ids.user_id), ("planned", giver))

    def test_the_desk_that_asks_signs_nothing_by_it(self):
        """PG-150, PG-100: it asks for others; where the platform is a party, and where it acts
        without the giver, another person of the platform signs."""
        for one in (
            self.transfer("upline"),
            self.transfer("exit", node_id=self.master.id, receiver_id=self.root.id),
            self.transfer(without_giver=True, giver_evidence="Order of the court"),
        ):
            with self.env.cr.savepoint() as point:
                self.confirm(one)
                self.assertEqual(set(one.approval_ids.mapped("state")), {"waiting"}, one.kind)
                for approval in one.approval_ids:
                    with self.assertRaises(UserError):
                        approval.with_user(self.desk).action_approve()
                point.rollback()

    def test_without_the_giver_two_of_the_platform_sign(self):
        """PG-150: programme and finance, with evidence, shown to both; no partner begins it."""
        one = self.transfer(without_giver=True, reason="insolvency")
        one.action_preview()
        with self.assertRaisesRegex(UserError, "which evidence"):
            one.action_confirm()
        one.giver_evidence = "Order of the court, 1 March"
        one.action_confirm()
        demands = one.approval_ids.mapped(lambda each: (each.node_id, each.group_id))
        staff = self.env.ref("partner_governance.group_platform_staff")
        finance = self.env.ref("partner_governance.group_partner_finance")
        self.assertIn((self.root, staff), demands)
        self.assertIn((self.root, finance), demands)
        second, third = self.staff("staff.two"), self.staff("staff.three")
        for approval, user in zip(
            one.approval_ids.filtered(lambda each: each.node_id == self.root),
            (second, third), strict=True,
        ):  # fmt: skip
            with self.assertRaises(UserError):
                approval.with_user(self.desk).action_approve()
            approval.with_user(user).action_approve()
        self.sign(one)
        self.assertEqual(one.state, "planned")
        for node in (self.sub, self.sub2):
            seen = one.with_user(self.user(node, "manager"))
            self.assertEqual(seen.giver_evidence, "Order of the court, 1 March")

    def test_strangers_and_receivers_change_nothing(self):
        """PG-150: neither begun nor changed by the receiver, not seen by anybody else."""
        one = self.confirm(self.transfer())
        receiver = one.with_user(self.user(self.sub2, "manager"))
        self.assertEqual(receiver.state, "asked")
        draft = self.transfer()
        with self.assertRaises(AccessError):
            draft.with_user(self.user(self.sub2, "manager")).write({"note": "x"})
        with self.assertRaises(AccessError):
            draft.with_user(self.user(self.sub2, "manager")).action_preview()
        with self.assertRaises(AccessError):
            draft.with_user(self.user(self.sub, "manager")).write({"state": "planned"})
        self.assertFalse(self.as_user(self.stranger, "manager", "program.transfer").search([]))
        with self.assertRaises(AccessError):
            self.as_user(self.sub2, "manager", "program.transfer").create(
                {"customer_id": self.contact.id, "receiver_id": self.sub2.id}
            )

    def test_a_draft_is_the_givers_until_the_receiver_is_asked(self):
        """PG-150: who plans to give whom what is not read beforehand; after a refusal a changed
        draft is the giver's alone again, whoever it names then."""
        Theirs = self.as_user(self.sub2, "manager", "program.transfer")

        def seen():
            self.env.invalidate_all()
            own = [("transfer_id", "=", one.id)]
            return bool(
                Theirs.search([("id", "=", one.id)])
                or Theirs.env["program.transfer.line"].search(own)
            )

        one = self.transfer(note="Before they hear of it")
        one.action_preview()
        self.assertFalse(seen())
        with self.assertRaises(AccessError):
            one.with_user(Theirs.env.user).read(["note"])
        one.action_confirm()
        self.assertTrue(seen())
        giver = one.sudo().approval_ids.filtered(lambda each: each.node_id == self.sub)
        giver.with_user(self.user(self.sub, "manager")).action_refuse("Not to them")
        self.assertTrue(seen())
        one.receiver_id = self.stranger
        self.assertFalse(seen())
        self.assertFalse(self.as_user(self.stranger, "manager", "program.transfer").search([]))

    def test_who_changes_it_is_offered_to_change_it(self):
        """PG-150: giver and desk, not the receiver; what a partner has asked for the desk does
        not take back, and what is done without the giver the giver does not."""
        giver, receiver = (self.user(node, "manager") for node in (self.sub, self.sub2))

        def offered(one):
            return [one.with_user(user).can_change for user in (giver, receiver, self.desk)]

        self.assertEqual(offered(self.transfer()), [True, False, True])
        self.assertEqual(
            offered(self.transfer(without_giver=True, giver_evidence="Order")),
            [False, False, True],
        )
        mine = self.confirm(self.transfer().with_user(giver))
        self.assertEqual(offered(mine), [True, False, False])
        self.assertTrue(self.env["program.transfer"].with_user(giver).new({}).can_change)

    def test_the_desk_reads_what_happens_without_a_managers_role(self):
        """PG-150, X-03: the programme desk opens what it has begun, with its lines and steps."""
        desk = new_test_user(
            self.env,
            login="desk.alone",
            groups="partner_governance.group_platform_programme",
            program_partner_id=self.root.id,
        )
        one = self.transfer("end").with_user(desk)
        one.action_preview()
        self.assertTrue(one.line_ids.mapped("name"))
        self.assertFalse(one.step_ids)

    def test_a_partner_moves_below_another(self):
        """PG-150: present upline signs too; tree, rights of the old upline and open signatures
        follow, what it owns stays its own."""
        owned = self.env["program.ownership"].search([("program_node_id", "=", self.sub.id)])
        one = self.confirm(self.transfer("upline"))
        self.assertEqual(one.approval_ids.node_id, self.sub | self.master | self.root)
        for approval in one.approval_ids:
            user = (
                self.staff("staff.two")
                if approval.node_id == self.root
                else self.user(approval.node_id, "manager")
            )
            approval.with_user(user).action_approve()
        self.carry_out()
        self.assertEqual((one.state, self.sub.upline_id), ("done", self.root), one.problem)
        self.assertEqual(set(owned.mapped("program_node_id")), {self.sub})
        running = self.sub.right_ids.filtered(lambda each: each.state == "running")
        self.assertEqual(running.granter_id, self.root)
        self.assertEqual(len(running), len(set(running.mapped("kind"))), "none is granted twice")
        self.assertEqual(len(running), 7, "none is missing")
        with self.assertRaises(AccessError):
            self.sub.with_user(self.user(self.master, "manager")).read(["name"])

    def test_a_partner_leaves(self):
        """PG-151: archived only when every customer has a receiver or an end; its upline is
        caretaker for at most 90 days."""
        with self.assertRaisesRegex(UserError, "without a receiver or an end date: Nordwind"):
            self.sub.active = False
        one = self.confirm(self.transfer("exit"))
        self.sign(one)
        self.carry_out()
        self.assertEqual((one.state, self.sub.active), ("done", False))
        self.assertEqual(self.sub.state, "ended")
        self.assertEqual((one.caretaker_until - one.day).days, 90)
        mine = self.env["program.ownership"].search(
            [("program_node_id", "=", self.master.id), ("reason", "=", "transfer")]
        )
        self.assertTrue(mine)

    def test_nothing_changes_hands_backwards_or_below_who_is_no_master(self):
        """PG-150: said at confirm, before anybody signs."""
        one = self.transfer(day=fields.Date.subtract(fields.Date.today(), days=1))
        one.action_preview()
        with self.assertRaisesRegex(UserError, "is over"):
            one.action_confirm()
        one = self.transfer("upline", receiver_id=self.stranger.id)
        one.action_preview()
        with self.assertRaisesRegex(UserError, "Iberia Systems is no master partner"):
            one.action_confirm()
        one = self.transfer("exit", node_id=self.master.id, receiver_id=self.stranger.id)
        one.action_preview()
        with self.assertRaisesRegex(UserError, "no master partner, so .*Hanse"):
            one.action_confirm()
        self.sub.sudo().is_master = True
        one = self.transfer("upline", node_id=self.master.id, receiver_id=self.sub.id)
        one.action_preview()
        with self.assertRaisesRegex(UserError, "stands below Meridian"):
            one.action_confirm()
        self.assertEqual(one.state, "draft")

    def leave(self, node, receiver):
        one = self.confirm(self.transfer("exit", node_id=node.id, receiver_id=receiver.id))
        for approval in one.approval_ids:
            approval.with_user(
                self.staff("staff.two")
                if approval.node_id == self.root
                else self.user(approval.node_id, "manager")
            ).action_approve()
        self.carry_out()
        return one

    def test_signatures_owed_by_who_leaves_go_to_the_receiver(self):
        """PG-151: of every kind of record, so that nothing waits for a partner that is gone."""
        change = self.env["governance.change.request"].create(
            {
                "name": "Another carrier",
                "description": "Cheaper",
                "scope_impact": "One connector",
                "program_node_id": self.sub.id,
            }
        )
        group = self.env.ref("partner_governance.group_partner_manager")
        change._ask_signatures(
            [{"name": "Upline", "node_id": self.master.id, "group_id": group.id}]
        )
        one = self.leave(self.master, self.root)
        self.assertEqual(one.state, "done", one.problem)
        self.assertEqual(change.approval_ids.node_id, self.root)
        self.assertEqual(change.approval_ids.state, "waiting")

    def test_a_caretaker_has_ninety_days(self):
        """PG-151: archived as soon as nothing depends on the leaver; where something still does
        when the time is over, an event once and the Monday list of caretaker and desk."""
        today = fields.Date.today()
        Monday = self.as_user(self.master, "manager", "program.monday")
        depends = patch.object(
            type(self.sub), "_archive_obstacles", lambda _self: ["One contract runs"]
        )
        with depends:
            one = self.leave(self.sub, self.master)
            self.assertEqual((one.state, self.sub.state), ("done", "active"), one.problem)
            with freeze_time(today + timedelta(days=40)):
                self.carry_out()
                self.assertFalse(Monday._monday_caretakers())
            for days in (90, 91):
                with freeze_time(today + timedelta(days=days)):
                    self.carry_out()
                    rows = Monday._monday_caretakers()
                    desk = self.env["program.monday"].with_user(self.desk)._monday_caretakers()
            self.assertTrue(self.sub.active)
        self.assertEqual([each["res_id"] for each in rows], one.ids)
        self.assertEqual(desk, rows)
        others = self.as_user(self.stranger, "manager", "program.monday")
        self.assertFalse(others._monday_caretakers())
        event = self.env["governance.event"].search([("kind", "=", "caretaker_over")])
        self.assertEqual(event.node_name, "Meridian Consulting", "once")
        self.assertEqual(event.reason, "One contract runs")
        with freeze_time(today + timedelta(days=92)):
            self.carry_out()
        self.assertEqual((self.sub.active, self.sub.state), (False, "ended"))
        self.assertFalse(Monday._monday_caretakers())

    def test_sub_partners_of_who_leaves_have_their_rights_from_the_new_upline(self):
        """PG-029, PG-151: what the leaver granted ends with it and is granted anew, once."""
        agreed = self.sub2.right_ids.filtered(lambda each: each.kind == "release")
        one = self.leave(self.master, self.root)
        self.assertEqual((one.state, self.sub2.upline_id), ("done", self.root), one.problem)
        running = self.sub2.right_ids.filtered(lambda each: each.state == "running")
        self.assertEqual(running.granter_id, self.root)
        kinds = running.mapped("kind")
        self.assertEqual(sorted(kinds), sorted(set(kinds)))
        self.assertEqual(
            set(kinds), {"branding", "pricing", "data", "support", "sla", "release", "incident"}
        )
        self.assertIn(agreed, running, "what the platform granted goes on")

    def test_a_customer_leaves(self):
        """PG-151: final bill, export, retention, deletion record; each with its evidence."""
        one = self.confirm(self.transfer("end", reason="notice"))
        self.sign(one)
        self.carry_out()
        self.assertEqual(one.state, "done")
        self.assertFalse(
            self.env["program.ownership"].search_count(
                [("program_node_id", "=", self.sub.id), ("date_until", "=", False)]
            )
        )
        self.assertEqual(
            one.step_ids.mapped("code"), ["final_bill", "data_export", "retention", "deletion"]
        )
        step = one.step_ids[1].with_user(self.user(self.sub, "manager"))
        with self.assertRaisesRegex(UserError, "evidence"):
            step.action_done()
        step.evidence = "Dump handed over, receipt 17"
        step.action_done()
        self.assertEqual(step.done_on, fields.Date.today())
        self.sub.active = False
        self.assertFalse(self.sub.active)

"""X-05, PG-081: ways round the programme's rules that a review has found, and are shut."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError

from ..models.program_ownership import ProgramLookup
from .common import DISTRIBUTOR, SIMPLE, ProgramCase

LOOSE = "Make the quotation from an opportunity"


class TestAttacksGovernance(ProgramCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.platform = cls.staff()

    def own(self, model, role="manager", node=None):
        self.env.invalidate_all()
        return self.as_user(node or self.sub, role, model)

    def call(self, go, *args):
        """What the attacker is told, or an empty text where it worked; nothing of it stays."""
        said = ""
        with self.env.cr.savepoint() as savepoint:
            try:
                go(*args)
                self.env.flush_all()
            except UserError as error:
                said = str(error)
            savepoint.rollback()
        self.env.invalidate_all()
        return said

    # Quotations.

    def order(self, **values):
        customer = self.own("res.partner", "sales").create({"name": "Nordwind", "is_company": True})
        return self.own("sale.order", "sales").create(
            {"partner_id": customer.id, "company_id": self.sub.company_id.id, **values}
        )

    def test_a_quotation_beside_the_programme_is_not_confirmed(self):
        """PG-081: without an opportunity there is no deal, so there would be no gate."""
        order = self.order()
        for go in (
            order.action_confirm,
            lambda: order.write({"state": "sale"}),
            lambda: self.order(state="sale"),
        ):
            self.assertIn(LOOSE, self.call(go))
        order._validate_order()
        self.assertEqual(order.state, "sent", "what the customer signs is kept")
        self.assertIn(LOOSE, order.program_waiting_for)
        direct = self.env["sale.order"].create({"partner_id": self.root.partner_id.id})
        direct.action_confirm()
        self.assertEqual(direct.state, "sale", "the platform's own company is no partner's")

    def test_what_was_signed_goes_on_with_its_opportunity(self):
        """PG-081: linked to a deal whose gates are open, the kept quotation is confirmed."""
        order = self.order()
        order._validate_order()
        lead = self.deal(self.sub, answers=SIMPLE).sudo().lead_ids
        order.with_user(self.user(self.sub, "sales")).opportunity_id = lead.id
        row = self.env["program.outbox"].search([("kind", "=", "confirm_signed")])
        self.assertTrue(row[:1]._send(), row.mapped("error"))
        self.assertEqual(order.state, "sale")

    def test_a_quotation_keeps_its_opportunity(self):
        """PG-081: nor is the link taken off again."""
        lead = self.deal(self.sub, answers=DISTRIBUTOR).sudo().lead_ids
        order = self.order(opportunity_id=lead.id)
        said = self.call(lambda: order.write({"opportunity_id": False}))
        self.assertIn("keeps its opportunity", said)
        self.assertIn("waits at the gate", self.call(order.action_confirm))

    def test_the_night_finds_an_order_that_met_no_gate(self):
        """DESIGN 4.2: the query is empty, and finds what SQL alone could do; told once."""
        order = self.order()
        Gate = self.env["governance.gate"]
        self.assertFalse(Gate._report_orders())
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET state = 'sale' WHERE id = %s", [order.id])
        self.env.invalidate_all()
        for _night in range(2):
            self.assertEqual(Gate._report_orders(), order.sudo())
        event = self.env["governance.event"].search([("kind", "=", "won_without_passage")])
        self.assertEqual(event.mapped("res_ref"), order.ids)

    # The register of owners.

    def test_a_lead_in_a_won_stage_tells_nothing(self):
        """PG-025: it was registered, compared and taken back by the error: an answer for free."""
        self.deal(self.sub, company="Nordwind", identity="nordwind.example")
        said = {
            self.call(
                self.own("crm.lead", "sales", self.stranger).create,
                {"name": "X", "type": "opportunity", "website": web, "stage_id": self.won.id},
            )
            for web in ("https://nordwind.example", "https://free.example")
        }
        self.assertEqual(len(said), 1)
        self.assertIn("is not registered yet", said.pop())

    def test_a_lookup_is_counted_before_anything_is_compared(self):
        """PG-025: for good, in a cursor of its own, so that an error does not take it back."""
        done = []

        @contextmanager
        def cursor():
            yield self.env.cr
            done.append("counted")

        Lookup, Ownership = self.env["program.lookup"], self.env["program.ownership"]
        match = type(Ownership)._match

        def compare(*args, **kwargs):
            done.append("compared")
            return match(*args, **kwargs)

        with (
            patch.object(type(Lookup), "_cursor", ProgramLookup._cursor),
            patch.object(self.env.registry, "cursor", cursor),
            patch.object(type(Ownership), "_match", compare),
        ):
            self.deal(self.sub, company="Nordwind")
        self.assertEqual(done, ["counted", "counted", "compared"])
        row = Lookup.search([], limit=1)
        self.assertEqual((row.company_name, row.program_node_id), ("Nordwind", self.sub))
        self.assertEqual(row.user_id, self.user(self.sub, "sales"))

    # Deals of others.

    def test_who_is_engaged_does_not_rename_the_deal(self):
        """PG-152, PG-025: an engaged partner that may write leaves company, kind, responsible
        and protection to the owner."""
        deal = self.deal(self.sub, company="Nordwind")
        self.engage(self.sub, self.delivery, deal_id=deal.id, may_write=True)
        theirs = deal.with_user(self.user(self.delivery, "sales"))
        theirs.expected_month = "2030-01-01"
        person = self.user(self.delivery, "sales")
        for go in (
            lambda: theirs.write({"identity": "other.example"}),
            lambda: theirs.write({"company_name": "Other"}),
            lambda: theirs.write({"kind": "referral"}),
            lambda: theirs.write({"user_id": person.id}),
            theirs.action_extend_protection,
            theirs.action_protect_again,
        ):
            self.assertIn("Only the partner that has registered", self.call(go))
        deal.with_user(self.user(self.sub, "sales")).action_extend_protection()
        self.assertTrue(deal.is_extended)

    def test_a_deal_before_the_desk_keeps_its_company(self):
        """PG-025: the desk decides about what was registered, not about what it became."""
        self.deal(self.sub, company="Nordwind", identity="nordwind.example")
        second = self.deal(self.stranger, company="Nord", identity="nordwind.example")
        self.assertEqual(second.state, "conflict")
        for state in ("conflict", "declined"):
            second.sudo().state = state
            for values in ({"identity": "x.example"}, {"company_name": "X"}):
                said = self.call(second.write, values)
                self.assertIn("stays as it was registered", said)
            second.expected_month = "2030-01-01"

    # Signing and answering for others.

    def test_nobody_else_names_my_stand_in(self):
        """PG-113: rewriting a stand-in would lend the roles of whoever it names."""
        until = fields.Date.add(fields.Date.today(), days=3)
        row = self.own("governance.stand.in").create(
            {"stand_in_id": self.user(self.sub, "finance").id, "date_until": until}
        )
        desk = row.with_user(self.platform)
        for go in (
            lambda: desk.write({"stand_in_id": self.user(self.sub, "sales").id}),
            lambda: desk.write({"date_until": fields.Date.add(until, days=9)}),
            lambda: row.write({"user_id": self.user(self.sub, "delivery").id}),
        ):
            self.assertTrue(self.call(go))
        mine = (
            self.env["governance.stand.in"]
            .with_user(self.platform)
            .create(
                {
                    "stand_in_id": self.person(self.root, "manager", "root.manager").id,
                    "date_until": until,
                }
            )
        )
        desk_mate = self.person(self.root, "sales", "root.sales")
        self.assertTrue(self.call(lambda: mine.write({"user_id": desk_mate.id})))
        # The model refuses it by itself too, were there no fence.
        fence = type(self.env["program.isolation"])
        with patch.object(fence, "_check_values", lambda *args: None):
            said = self.call(lambda: mine.write({"user_id": desk_mate.id}))
        self.assertIn("Everybody names the own stand-in", said)
        row.date_until = fields.Date.add(until, days=1)
        events = self.env["governance.event"].search(
            [("kind", "=", "stand_in"), ("res_ref", "=", row.id)]
        )
        self.assertEqual(len(events), 2)

    def test_a_deviation_is_neither_moved_nor_taken_off(self):
        """PG-123: what the platform has entered on a deal stays; a line goes to no other duty."""
        deal, other = self.deal(self.sub, company="A"), self.deal(self.sub, company="B")
        lines = self.env["governance.responsibility"]
        own = lines.search([("program_node_id", "=", self.sub.id), ("is_own", "=", True)])
        mine = own.filtered(lambda line: line.accountable == "partner")
        entered = lines.create(
            {
                "template_id": mine[0].template_id.id,
                "deal_id": deal.id,
                "platform_role": "accountable",
                "partner_role": "responsible",
            }
        )
        moved = self.own("governance.responsibility").create(
            {
                "template_id": mine[1].template_id.id,
                "deal_id": deal.id,
                "delivery_role": "accountable",
                "partner_role": "responsible",
            }
        )
        theirs = entered.with_user(self.user(self.sub, "manager"))
        for go in (
            theirs.unlink,
            lambda: theirs.write({"deal_id": other.id}),
            lambda: theirs.write({"deal_id": False}),
            lambda: moved.write({"template_id": own[-1].template_id.id}),
        ):
            self.assertTrue(self.call(go))
        moved.unlink()
        self.assertFalse(moved.exists())

    # Tiers, flags, checklists, conditions.

    def test_down_from_an_override_in_force_is_signed(self):
        """PG-099: a tier that was raised and approved is not lowered to the rules' by rule."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        Override = self.own("governance.tier.override", "sales")
        tier = {level: self.env.ref(f"partner_governance.tier_{level}") for level in (2, 3)}
        up = Override.create({"deal_id": deal.id, "tier_id": tier[3].id, "reason": "Complex"})
        self.assertEqual((up.sign_state, deal.tier_level), ("approved", 3))
        down = Override.create({"deal_id": deal.id, "tier_id": tier[2].id, "reason": "Not so"})
        self.assertEqual((down.sign_state, deal.tier_level), ("asked", 3))
        self.assertEqual(down.sudo().approval_ids.node_id, self.master | self.root)

    def test_who_is_engaged_neither_accepts_nor_signs_off(self):
        """PG-094, PG-056: risks and checklists are the owner's to answer for."""
        deal = self.deal(self.sub, answers={**DISTRIBUTOR, "pricing_documented": False})
        self.engage(self.sub, self.delivery, deal_id=deal.id, may_write=True)
        manager = self.user(self.delivery, "manager")
        flag = deal.sudo().qualification_id.flag_ids[:1].with_user(manager)
        self.assertTrue(flag)
        said = self.call(flag.action_accept_risk, "Fine with us")
        self.assertIn("The partner whose deal it is", said)
        flag.with_user(self.user(self.sub, "manager")).action_accept_risk("We know the customer")
        artefact = self.env["program.artefact"].create(
            {"name": "Script", "kind": "warehouse_test", "program_node_id": self.root.id}
        )
        version = self.env["program.artefact.version"].create(
            {
                "artefact_id": artefact.id,
                "line_ids": [(0, 0, {"name": "Count", "section": "check"})],
            }
        )
        checklist = version._make_checklist(self.sub, deal=deal)
        theirs = checklist.with_user(manager)
        theirs.line_ids.write({"result": "pass", "note": "Seen"})
        self.assertIn("The partner whose checklist it is", self.call(theirs.action_sign))
        checklist.with_user(self.user(self.sub, "manager")).action_sign()
        self.assertEqual(checklist.state, "signed")

    def conditional(self, days=3):
        """(the condition, who answers for it) of a deal that passed on it."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        deal.action_request_review()
        owner = self.user(self.sub, "manager")
        review = deal.sudo().review_ids
        lead = self.user(self.sub, "delivery")
        first = review.approval_ids.sorted("sequence")[0].with_user(lead)
        day = fields.Date.add(fields.Date.today(), days=days)
        first._approve_with_condition("Load test", owner, day)
        self.sign_reviews(review)
        return review.condition_ids, owner

    def test_a_condition_is_not_rewritten_by_whom_it_binds(self):
        """PG-110: neither its words, day and owner, nor its end by a colleague."""
        condition, owner = self.conditional()
        sales = self.user(self.sub, "sales")
        later = fields.Date.add(fields.Date.today(), days=300)
        for user in (sales, owner):
            for values in ({"name": "Nothing"}, {"due_date": later}, {"user_id": sales.id}):
                said = self.call(condition.with_user(user).write, values)
                self.assertIn("A condition stays as it was set", said)
        for go in ("action_done", "action_drop"):
            said = self.call(getattr(condition.with_user(sales), go))
            self.assertIn("reports it as met, then it is confirmed by", said)
        condition.with_user(owner).note = "Half way"
        for values in ({"state": "done"}, {"approval_id": False}, {"res_id": 0}):
            self.assertTrue(self.call(condition.with_user(owner).write, values))
        self.assertEqual(condition.state, "open")

    def test_a_condition_does_not_hold_for_years(self):
        """PG-110: like a waiver, a pass on a condition ends within ninety days."""
        with self.assertRaisesRegex(UserError, "at the latest"):
            self.conditional(days=91)

    # Projects, changes, meetings.

    def project(self):
        deal = self.deal(self.sub, answers=SIMPLE)
        deal.lead_ids.action_set_won()
        deal.with_user(self.user(self.sub, "sales")).action_start_project()
        return deal.sudo().project_ids

    def test_a_demanded_seat_stays(self):
        """PG-101: the tier's roles are filled, not removed or renamed."""
        role = self.env["project.role"].create({"name": "Lead"})
        tier = self.env.ref("partner_governance.tier_1")
        tier.role_ids = [(0, 0, {"role_id": role.id})]
        seats = self.project().staffing_ids.filtered("is_mandatory")
        seat = seats[-1].with_user(self.user(self.sub, "delivery"))
        other = self.env["project.role"].create({"name": "Other"})
        for go in (seat.unlink, lambda: seat.write({"role_id": other.id})):
            self.assertIn("demands the role", self.call(go))
        seat.user_id = seat.env.user
        self.assertEqual(seat.user_id, seat.env.user)

    def change(self, **values):
        project = self.project()
        return self.own("governance.change.request", "delivery").create(
            {
                "name": "Two more routes",
                "description": "A second warehouse",
                "scope_impact": "Routes",
                "res_model": project._name,
                "res_id": project.id,
                **values,
            }
        )

    def test_a_task_does_not_leave_its_change(self):
        """PG-117: clearing or swapping the change was a way past its signature."""
        change = self.change()
        other = change.copy({"name": "Signed"})
        other.sudo().state = "approved"
        task = self.own("project.task", "delivery").create(
            {
                "name": "Routes",
                "project_id": change.res_id,
                "change_request_id": change.id,
            }
        )
        for value in (False, other.id):
            for state in ("draft", "asked", "refused", "withdrawn"):
                change.sudo().state = state
                said = self.call(task.write, {"change_request_id": value})
                self.assertIn("waits for", said)
        change.sudo().state = "approved"
        task.change_request_id = other
        self.assertEqual(task.change_request_id, other)

    def test_a_change_is_signed_under_its_name(self):
        """PG-117: what changes, and which risk it touches, is part of what was signed."""
        change = self.change(risk_impact="Stock")
        for values in ({"name": "Ten more routes"}, {"risk_impact": "All of it"}):
            change.action_ask()
            change.write(values)
            self.assertEqual(change.state, "draft")

    def test_a_meeting_is_its_hosts(self):
        """PG-144…146: the partner that it looks at changes nothing, and nobody the notes after
        its end."""
        meeting = self.env["governance.council"].create(
            {
                "kind": "review",
                "quarter": fields.Date.start_of(fields.Date.today(), "quarter"),
                "program_node_id": self.master.id,
                "reviewed_id": self.sub.id,
            }
        )
        host = meeting.with_user(self.user(self.master, "manager"))
        guest = meeting.with_user(self.user(self.sub, "manager"))
        self.assertIn("whoever holds the meeting", self.call(guest.write, {"notes": "Well done"}))
        host.notes = "Agreed"
        host.action_start()
        host.action_close()
        self.assertIn("is closed", self.call(host.write, {"notes": "Otherwise"}))

    # Changes of hands, promises, labs, onboarding.

    def transfer(self, user, **values):
        contact = self.own("res.partner", "sales").create({"name": "Nordwind", "is_company": True})
        return (
            self.env["program.transfer"]
            .with_user(user)
            .create(
                {
                    "customer_id": contact.id,
                    "receiver_id": self.sub2.id,
                    "customer_consent": "Letter",
                    **values,
                }
            )
        )

    def test_a_change_of_hands_is_withdrawn_by_whose_it_is(self):
        """PG-150: neither by the receiver nor by the desk in the giver's place; what the desk
        does without the giver is not the giver's."""
        giver = self.user(self.sub, "manager")
        one = self.transfer(self.platform).with_user(giver)
        one.action_preview()
        one.action_confirm()
        receiver = one.with_user(self.user(self.sub2, "manager"))
        self.assertTrue(self.call(receiver.action_withdraw))
        said = self.call(one.with_user(self.platform).action_withdraw)
        self.assertIn("by its own people", said)
        one.action_withdraw()
        self.assertEqual(one.state, "withdrawn")
        forced = self.transfer(self.platform, without_giver=True, giver_evidence="Court")
        theirs = forced.with_user(giver)
        for go in (
            lambda: theirs.write({"note": "Not so"}),
            lambda: theirs.write({"without_giver": False}),
            theirs.action_withdraw,
            lambda: self.transfer(self.platform).with_user(giver).write({"without_giver": True}),
        ):
            self.assertIn("acts without the giver", self.call(go))
        forced.action_preview()
        forced.action_confirm()
        self.assertIn("acts without the giver", self.call(theirs.action_withdraw))
        forced.with_user(self.staff("desk.mate")).action_withdraw()
        self.assertEqual(forced.state, "withdrawn")

    def test_a_step_that_is_done_stays(self):
        """PG-151: evidence is not exchanged afterwards."""
        one = self.transfer(self.platform)
        step = self.env["program.transfer.step"].create(
            {
                "transfer_id": one.id,
                "code": "deletion",
                "due_date": fields.Date.today(),
                "evidence": "Record 12",
            }
        )
        mine = step.with_user(self.user(self.sub, "manager"))
        mine.action_done()
        self.assertIn("stays as it was written", self.call(mine.write, {"evidence": "Other"}))

    def test_an_exception_permits_the_promise_that_was_signed(self):
        """PG-032, PG-121: not every promise that its right may still make."""
        rights = self.env["program.right"]
        held = rights.search([("holder_id", "=", self.master.id), ("kind", "=", "sla")])
        held.write({"availability": 99.5, "response_hours": 8})
        mine = self.own("program.right", node=self.master).create(
            {
                "kind": "sla",
                "holder_id": self.sub2.id,
                "availability": 99.0,
                "response_hours": 8,
            }
        )
        values = {
            "kind": "promise_upstream",
            "name": "Better for Alpenland",
            "reason": "A pilot",
            "expiry": fields.Date.add(fields.Date.today(), days=60),
            "res_model": mine._name,
            "res_id": mine.id,
        }
        one = self.env["governance.exception"].create(values)
        self.assertIn("Say what", self.call(one.action_ask))
        one.write({"promise_availability": 99.8, "promise_hours": 4})
        one.action_ask()
        one.sudo()._conclude("signed")
        self.assertEqual(one.state, "approved")
        for better in ({"availability": 99.9}, {"availability": 99.8, "response_hours": 2}):
            self.assertIn("beyond what is held", self.call(mine.write, better))
        mine.write({"availability": 99.8, "response_hours": 4})
        said = self.call(one.with_user(self.platform).write, {"promise_availability": 99.99})
        self.assertIn("stays as it is", said)

    def test_a_partners_own_lab_certifies_nobody(self):
        """PG-060: and the mark to pass is the one of the day on which the attempt began."""
        kind = self.env.ref("partner_governance.certification_kind_delivery")
        Lab = self.own("program.lab", node=self.master)
        said = self.call(Lab.create, {"name": "Easy", "kind_id": kind.id})
        self.assertIn("leads to no certificate", said)
        lab = Lab.create({"name": "Own", "step_ids": [(0, 0, {"name": "A", "points": 10})]})
        self.assertIn("leads to no certificate", self.call(lab.write, {"kind_id": kind.id}))
        attempt = self.env["program.lab.attempt"].browse(lab.action_attempt()["res_id"])
        lab.pass_percent = 10
        attempt.sudo().write({"state": "submitted"})
        attempt.with_user(self.staff("root.assessor"))._assess({attempt.line_ids.id: 5})
        self.assertEqual((attempt.pass_percent, attempt.state), (80, "failed"))

    def test_an_onboarding_is_looked_after_from_above(self):
        """PG-050: by a manager of the direct upline or the platform, not by whoever reads it."""
        for user in (self.user(self.master, "sales"), self.user(self.sub, "manager")):
            self.assertTrue(self.call(self.sub.with_user(user).action_look_after_onboarding))
        for user in (self.user(self.master, "manager"), self.platform):
            self.sub.with_user(user).action_look_after_onboarding()
            self.assertEqual(self.sub.onboarding_owner_id, user)

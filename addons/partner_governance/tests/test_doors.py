from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.http import serialize_exception
from odoo.tests import freeze_time

from ..exceptions import GateClosed
from ..models.governance_change_gates import GRANDFATHERED
from .common import DISTRIBUTOR, SIMPLE, ProgramCase

SENTENCE = "waits at the gate"


class TestDoors(ProgramCase):
    """PG-080, PG-081, PG-110, PG-111: the same gates at every door, for everybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.partner = cls.env["res.partner"].create(
            {"name": "Nordwind", "is_company": True, "program_node_id": cls.sub.id}
        )
        cls.platform = cls.staff()

    def order_of(self, deal):
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "opportunity_id": deal.sudo().lead_ids.id,
                "company_id": self.sub.company_id.id,
            }
        )

    def test_hosting_stands_on_no_quotation(self):
        """PG-105: merged with what is charged once it is refused; taken off, it is confirmed. A
        customer that signs it meanwhile reads no error."""
        deal = self.deal(self.sub, answers=SIMPLE)
        order = self.order_of(deal)
        once, hosting = self.env["product.product"].create(
            [
                {"name": name, "type": "service", "program_node_id": self.sub.id, **values}
                for name, values in (
                    ("Introduction", {}),
                    ("Cloud M", {"program_is_recurring": True}),
                )
            ]
        )
        order.order_line = [
            fields.Command.create({"product_id": each.id}) for each in once | hosting
        ]
        for go in (order.action_confirm, lambda: order.write({"state": "sale"})):
            with (
                self.assertRaisesRegex(UserError, "Cloud M.*Hosting is offered apart"),
                self.env.cr.savepoint(),
            ):
                go()
        order._validate_order()
        self.assertEqual(order.state, "sent")
        self.assertIn("Offer hosting", order.program_waiting_for)
        order.order_line.filtered(lambda line: line.product_id == hosting).unlink()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        with self.assertRaisesRegex(UserError, "Hosting is offered apart"):
            order.order_line = [fields.Command.create({"product_id": hosting.id})]

    def doors(self, deal, order, stage):
        """``{name: go}`` of everything that wins a deal; each by whoever is told."""
        lead = deal.sudo().lead_ids
        Lead = self.env["crm.lead"]

        return {
            "card": lambda user: lead.with_user(user).write({"stage_id": self.won.id}),
            "button": lambda user: lead.with_user(user).action_set_won(),
            "rainbow": lambda user: lead.with_user(user).action_set_won_rainbowman(),
            "team": lambda user: lead.with_user(user).write({"team_id": self.winning_team().id}),
            "stage": lambda user: stage.sudo().write({"is_won": True}),
            "confirm": lambda user: order.with_user(user).action_confirm(),
            "state": lambda user: order.with_user(user).write({"state": "sale"}),
            "lock": lambda user: order.sudo().write({"state": "sale", "locked": True}),
            "sudo": lambda user: lead.sudo().write({"stage_id": self.won.id}),
            "creation": lambda user: Lead.with_user(user).create(
                {
                    "name": "Short cut",
                    "type": "opportunity",
                    "stage_id": self.won.id,
                    "program_deal_id": False,
                }
            ),
        }

    def winning_team(self):
        """A team whose only stage is won: choosing it moves the opportunity there."""
        return self.env["crm.team"].create(
            {"name": "Closers", "program_node_id": self.sub.id, "user_id": False}
        )

    def refused(self, go, user):
        """What a door says, or an empty text when it opens; nothing of it stays."""
        said = ""
        with self.env.cr.savepoint() as savepoint:
            try:
                go(user)
                self.env.flush_all()
            except UserError as error:
                said = str(error)
            savepoint.rollback()
        self.env.invalidate_all()
        return said

    def test_matrix_of_doors_roles_and_gate_states(self):
        """PG-081, PG-110: at each closed state every door says the same, whoever knocks; at the
        open one it opens."""
        stage = self.env["crm.stage"].create({"name": "Almost", "is_won": False})
        deals = {
            "answers missing": self.deal(self.sub, company="A"),
            "not asked": self.deal(self.sub, company="B", answers=DISTRIBUTOR),
            "asked": self.deal(self.sub, company="C", answers=DISTRIBUTOR),
            "refused": self.deal(self.sub, company="D", answers=DISTRIBUTOR),
            "passed": self.deal(self.sub, company="E", answers=SIMPLE),
        }
        wanted = {
            "answers missing": "answers to: Articles",
            "not asked": "the review of tier 2",
            "asked": "signature of Senior solution lead at Hanse",
            "refused": "No pricing document",
        }
        deals["asked"].action_request_review()
        deals["refused"].action_request_review()
        deals["refused"].sudo().review_ids.approval_ids[0].with_user(
            self.user(self.sub, "delivery")
        ).action_refuse("No pricing document")
        sales, manager = self.user(self.sub, "sales"), self.user(self.sub, "manager")
        knocks, start = 0, deals["passed"].sudo().lead_ids.stage_id
        for state, deal in deals.items():
            order = self.order_of(deal)
            deal.sudo().lead_ids.stage_id = stage
            for name, go in self.doors(deal, order, stage).items():
                for user in (sales, manager):
                    said = self.refused(go, user)
                    knocks += 1
                    where = f"{state}, {name}, {user.login}"
                    if name == "creation":
                        self.assertIn("is not registered yet", said, where)
                    elif name == "team" or state == "passed":
                        # A team alone wins nothing here; see the test of stages.
                        self.assertEqual(said, "", where)
                    else:
                        self.assertIn(SENTENCE, said, where)
                        self.assertIn(wanted[state], said, where)
            deal.sudo().lead_ids.stage_id = start
        self.assertEqual(knocks, 100)

    def test_each_missing_thing_opens_where_it_is_mended(self):
        """PG-081, DESIGN 4.2: a refusal tells the client what opens each missing thing, and deal
        and review show the same with links."""
        deal = self.deal(self.sub, company="F", answers={"sku_count": "100"})
        flagged = self.deal(
            self.sub, company="G", answers={**DISTRIBUTOR, "pricing_documented": False}
        )
        asked = self.deal(self.sub, company="H", answers=DISTRIBUTOR)
        asked.action_request_review()
        waiting = asked.sudo().review_ids.approval_ids.sorted("sequence")
        for one, records in (
            (deal, deal.qualification_id),
            (flagged, flagged.qualification_id),
            (asked, waiting),
        ):
            with self.assertRaises(GateClosed) as refusal, self.env.cr.savepoint():
                one.lead_ids.action_set_won()
            told = serialize_exception(refusal.exception)
            self.assertEqual(told["name"], "odoo.addons.partner_governance.exceptions.GateClosed")
            self.assertIn(SENTENCE, told["arguments"][0])
            opened = [(fix["res_model"], fix["res_id"]) for fix in told["context"]["fixes"]]
            shown = [(fix["res_model"], fix["res_id"]) for fix in one.missing_links]
            for record in records:
                self.assertIn((record._name, record.id), opened)
                self.assertIn((record._name, record.id), shown)
            self.assertEqual([fix["text"] for fix in one.missing_links], one.missing.split("\n"))
        for approval in waiting:
            links = approval._record().missing_links
            self.assertIn(approval.id, [fix["res_id"] for fix in links])
        passed = self.deal(self.sub, company="P", answers=SIMPLE)
        self.assertFalse(passed.missing_links)

    def test_a_team_whose_stage_is_won_wins_nothing(self):
        """PG-081: a recompute by ``team_id`` ends at the same gate."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        lead = deal.sudo().lead_ids
        team = self.winning_team()
        self.env["crm.stage"].search([]).team_ids = lead.team_id
        self.won.team_ids = team
        said = self.refused(lambda user: lead.write({"team_id": team.id}), None)
        self.assertTrue(SENTENCE in said or lead.won_status != "won")

    def test_a_merge_into_a_won_opportunity_is_refused(self):
        """PG-081: merging is winning."""
        won = self.deal(self.sub, company="Won", answers=SIMPLE)
        won.lead_ids.action_set_won()
        closed = self.deal(self.sub, company="Closed", answers=DISTRIBUTOR)
        both = (won | closed).lead_ids
        self.assertIn(SENTENCE, self.refused(lambda user: both.merge_opportunity(), None))

    def test_converting_a_lead_in_a_won_stage_is_refused(self):
        """PG-081: a lead becomes an opportunity and would be won at once."""
        lead = self.as_user(self.sub, "sales", "crm.lead").create({"name": "Lead", "type": "lead"})

        def convert(user):
            lead.sudo().write({"stage_id": self.won.id, "type": "opportunity"})

        said = self.refused(convert, None)
        self.assertIn("is not registered yet", said)
        self.assertIn(SENTENCE, said)

    def test_modes_of_the_gate_by_day_and_partner(self):
        """PG-153: observe lets pass and lists, warn says so on the deal, enforce refuses; each
        from its day, for a branch or the programme."""
        gates = self.env["governance.gate"]._of("won")
        yesterday = fields.Date.subtract(fields.Date.today(), days=1)
        for gate in gates:
            gate.mode_ids = [
                fields.Command.create({"mode": "observe", "date_from": yesterday}),
                fields.Command.create(
                    {"mode": "warn", "date_from": yesterday, "program_node_id": self.sub2.id}
                ),
                fields.Command.create(
                    {
                        "mode": "enforce",
                        "date_from": fields.Date.today(),
                        "program_node_id": self.sub.id,
                    }
                ),
            ]
        strict = self.deal(self.sub, answers=DISTRIBUTOR)
        with self.assertRaisesRegex(UserError, SENTENCE):
            strict.lead_ids.action_set_won()
        warned = self.deal(self.sub2, company="Warned", answers=DISTRIBUTOR)
        warned.lead_ids.action_set_won()
        self.assertEqual(warned.state, "won")
        self.assertIn("the review of tier 2", str(warned.sudo().message_ids.mapped("body")))
        watched = self.deal(self.stranger, company="Watched", answers=DISTRIBUTOR)
        watched.lead_ids.action_set_won()
        rows = self.env["governance.review"].search([("state", "=", "let_through")])
        self.assertEqual(rows.deal_id, warned | watched)
        self.assertIn(
            "the review of tier 2", rows.filtered(lambda r: r.deal_id == watched)[-1].sign_reason
        )
        self.assertFalse(self.env["program.deal"]._won_without_passage())
        theirs = self.as_user(self.sub2, "manager", "governance.review").search(
            [("state", "=", "let_through")]
        )
        self.assertEqual(theirs.deal_id, warned)

    def test_the_night_finds_a_won_deal_without_its_passage(self):
        """DESIGN 4.2: the query is empty, and finds what SQL alone could do."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        self.assertFalse(self.env["program.deal"]._won_without_passage())
        self.env.flush_all()
        self.env.cr.execute("UPDATE program_deal SET state = 'won' WHERE id = %s", [deal.id])
        self.env.invalidate_all()
        self.assertEqual(self.env["governance.gate"]._report_holes(), deal)
        event = self.env["governance.event"].search([("kind", "=", "won_without_passage")])
        self.assertEqual(event.res_ref, deal.id)

    def test_a_customers_signature_at_a_closed_gate_is_kept(self):
        """DESIGN 4.2: nothing is raised at the customer; the quotation stays sent, says what it
        waits for, and goes on when the gate opens."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        order = self.order_of(deal)
        order.write({"signed_by": "Jörn", "signed_on": fields.Datetime.now()})
        order._validate_order()
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.signed_by, "Jörn")
        self.assertIn("the review of tier 2", order.program_waiting_for)
        deal.action_request_review()
        self.sign_all(deal)
        row = self.env["program.outbox"].search([("kind", "=", "confirm_signed")])
        self.assertTrue(row[:1]._send(), row.mapped("error"))
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.program_waiting_for)

    def test_a_payment_at_a_closed_gate_is_kept(self):
        """DESIGN 4.2: money that has come in stays with a quotation that waits."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        order = self.order_of(deal)
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].create({"name": "Card", "code": "test_card"})
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": "paid-1",
                "sale_order_ids": [fields.Command.set(order.ids)],
            }
        )
        self.assertFalse(transaction._check_amount_and_confirm_order())
        self.assertEqual(order.state, "sent")
        self.assertTrue(order.program_waiting_since)

    def test_a_go_live_needs_its_second_review_from_both_sides(self):
        """PG-111, PG-114: the milestone is refused until implementation and platform operations
        have signed; architecture again from tier 2."""
        self.without_scorecards()
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        deal.action_request_review()
        self.sign_all(deal)
        deal.lead_ids.action_set_won()
        project = self.env["project.project"].create(
            {
                "name": "Nordwind",
                "program_node_id": self.sub.id,
                "company_id": self.sub.company_id.id,
                "program_deal_id": deal.id,
            }
        )
        milestone = self.env["project.milestone"].create(
            {"name": "Go-live", "project_id": project.id, "is_go_live": True}
        )
        said = self.refused(lambda user: milestone.write({"is_reached": True}), None)
        self.assertIn("Architecture before go-live", said)
        self.assertIn("Go-live readiness", said)
        self.assertIn(
            SENTENCE,
            self.refused(
                lambda user: milestone.copy({"is_go_live": True, "is_reached": True}), None
            ),
        )
        manager = self.user(self.sub, "manager")
        with self.assertRaisesRegex(UserError, "cannot be taken away"):
            milestone.with_user(manager).is_go_live = False
        with self.assertRaises(AccessError):
            project.with_user(manager).program_deal_id = False
        project.with_user(manager).action_request_go_live()
        self.assertEqual(
            set(project.review_ids.approval_ids.mapped("side")), {"implementation", "operations"}
        )
        delivery = self.user(self.sub, "delivery")
        for approval in project.sudo().review_ids.approval_ids:
            if approval.side == "implementation":
                approval.with_user(delivery).action_approve()
        self.assertIn(
            "Platform operations",
            self.refused(lambda user: milestone.write({"is_reached": True}), None),
        )
        self.sign_reviews(project.sudo().review_ids)
        milestone.is_reached = True
        self.assertTrue(milestone.is_reached)

    def test_a_duplicate_carries_no_passage(self):
        """DESIGN 4.2: what was signed was signed for one deal."""
        deal = self.deal(self.sub, answers=SIMPLE)
        copied = deal.copy({"company_name": "Copy"})
        self.assertFalse(copied.sudo().review_ids)
        self.assertEqual(copied.gate_state, "open")
        with self.assertRaisesRegex(UserError, "answers to"):
            copied.lead_ids.action_set_won()


class TestDoorOfChanges(ProgramCase):
    """PG-114, PG-137: the gate “Change in production” stands before a change of production."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.window = cls.as_user(cls.sub, "manager", "governance.change.window").create(
            {
                "name": "Tonight",
                "date_from": fields.Datetime.subtract(cls.now, hours=1),
                "date_until": fields.Datetime.add(cls.now, hours=3),
            }
        )

    def change(self, state="approved", **values):
        """A change of production within its open window; approved, as its gate stands."""
        # Sales asks, so that delivery and the manager may sign.
        change = self.as_user(self.sub, "sales", "governance.change.request").create(
            {
                "name": "New kernel",
                "description": "End of support",
                "scope_impact": "One restart",
                "rollback": "The old image",
                "is_production": True,
                "window_id": self.window.id,
                **values,
            }
        )
        if state == "approved":
            change.action_ask()
            self.approve(change)
        return change

    def approve(self, change):
        waiting = change.sudo().approval_ids.filtered(lambda one: one.state == "waiting")
        waiting.with_user(self.user(waiting.node_id, "manager")).action_approve()

    def waived(self, change):
        """A waiver of the change's gate for five days, signed."""
        manager = self.user(self.sub, "manager")
        waiver = (
            self.env["governance.review"]
            .with_user(manager)
            ._ask_waiver(
                change.with_user(manager),
                self.env.ref("partner_governance.gate_change"),
                "The kernel has a hole",
                manager,
                fields.Date.add(fields.Date.today(), days=5),
            )
        )
        self.sign_reviews(waiver.sudo())
        return waiver.sudo()

    def doors(self, change):
        """``{name: go}`` of everything that brings a change of production to work."""
        return {
            "button": lambda user: change.with_user(user).action_start(),
            "sudo": lambda user: change.sudo().write({"state": "started"}),
            "past it": lambda user: change.sudo().write({"state": "done"}),
            "creation": lambda user: change.sudo().copy({"state": "started"}),
        }

    def said(self, go, user):
        text = ""
        with self.env.cr.savepoint() as savepoint:
            try:
                go(user)
                self.env.flush_all()
            except UserError as error:
                text = str(error)
            savepoint.rollback()
        self.env.invalidate_all()
        return text

    def test_matrix_of_doors_roles_and_gate_states(self):
        """PG-081, PG-114: at each closed state every door says the same, whoever knocks; once
        both sides have signed it opens."""
        changes = {
            state: self.change()
            for state in ("asked", "one side", "refused", "reopened", "waived", "passed")
        }
        reviews = {state: change.sudo().review_ids for state, change in changes.items()}
        self.assertEqual(
            set(reviews["asked"].approval_ids.mapped("side")), {"implementation", "operations"}
        )
        delivery = self.user(self.sub, "manager")
        for state, act in (("one side", "action_approve"), ("refused", "action_refuse")):
            mine = reviews[state].approval_ids.filtered(lambda one: one.side == "implementation")
            getattr(mine.with_user(delivery), act)(*(["No way back"] if state == "refused" else []))
        reviews["reopened"]._reopen("other load")
        self.waived(changes["waived"])
        self.sign_reviews(reviews["passed"])
        wanted = {
            "asked": "signature of Implementation lead at Hanse",
            "one side": "signature of Platform operations at",
            "refused": "No way back",
            "reopened": "the review of tier 1 (button “Ask for review”)",
        }
        users = [self.user(self.sub, role) for role in ("delivery", "manager")]
        knocks = 0
        for state, change in changes.items():
            for name, go in self.doors(change).items():
                for user in users:
                    text, where = self.said(go, user), f"{state}, {name}, {user.login}"
                    knocks += 1
                    if name == "creation":
                        self.assertIn("the review of tier 1", text, where)
                    elif state in wanted:
                        self.assertIn(SENTENCE, text, where)
                        self.assertIn("Change in production", text, where)
                        self.assertIn(wanted[state], text, where)
                    else:
                        self.assertEqual(text, "", where)
        self.assertEqual(knocks, 48)

    def test_modes_by_day_and_partner(self):
        """PG-153: observe lists, warn says so on the change, enforce refuses."""
        gate = self.env.ref("partner_governance.gate_change")
        yesterday = fields.Date.subtract(fields.Date.today(), days=1)
        for mode in ("observe", "warn", "enforce"):
            with self.subTest(mode):
                gate.mode_ids.unlink()
                gate.mode_ids = [
                    fields.Command.create(
                        {"mode": mode, "date_from": yesterday, "program_node_id": self.master.id}
                    )
                ]
                change = self.change()
                change.sudo().review_ids._reopen("other load")
                if mode == "enforce":
                    with self.assertRaisesRegex(UserError, SENTENCE), self.env.cr.savepoint():
                        change.action_start()
                    continue
                change.action_start()
                self.assertEqual(change.state, "started")
                row = change.sudo().review_ids.filtered(lambda one: one.state == "let_through")
                self.assertEqual(len(row), 1)
                self.assertIn("the review of tier 1", row.sign_reason)
                told = "the review of tier 1" in str(change.sudo().message_ids.mapped("body"))
                self.assertEqual(told, mode == "warn")

    def test_the_signatures_are_for_what_was_shown(self):
        """PG-114, PG-117: another impact takes the gate's passage back too; withdrawn and
        refused changes leave nobody a signature."""
        change = self.change()
        review = change.sudo().review_ids
        self.sign_reviews(review)
        self.assertFalse(change.gate_missing)
        change.scope_impact = "Two restarts"
        self.assertEqual((change.state, review.state), ("draft", "reopened"))
        change.action_ask()
        self.approve(change)
        self.assertIn("signature of", change.gate_missing)
        change.action_withdraw()
        waiting = change.sudo().review_ids.approval_ids.filtered(lambda one: one.state == "waiting")
        self.assertFalse(waiting)
        other = self.change("draft")
        other.action_ask()
        theirs = other.sudo().approval_ids
        theirs.with_user(self.user(self.sub, "manager")).action_refuse("Not this month")
        waiting = other.sudo().review_ids.approval_ids.filtered(lambda one: one.state == "waiting")
        self.assertFalse(waiting)

    def test_a_waiver_is_for_what_was_shown(self):
        """PG-114, DESIGN 4.2: another way back, another record, and it waives nothing."""
        first, second = (self.deal(self.sub, company=name) for name in ("Nord", "Ost"))
        for values in ({"rollback": "None"}, {"description": "More"}, {"res_id": second.id}):
            with self.subTest(values):
                change = self.change(res_model="program.deal", res_id=first.id)
                waiver = self.waived(change)
                self.assertFalse(change.gate_missing)
                change.write(values)
                change.action_ask()
                self.approve(change)
                self.assertEqual(waiver.state, "waived")
                self.assertIn("signature of", change.gate_missing)
                self.assertIn(SENTENCE, self.said(lambda user, to=change: to.action_start(), None))

    def test_what_was_started_for_a_while_is_finished(self):
        """PG-110, DESIGN 4.2: a waiver or a condition that ends meanwhile stops no change that is
        in work, and lets no other one begin."""
        waived, bound, waiting = (self.change(name=name) for name in "ABC")
        self.waived(waived)
        self.waived(waiting)
        review = bound.sudo().review_ids
        mine = review.approval_ids.filtered(lambda one: one.side == "implementation")
        mine.with_user(self.user(self.sub, "manager"))._approve_with_condition(
            "Load test",
            self.user(self.sub, "sales"),
            fields.Date.add(fields.Date.today(), days=5),
        )
        self.sign_reviews(review)
        started = waived | bound
        started.action_start()
        self.env.flush_all()
        with freeze_time(fields.Datetime.add(self.now, days=6)):
            self.env["governance.gate"]._cron_gates()
            self.env.invalidate_all()
            self.assertEqual(review.state, "expired")
            self.assertIn(SENTENCE, self.said(lambda user: waiting.action_start(), None))
            started.action_done()
            self.env.flush_all()
        self.assertEqual(set(started.mapped("state")), {"done"})

    def test_what_touches_no_production_meets_no_gate(self):
        """PG-117: and a change of a deal's project is signed as its tier demands."""
        change = self.change("draft", is_production=False)
        change.action_ask()
        self.approve(change)
        change.action_start()
        self.assertFalse(change.sudo().review_ids)
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        of_deal = self.change(res_model="program.deal", res_id=deal.id)
        review = of_deal.sudo().review_ids
        self.assertEqual((review.tier_id.level, review.deal_id), (2, deal))
        self.assertEqual(review.program_node_id, self.sub)
        self.assertFalse(deal.sudo()._gate_reviews() & review)
        deal.qualification_id.write({"warehouse_count": "4"})
        self.assertEqual(review.state, "asked")

    def test_reviews_of_changes_are_read_by_their_branch_only(self):
        """X-05: as everything else of the gate."""
        review = self.change().sudo().review_ids
        for node, found in ((self.sub, True), (self.master, True), (self.stranger, False)):
            seen = self.as_user(node, "manager", "governance.review").search(
                [("change_id", "!=", False)]
            )
            self.assertEqual(seen == review, found, node.name)

    def test_a_change_in_work_before_the_gate_had_a_door_goes_on(self):
        """DESIGN 4.2: an older database's change is grandfathered once, at every gate; one that
        got past the door since then is not."""
        gate = self.env.ref("partner_governance.gate_change")
        gates = gate | gate.copy({"name": "Second look", "code": "second_look"})
        self.env["ir.config_parameter"].set_param(GRANDFATHERED, False)
        old, late = self.change("draft"), self.change("draft")
        for change, passed in ((old, gates), (late, gates.browse())):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE governance_change_request SET state = 'started' WHERE id = %s", [change.id]
            )
            self.env.invalidate_all()
            for _again in range(2):
                self.env["governance.upgrade"]._complete_all()
            reviews = change.sudo().review_ids
            self.assertEqual(reviews.gate_id, passed)
            self.assertEqual(reviews.mapped("state"), ["grandfathered"] * len(passed))
            self.assertEqual(all(not one._missing(change.sudo()) for one in gates), bool(passed))

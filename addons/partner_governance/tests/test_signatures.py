from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import DISTRIBUTOR, ProgramCase


class TestSignatures(ProgramCase):
    """PG-100: what is signed takes effect once, by the people whom it asks for, in order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tested = cls.deal(cls.sub, answers=DISTRIBUTOR)
        cls.tested.with_user(cls.user(cls.sub, "sales")).action_request_review()
        cls.review = cls.tested.sudo().review_ids
        cls.approvals = cls.review.approval_ids.sorted("sequence")

    def test_signatures_are_given_in_order(self):
        """PG-100: the second signature waits for the first."""
        second = self.approvals[1].with_user(self.user(self.master, "manager"))
        with self.assertRaisesRegex(UserError, "First .* signs"):
            second.action_approve()
        self.approvals[0].with_user(self.user(self.sub, "delivery")).action_approve()
        second.action_approve()
        self.assertEqual(second.state, "approved")

    def test_the_last_signature_takes_effect_and_the_trail_says_so(self):
        """PG-128: asked, each signature, and their completion are events."""
        self.sign_all(self.tested)
        self.assertEqual(self.review.sign_state, "approved")
        self.assertEqual(self.review.state, "passed")
        kinds = self.env["governance.event"].search([("node_ref", "=", self.sub.id)])
        for kind in ("signatures_asked", "signature_approved", "signatures_complete"):
            self.assertIn(kind, kinds.mapped("kind"))

    def test_a_refusal_voids_what_still_waits(self):
        """PG-100: after a refusal nobody is asked any more."""
        self.approvals[0].with_user(self.user(self.sub, "delivery")).action_refuse("No margin")
        self.assertEqual(self.review.sign_state, "refused")
        self.assertEqual(self.review.sign_reason, "No margin")
        self.assertEqual(set(self.approvals[1:].mapped("state")), {"void"})
        with self.assertRaisesRegex(UserError, "closed"):
            self.approvals[1].with_user(self.user(self.master, "manager")).action_approve()

    def test_a_question_goes_to_whoever_asked(self):
        """PG-100: ask is the third answer, and leaves the signature waiting."""
        first = self.approvals[0].with_user(self.user(self.sub, "delivery"))
        first.action_ask("Which warehouse system is it?")
        self.assertEqual(first.state, "waiting")
        self.assertEqual(first.question, "Which warehouse system is it?")
        self.assertIn("Which warehouse system", self.review.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "is owed by"):
            self.approvals[0].with_user(self.user(self.master, "manager")).action_ask("Me too?")

    def test_nobody_writes_a_signature(self):
        """PG-128: neither signatures nor what they lead to are written over the API."""
        for user in (self.user(self.sub, "manager"), self.staff()):
            for record, values in (
                (self.approvals[0], {"state": "approved"}),
                (self.review, {"sign_state": "approved"}),
            ):
                with self.assertRaises(AccessError):
                    record.with_user(user).write(values)

    def test_who_stands_above_the_one_asked_does_not_read_what_it_owes(self):
        """PG-100, X-05: a signature is read by the branch whose record it is and by the party
        that is asked; not by whoever stands above that party, nor by its other branches."""
        above = self.node("Fjord Holding", "resale", is_master=True)
        below = self.node("Fjord Delivery", "resale", upline=above)
        change = self.env["governance.change.request"].create(
            {
                "name": "Another carrier",
                "description": "Cheaper",
                "scope_impact": "One connector",
                "program_node_id": self.sub.id,
            }
        )
        change._ask_signatures(
            [
                {
                    "name": "Delivery partner",
                    "node_id": below.id,
                    "group_id": self.env.ref("partner_governance.group_partner_manager").id,
                }
            ]
        )
        approval = change.approval_ids
        for node, reads in (
            (below, True), (self.sub, True), (self.master, True), (self.root, True),
            (above, False), (self.sub2, False), (self.stranger, False),
        ):  # fmt: skip
            user = self.staff() if node == self.root else self.user(node, "manager")
            found = approval.with_user(user)
            self.assertEqual(found.has_access("read"), reads, node.name)
            self.assertEqual(bool(found.search([("id", "=", approval.id)])), reads, node.name)
        # Not answered in time it goes up, and whoever it has reached reads and signs it.
        approval._move_up(above, fields.Date.today())
        theirs = approval.with_user(self.user(above, "manager"))
        self.assertTrue(theirs.has_access("read"))
        theirs.action_approve()
        self.assertEqual((approval.state, approval.asked_node_id), ("approved", below))

    def test_what_can_be_signed_is_found_in_one_go(self):
        """PG-100, R-12: the filter finds what the buttons allow, by as many queries for a hundred
        signatures as for ten."""
        group = self.env.ref("partner_governance.group_partner_delivery")
        first = self.user(self.sub, "delivery")
        deputy = self.person(self.sub, "delivery", "delivery.deputy")

        def ask(number, requester):
            changes = self.env["governance.change.request"].create(
                [
                    {
                        "name": f"Change {place}",
                        "description": "x",
                        "scope_impact": "x",
                        "program_node_id": self.sub.id,
                    }
                    for place in range(number)
                ]
            )
            for change in changes:
                change._ask_signatures(
                    [
                        {"name": "One", "node_id": self.sub.id, "group_id": group.id},
                        {"name": "Two", "node_id": self.sub.id, "group_id": group.id},
                        {
                            "name": "Three", "node_id": self.sub.id, "group_id": group.id,
                            "sequence": 20,
                        },
                    ],
                    requester=requester,
                )  # fmt: skip
            return changes

        def queries(user):
            Approval = self.env["governance.approval"].with_user(user)
            self.env.flush_all()
            Approval.search([("can_sign", "=", True)])  # what is cached for every user
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = Approval.search([("can_sign", "=", True)])
            return found, self.env.cr.sql_log_count - before

        asked = ask(4, self.user(self.sub, "sales"))
        ask(1, first)
        asked[0].approval_ids[0].with_user(first).action_approve()
        asked[1].approval_ids.filtered(lambda each: each.name == "Three").state = "void"
        asked[2]._withdraw_signatures("start over")
        every = self.env["governance.approval"].search([])
        for user in (first, deputy, self.user(self.sub, "manager"), self.user(self.sub, "sales")):
            mine = every.with_user(user)
            self.assertEqual(
                mine.search([("can_sign", "=", True)]), mine.filtered("can_sign"), user.login
            )
        few, cheap = queries(first)
        ask(30, self.user(self.sub, "sales"))
        many, dear = queries(first)
        self.assertGreater(len(many), len(few) + 50)
        self.assertEqual(dear, cheap)

    def test_what_changed_is_asked_again(self):
        """PG-106: withdrawn signatures stay as they were given; the next round is its own."""
        self.approvals[0].with_user(self.user(self.sub, "delivery")).action_approve()
        self.review._withdraw_signatures("the answers changed")
        self.assertEqual(self.approvals[0].state, "approved")
        self.assertEqual(set(self.approvals[1:].mapped("state")), {"void"})
        self.review._ask_tier_signatures()
        self.assertFalse(self.review._current_approvals() & self.approvals)
        self.assertEqual(self.review.sign_state, "asked")

    def test_nothing_demanded_is_decided_by_rule(self):
        """PG-097: an empty demand approves at once and says why."""
        self.review._withdraw_signatures("start over")
        self.review._ask_signatures([])
        self.assertEqual(self.review.sign_state, "approved")


class TestActions(ProgramCase):
    """PG-146: an action has an owner and a day, and closes once."""

    def test_an_action_closes_once(self):
        """PG-146: done is done, by people of its own node."""
        deal = self.deal(self.sub)
        owner = self.user(self.sub, "delivery")
        action = self.env["governance.action"]._from(
            deal, "Attach the price list", owner, fields.Date.today(), self.sub
        )
        with self.assertRaises(AccessError):
            action.with_user(self.user(self.stranger, "manager")).action_done()
        action.with_user(owner).action_done()
        self.assertEqual(action.state, "done")
        with self.assertRaisesRegex(UserError, "closed already"):
            action.with_user(owner).action_drop()

    def test_monday_lists_what_is_mine(self):
        """PG-100: the Monday list of a person shows own signatures and actions, nobody else's."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        deal.with_user(self.user(self.sub, "sales")).action_request_review()
        owner = self.user(self.sub, "delivery")
        self.env["governance.action"]._from(deal, "Call", owner, fields.Date.today(), self.sub)
        rows = self.as_user(self.sub, "delivery", "program.monday")._rows()
        mine = {row["res_model"] for row in rows}
        self.assertLessEqual({"governance.approval", "governance.action"}, mine)
        others = self.as_user(self.stranger, "manager", "program.monday")._rows()
        self.assertFalse(mine & {row["res_model"] for row in others})

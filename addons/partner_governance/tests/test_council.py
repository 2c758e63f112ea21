import io
import json

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import SIMPLE
from .test_tiers import TierCase


class TestCouncil(TierCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Council = cls.env["governance.council"]
        cls.deal(cls.sub, answers=SIMPLE)
        cls.specialise(cls.sub, 2)
        cls.specialise(cls.oem, 1)
        cls.gold.write({"council_place": True, "threshold": 10})
        cls.Assignment._take_over(cls.delivery, cls.gold, "Elected")
        cls.sign(cls.delivery.tier_assignment_ids)
        cls.promote(cls.oem, 4)

    def propose(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("partner_governance.cron_council")
            self.assertIs(cron.method_direct_trigger(), True)
        return self.Council.search([("kind", "=", "council")])

    def figure(self, pack, code):
        rows = [row for section in pack["sections"] for row in section["rows"]]
        return next(row for row in rows if row["code"] == code)

    def review_of(self, node):
        return self.Council.search([("reviewed_id", "=", node.id)])

    def test_each_quarter_proposes_the_meetings_once(self):
        """PG-144: the council with its members, and each partner's review with its upline."""
        council = self.propose()
        self.assertEqual(self.propose(), council)
        self.assertEqual(council.quarter, fields.Date.start_of(self.today, "quarter"))
        self.assertEqual(council.seat_ids.program_node_id, self.root | self.delivery | self.oem)
        self.assertIn(self.platform, council.seat_ids.user_id, "while a function has no owner")
        reviews = self.Council.search([("kind", "=", "review")])
        self.assertEqual(set(reviews.reviewed_id.ids), set((self.nodes - self.root).ids))
        self.assertEqual(self.review_of(self.sub).program_node_id, self.master)

    def test_owners_of_functions_sit_and_a_seat_stays(self):
        """PG-144, X-03: with an owner of each nobody stands in; no seat goes after the start."""
        owner = self.staff("platform.owner")
        self.env["governance.function"].search([]).user_id = owner
        council = self.propose()
        self.assertIn(owner, council.seat_ids.user_id)
        self.assertNotIn(self.platform, council.seat_ids.user_id)
        council.seat_ids.filtered(lambda seat: seat.program_node_id == self.oem).unlink()
        council.with_user(self.platform).action_start()
        with self.assertRaisesRegex(UserError, "has started"):
            council.seat_ids[:1].unlink()

    def test_the_pack_equals_the_dashboard_and_stays(self):
        """PG-145: numbers of the page at the snapshot, in four sections, frozen afterwards."""
        council = self.propose().with_user(self.platform)
        page = self.env["governance.insight"].with_user(self.platform).overview()
        council.action_start()
        pack = council.pack
        self.assertEqual(
            [section["code"] for section in pack["sections"]],
            ["quality", "delivery", "support", "incidents"],
        )
        shown = [row for layer in page["layers"] for row in layer["figures"]]
        told = {row["code"]: row for section in pack["sections"] for row in section["rows"]}
        self.assertGreater(len(told), 5)
        for row in shown:
            if row["code"] in told:
                self.assertEqual(row, told[row["code"]])
        self.assertEqual(self.figure(pack, "specialisations")["total"], 6)
        self.env["program.specialisation"].search([]).action_withdraw()
        self.env.invalidate_all()
        self.assertEqual(council.pack, pack)
        with self.assertRaises(UserError):
            council.action_start()
        self.assertFalse(
            next(
                row
                for row in self.env["governance.insight"].overview()["layers"][1]["figures"]
                if row["code"] == "specialisations"
            )["total"]
        )

    def test_an_attendee_reads_its_copy_and_nobody_elses_name(self):
        """PG-145, TRADE 9: distributions of five, the own figure, no name, no money; the meeting
        of all is not a partner's."""
        council = self.propose()
        council.action_start()
        user = self.user(self.oem, "manager")
        seat = self.env["governance.council.seat"].with_user(user).search([])
        self.assertEqual(seat.program_node_id, self.oem)
        row = self.figure(seat.pack, "specialisations")
        self.assertEqual((row["own"], row["total"], row["partners"]), (4, 6, 6))
        gates = self.figure(seat.pack, "gate_pass_rate")
        self.assertEqual((gates["partners"], gates["total"], gates["cases"]), (1, None, None))
        self.assertTrue(gates["few"])
        self.assertEqual(self.figure(council.pack, "gate_pass_rate")["total"], 100)
        text = json.dumps(seat.pack) + str(seat.pack_html)
        for node in self.nodes - self.root - self.oem:
            self.assertNotIn(node.name, text)
        with self.assertRaises(AccessError):
            council.with_user(user).read(["pack"])
        self.assertFalse(
            self.env["governance.council.seat"]
            .with_user(self.user(self.stranger, "manager"))
            .search([])
        )

    def test_what_was_agreed_carries_over_until_it_is_closed(self):
        """PG-146: an action of the last meeting is on the next one while it is open."""
        first = self.review_of(self.sub) or self.propose() and self.review_of(self.sub)
        manager = self.user(self.master, "manager")
        first.with_user(manager).action_start()
        wizard = (
            self.env["governance.council.action"]
            .with_user(manager)
            .create(
                {
                    "council_id": first.id,
                    "name": "Certify two people",
                    "user_id": self.user(self.sub, "manager").id,
                }
            )
        )
        wizard.action_give()
        action = first.action_ids
        self.assertEqual(action.program_node_id, self.sub)
        opened = first.with_user(manager).action_new_decision()
        decision = (
            self.env["governance.decision"]
            .with_user(manager)
            .with_context(**opened["context"])
            .create({"name": "Restore tests every month"})
        )
        first.notes = "Agreed."
        first.with_user(manager).action_close()
        second = self.Council.create(
            {
                "kind": "review",
                "quarter": fields.Date.add(first.quarter, months=3),
                "program_node_id": self.master.id,
                "reviewed_id": self.sub.id,
            }
        )
        self.assertEqual(second.action_ids, action)
        self.assertEqual(second.decision_ids, decision)
        other = self.review_of(self.sub2)
        self.assertFalse(other.action_ids)
        second.with_user(manager).action_start()
        self.assertEqual(second.pack["actions"][0]["name"], "Certify two people")
        self.assertEqual(second.pack["decisions"][0]["name"], "Restore tests every month")
        action.action_done()
        decision.write({"options": "monthly, never", "reason": "A restore failed"})
        decision.action_close()
        self.env.invalidate_all()
        self.assertFalse(second.action_ids)
        self.assertFalse(second.decision_ids)
        self.assertEqual(first.action_ids, action)

    def test_a_review_is_the_partners_and_its_uplines(self):
        """PG-144: both read it with the partner's own figures and tier; nobody else does."""
        self.assess(self.sub)
        self.propose()
        review = self.review_of(self.sub)
        with self.assertRaises(UserError):
            review.with_user(self.user(self.sub, "manager")).action_start()
        review.with_user(self.user(self.master, "manager")).action_start()
        own = review.with_user(self.user(self.sub, "manager"))
        self.assertEqual(self.figure(own.pack, "specialisations")["total"], 2)
        self.assertEqual(own.pack["tier"]["target"], self.sub.assessment_id.target_id.name)
        for node in (self.sub2, self.stranger, self.oem):
            with self.assertRaises(AccessError):
                review.with_user(self.user(node, "manager")).read(["pack"])

    def test_who_holds_a_meeting_is_offered_to_run_it(self):
        """PG-144: the upline's manager and the platform's, not the partner under review."""
        self.propose()
        review = self.review_of(self.sub)
        offered = {
            login: review.with_user(user).can_host
            for login, user in (
                ("host", self.user(self.master, "manager")),
                ("reviewed", self.user(self.sub, "manager")),
                ("seller", self.user(self.master, "sales")),
                ("desk", self.platform),
            )
        }
        self.assertEqual(offered, {"host": True, "reviewed": False, "seller": False, "desk": True})

    def test_workbook_and_page_are_of_the_frozen_pack(self):
        """PG-145, R-58: the workbook has the pack's figures, definitions, and no formula."""
        vertical = self.env["program.metric"].search([("code", "=", "specialisations")])
        vertical.name = "=1+1"
        council = self.propose()
        council.action_start()
        action = council.with_user(self.platform).action_xlsx()
        ident = int(action["url"].split("/")[3].split("?")[0])
        content = self.env["ir.attachment"].browse(ident).raw
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = list(book.worksheets[0].iter_rows())
        cell = next(row for row in rows if row[1].value == "=1+1")
        self.assertEqual((cell[1].data_type, cell[3].value), ("s", 6))
        self.assertIn("=1+1", [row[0].value for row in book.worksheets[2].iter_rows()])
        user = self.user(self.oem, "manager")
        seat = self.env["governance.council.seat"].with_user(user).search([])
        mine = seat.action_xlsx()["url"]
        self.assertNotEqual(mine, action["url"])
        with self.assertRaises(AccessError):
            self.env["ir.attachment"].with_user(user).browse(ident).read(["raw"])
        for report, record in (("council_pack", council), ("council_seat", seat.sudo())):
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                f"partner_governance.report_{report}", record.ids
            )
            self.assertIn("not connected", html.decode())

    def test_one_click_opens_the_pack(self):
        """PG-145: the newest pack for whoever holds it, the own copy for an attendee."""
        council = self.propose()
        self.assertEqual(
            self.Council.with_user(self.platform).action_open_pack()["res_model"],
            "governance.council",
        )
        council.action_start()
        opened = self.Council.with_user(self.platform).action_open_pack()
        self.assertEqual((opened["res_model"], opened["res_id"]), (council._name, council.id))
        opened = self.Council.with_user(self.user(self.oem, "manager")).action_open_pack()
        self.assertEqual(opened["res_model"], "governance.council.seat")


class TestInsight(TierCase):
    def test_five_layers_with_figures_of_the_own_branch(self):
        """X-01, X-03, X-05: objective, owner, impact and figures; a partner's are its own."""
        self.deal(self.sub, answers=SIMPLE)
        self.deal(self.stranger, answers=SIMPLE)
        for user, cases in (
            (self.platform, 2),
            (self.user(self.master, "manager"), 1),
            (self.user(self.sub2, "sales"), 0),
        ):
            page = self.env["governance.insight"].with_user(user).overview()
            self.assertEqual(len(page["layers"]), 5)
            self.assertEqual(len(page["functions"]), 6)
            for layer in page["layers"]:
                self.assertTrue(layer["objective"] and layer["owner"] and layer["impact"])
            rows = {row["code"]: row for layer in page["layers"] for row in layer["figures"]}
            self.assertEqual(rows["gate_pass_rate"]["cases"], cases, user.login)
            self.assertTrue(all(each["figure"] for each in page["functions"]))

    def test_a_figure_opens_its_records(self):
        """X-01: the records behind a figure, of the reader's branch."""
        mine = self.deal(self.sub, answers=SIMPLE).sudo().review_ids
        self.deal(self.stranger, answers=SIMPLE)
        metric = self.env.ref("partner_governance.metric_gate_pass_rate")
        insight = self.env["governance.insight"].with_user(self.user(self.sub, "manager"))
        self.assertEqual(insight.drill(metric.id)["domain"], [("id", "in", mine.ids)])

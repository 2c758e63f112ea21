from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import ProgramCase


class OnboardingCase(ProgramCase):
    @classmethod
    def invited(cls, name="Kurpfalz Digital", model="white_label", upline=None):
        """A partner that starts in onboarding, looked after by its upline's manager."""
        node = cls.node(name, model, upline=upline)
        at_platform = node.upline_id == cls.root
        owner = (
            cls.staff(f"petra.{node.id}") if at_platform else cls.user(node.upline_id, "manager")
        )
        node.with_user(owner)._start_onboarding()
        return node

    @classmethod
    def item(cls, node, code):
        return node.onboarding_item_ids.filtered(lambda item: item.requirement_id.code == code)

    @classmethod
    def decider(cls, node):
        if node.upline_id == cls.root:
            return node.onboarding_owner_id
        return cls.user(node.upline_id, "manager")

    @classmethod
    def bring(cls, items):
        """Submit evidence as the node's manager, accept it as its upline's."""
        for item in items.filtered(lambda each: each.state in ("open", "refused")):
            own = item.with_user(cls.user(item.program_node_id, "manager"))
            own.evidence_note = "As agreed"
            own.action_submit()
            item.with_user(cls.decider(item.program_node_id)).action_accept()

    @classmethod
    def certify(cls, node):
        """A person of the node with a valid certificate."""
        certificate = cls.env["program.certification"].create(
            {
                "program_node_id": node.id,
                "person_id": cls.user(node, "delivery").partner_id.id,
                "kind_id": cls.env.ref("partner_governance.certification_kind_delivery").id,
            }
        )
        node._onboarding_advance()
        return certificate

    @classmethod
    def bring_records(cls, node):
        """What the node's model demands, accepted by its upline."""
        for demand in node._missing_demands()[node.id]:
            record = cls.as_user(node, "manager", "program.model.record").create(
                {"requirement_id": demand.id, "summary": "Agreed on paper 7"}
            )
            record.action_submit()
            record.with_user(cls.decider(node)).action_accept()

    def stage_items(self, node, code):
        stage = self.env.ref(f"partner_governance.onboarding_stage_{code}")
        return node.onboarding_item_ids.filtered(lambda item: item.stage_id == stage)


class TestOnboarding(OnboardingCase):
    def test_four_stages_of_four(self):
        """PG-050: exactly four stages in their order, each of four requirements."""
        stages = self.env["program.onboarding.stage"].search([])
        self.assertEqual(
            stages.mapped("name"),
            [
                "Commercial qualification",
                "Technical readiness",
                "Delivery certification",
                "Go-to-market activation",
            ],
        )
        self.assertEqual([len(stage.requirement_ids) for stage in stages], [4, 4, 4, 4])
        node = self.invited()
        Board = self.env["program.partner"].with_context(read_group_expand=True)
        board = Board.formatted_read_group(
            [("id", "=", node.id)], ["onboarding_stage_id"], ["__count"]
        )
        self.assertEqual([row["__count"] for row in board], [1, 0, 0, 0])

    def test_items_by_model(self):
        """PG-154: referral four, resale nine, white-label and OEM sixteen."""
        for model, count in (("referral", 4), ("resale", 9), ("white_label", 16), ("oem", 16)):
            with self.subTest(model):
                node = self.invited(f"New {model}", model)
                self.assertEqual(len(node.onboarding_item_ids), 16)
                self.assertEqual(node.onboarding_needed, count)

    def test_a_stage_does_not_close_with_a_gap(self):
        """PG-051, PG-052, PG-054: three of four accepted is not enough, and it says which."""
        node = self.invited(upline=self.master)
        for stage in ("commercial", "technical"):
            items = self.stage_items(node, stage)
            self.bring(items[:3])
            with self.assertRaisesRegex(UserError, f"cannot close yet.*{items[3].name}"):
                node.with_user(self.user(node, "manager")).action_advance_onboarding()
            self.bring(items)
            self.assertNotEqual(node.onboarding_stage_id, items.stage_id)

    def test_the_upline_accepts_never_the_node(self):
        """PG-051: own evidence is accepted by the upline or the platform, by nobody else."""
        node = self.invited(upline=self.master)
        item = self.item(node, "target_segments")
        own = item.with_user(self.user(node, "manager"))
        with self.assertRaisesRegex(UserError, "needs evidence first"):
            own.action_submit()
        own.evidence_link = "https://example.com/segments"
        own.action_submit()
        with self.assertRaisesRegex(AccessError, "never by yourself"):
            own.action_accept()
        with self.assertRaises(AccessError):
            item.with_user(self.user(self.stranger, "manager")).action_accept()
        with self.assertRaisesRegex(AccessError, "by managers"):
            item.with_user(self.user(self.master, "sales")).action_accept()
        with self.assertRaises(AccessError):
            own.write({"state": "accepted"})
        with self.assertRaisesRegex(UserError, "stays as it is"):
            own.evidence_link = "https://example.com/other"
        upline = item.with_user(self.user(self.master, "manager"))
        with self.assertRaisesRegex(UserError, "Say what must change"):
            upline.action_refuse()
        upline.action_refuse("Name the regions")
        self.assertEqual((item.state, item.refusal), ("refused", "Name the regions"))
        own.evidence_note = "Bremen and Lower Saxony"
        own.action_submit()
        upline.action_accept()
        self.assertEqual((item.state, item.decided_uid), ("accepted", upline.env.user))

    def test_the_platform_accepts_below_a_master_too(self):
        """PG-051: the platform stands in for an upline."""
        node = self.invited(upline=self.master)
        item = self.item(node, "target_segments")
        own = item.with_user(self.user(node, "manager"))
        own.evidence_note = "Wholesale"
        own.action_submit()
        item.with_user(self.staff()).action_accept()
        self.assertEqual(item.state, "accepted")

    def test_what_each_stage_opens(self):
        """PG-154: deals, offers, delivery, brand, one after the other."""
        node = self.invited(upline=self.master)
        sales = self.as_user(node, "sales", "program.deal")
        with self.assertRaisesRegex(UserError, "Register deals.*Commercial qualification"):
            sales.create({"company_name": "Too early"})
        with self.assertRaisesRegex(UserError, "Register deals"):
            self.as_user(node, "sales", "crm.lead").create(
                {"name": "Round the back", "type": "opportunity"}
            )
        self.bring(self.stage_items(node, "commercial"))
        self.assertEqual(sales.create({"company_name": "In time"}).state, "registered")
        self.assertFalse(node._onboarding_opens("offers"))
        self.bring(self.stage_items(node, "technical"))
        self.assertTrue(node._onboarding_opens("offers"))
        with self.assertRaisesRegex(UserError, "Deliver projects"):
            self.env["project.project"].create({"name": "Early", "program_node_id": node.id})
        self.bring(self.stage_items(node, "delivery"))
        with self.assertRaisesRegex(UserError, "certified person"):
            node.action_advance_onboarding()
        self.certify(node)
        self.env["project.project"].create({"name": "Now", "program_node_id": node.id})
        self.env["program.brand"].create({"name": "Kurpfalz Cloud", "program_node_id": node.id})
        self.assertFalse(node._brand_in_use())
        self.assertEqual(node._letterhead()["name"], "Kurpfalz Digital")
        with self.assertRaisesRegex(UserError, "Sell under its own brand.*Packaged offers"):
            node._onboarding_guard("brand")
        self.bring(self.stage_items(node, "market"))
        with self.assertRaisesRegex(UserError, "the record “Brand standard”"):
            node.with_user(self.user(node, "manager")).action_advance_onboarding()
        self.bring_records(node)
        node.with_user(self.user(node, "manager")).action_advance_onboarding()
        self.assertEqual(node._letterhead()["name"], "Kurpfalz Cloud")
        self.assertEqual(node.state, "active")
        self.assertEqual(node.onboarding_state, "active")
        self.assertEqual(node.onboarding_finished_on, fields.Date.context_today(node))

    def test_a_referral_partner_is_through_with_four_and_delivers_nothing(self):
        """PG-154: what its model needs nothing of is met, and opens nothing."""
        node = self.invited("Tip GmbH", "referral")
        self.bring(self.stage_items(node, "commercial"))
        self.assertEqual(node.onboarding_state, "active")
        self.deal(node, "Tipped")
        with self.assertRaisesRegex(UserError, "not part of the commercial model"):
            self.env["project.project"].create({"name": "No", "program_node_id": node.id})

    def test_a_partner_made_by_the_platform_works_at_once(self):
        """PG-154: taken over as it works, without items."""
        self.assertEqual(self.sub.onboarding_state, "active")
        self.assertFalse(self.sub.onboarding_item_ids)
        self.deal(self.sub, "As ever")

    def test_another_model_asks_for_more_and_closes_nothing(self):
        """PG-154: a referral partner becoming resale keeps its deals and comes back for five."""
        node = self.invited("Grown up", "referral")
        self.bring(self.stage_items(node, "commercial"))
        node.commercial_model_id = self.env.ref("partner_governance.model_resale")
        self.assertEqual((node.onboarding_state, node.onboarding_needed), ("onboarding", 9))
        self.deal(node, "Still open")
        self.assertFalse(node._onboarding_opens("brand"))

    def test_a_sub_partner_confirms_its_masters_standards_in_one_act(self):
        """PG-021, PG-063: one button; what is its own stays open."""
        node = self.invited(upline=self.master)
        with self.assertRaisesRegex(AccessError, "own manager"):
            node.with_user(self.user(self.master, "manager")).action_confirm_inherited()
        mine = node.with_user(self.user(node, "manager"))
        self.assertTrue(mine.onboarding_can_inherit)
        mine.action_confirm_inherited()
        inherited = node.onboarding_item_ids.filtered("inherited_from_id")
        self.assertEqual(inherited.inherited_from_id, self.master)
        self.assertEqual(set(inherited.mapped("state")), {"accepted"})
        self.assertEqual(
            set(node.onboarding_item_ids.filtered(lambda i: i.state == "open").mapped("name")),
            {"Target segments", "Pricing authority", "Branding rights", "Packaged offers"},
        )
        alone = self.invited("No master above")
        with self.assertRaisesRegex(UserError, "no standards"):
            alone.with_user(self.user(alone, "manager")).action_confirm_inherited()

    def test_nobody_finishes_without_second_line_support(self):
        """PG-020: the matrix names the upline for L2; unset, onboarding cannot finish."""
        node = self.invited("Tip GmbH", "referral", upline=self.master)
        line = self.env["governance.responsibility"].search(
            [("program_node_id", "=", node.id), ("code", "=", "support_l2")]
        )
        self.assertEqual(line.accountable, "upline")
        line.write({"upline_role": "consulted", "customer_role": "accountable"})
        self.bring(self.stage_items(node, "commercial"))
        self.assertEqual(node.onboarding_state, "onboarding")
        with self.assertRaisesRegex(UserError, "second-line support"):
            node.action_advance_onboarding()
        with self.assertRaisesRegex(UserError, "second-line support"):
            node.with_user(self.user(self.master, "manager")).action_activate()
        line.write({"upline_role": "accountable", "customer_role": "informed"})
        node.action_advance_onboarding()
        self.assertEqual((node.onboarding_state, node.state), ("active", "active"))

    def test_the_next_step_is_what_the_partner_can_do(self):
        """PG-051, TRADE 7: what is handed in is not asked for again; then it is its upline's."""
        node = self.invited("Tip GmbH", "referral", upline=self.master)
        mine = node.with_user(self.user(node, "manager"))
        items = self.stage_items(node, "commercial")
        for item in items:
            self.assertEqual(mine.onboarding_next_step, f"Show evidence for “{item.name}”.")
            own = item.with_user(mine.env.user)
            own.evidence_note = "As agreed"
            own.action_submit()
        self.assertEqual(
            mine.onboarding_next_step, "Meridian Consulting accepts what you have handed in."
        )
        items[1].with_user(self.user(self.master, "manager")).action_refuse("Name the prices")
        self.assertEqual(mine.onboarding_next_step, f"Show evidence for “{items[1].name}”.")
        white = self.invited("Kurpfalz Digital", upline=self.master)
        for code in ("commercial", "technical", "delivery"):
            self.bring(self.stage_items(white, code))
        self.assertEqual(white.onboarding_next_step, "Bring 1 certified person (or more).")

    def test_a_manager_goes_on_once_somebody_is_certified(self):
        """PG-050: the partner's own manager presses “Go on” and the next stage begins."""
        node = self.invited(upline=self.master)
        for code in ("commercial", "technical", "delivery"):
            self.bring(self.stage_items(node, code))
        super(OnboardingCase, self).certify(node, self.user(node, "delivery"), "delivery")
        mine = node.with_user(self.user(node, "manager"))
        mine.action_advance_onboarding()
        self.assertEqual(mine.onboarding_stage_id.name, "Go-to-market activation")
        with self.assertRaisesRegex(UserError, "Go-to-market activation.*cannot close yet"):
            mine.action_advance_onboarding()

    def test_nothing_is_missing_twice(self):
        """PG-008, PG-154: records, evidence and people, each named once."""
        node = self.invited(upline=self.master)
        self.assertEqual(node.state, "onboarding")
        for _stage in range(4):
            missing = node._activation_missing()[node.id]
            self.assertEqual(len(missing), len(set(missing)))
            self.assertEqual(sum("Brand standard" in one for one in missing), 1, missing)
            self.bring(node.onboarding_item_ids.filtered(
                lambda item: item.stage_id == node.onboarding_stage_id))  # fmt: skip

    def test_the_upline_brings_evidence_with_consent(self):
        """X-06: written and submitted by the upline, read by the partner; not without consent,
        not by others, and no more than evidence."""
        node = self.invited(upline=self.master)
        item = self.stage_items(node, "commercial")[0]
        master = item.with_user(self.user(self.master, "manager"))
        for go in (lambda: master.write({"evidence_note": "Ours"}), master.action_submit):
            with self.assertRaises(AccessError):
                go()
        self.assertFalse(master.can_submit)
        node.with_user(self.user(node, "manager")).action_allow_upline()
        self.env.invalidate_all()
        self.assertTrue(master.can_submit)
        master.write({"evidence_note": "Ours"})
        with self.assertRaises(AccessError):
            master.write({"due_date": fields.Date.today()})
        with self.assertRaises(AccessError):
            item.with_user(self.user(self.stranger, "manager")).write({"evidence_note": "x"})
        master.action_submit()
        self.assertEqual((item.state, item.evidence_note), ("submitted", "Ours"))
        with self.assertRaisesRegex(AccessError, "You submitted"):
            master.action_accept()
        log = self.as_user(node, "manager", "program.access.log").search([])
        self.assertEqual(log.mapped("actor_node"), ["Meridian Consulting"] * 2)

    def test_the_support_matrix_is_printed_from_the_matrix(self):
        """PG-058: not typed twice; a changed line prints changed."""
        line = self.env["governance.responsibility"].search(
            [("program_node_id", "=", self.sub.id), ("code", "=", "support_l2")]
        )
        line.write({"upline_role": "responsible", "platform_role": "accountable"})
        rows = dict(self.sub.with_user(self.user(self.sub, "manager"))._support_matrix())
        parties = self.sub._support_matrix_parties()
        printed = dict(zip(parties, rows["Second-line support"], strict=True))
        self.assertEqual((printed["Upline"], printed["Platform"]), ("Responsible", "Accountable"))
        html = str(
            self.env["ir.actions.report"]
            .with_user(self.user(self.sub, "manager"))
            ._render_qweb_html("partner_governance.program_partner_matrix", self.sub.ids)[0],
            "utf-8",
        )
        self.assertIn("Second-line support", html)

    def test_time_in_stage_and_who_looks_after_it(self):
        """PG-063: owner, target days, time in stage, stalled."""
        node = self.invited(upline=self.master)
        self.assertEqual(node.onboarding_owner_id, self.user(self.master, "manager"))
        self.assertFalse(node.onboarding_stalled)
        past = fields.Date.context_today(node) - timedelta(days=20)
        node.onboarding_passage_ids.write({"entered_on": past, "due_on": past + timedelta(14)})
        node.write({"onboarding_entered_on": past, "onboarding_due_on": past + timedelta(14)})
        self.assertEqual(node.onboarding_days, 20)
        self.assertTrue(node.onboarding_stalled)
        stalled = self.env["program.partner"].search([("onboarding_stalled", "=", True)])
        self.assertEqual(stalled, node)
        passage = self.env["program.onboarding.passage"].search([("is_stalled", "=", True)])
        self.assertEqual(passage.program_node_id, node)
        self.env.flush_all()
        report = self.as_user(self.master, "manager", "program.onboarding.report")
        row = report.search([("program_node_id", "=", node.id)])
        self.assertEqual((row.days, row.days_over), (20, 6))
        with self.assertRaisesRegex(AccessError, "at your upline"):
            node.with_user(self.user(node, "manager")).action_look_after_onboarding()

    def test_the_monday_list_names_who_waits_and_who_is_stalled(self):
        """PG-063: escalations stand on the list of whoever looks after the partner."""
        node = self.invited(upline=self.master)
        own = self.item(node, "branding_rights").with_user(self.user(node, "manager"))
        own.evidence_note = "Signed"
        own.user_id = own.env.uid
        own.action_submit()
        late = self.item(node, "pricing_authority")
        late.write({"user_id": own.env.uid, "due_date": "2020-01-01"})
        node.onboarding_due_on = "2020-01-01"
        above = self.as_user(self.master, "manager", "program.monday")._monday_onboarding()
        self.assertEqual([row["res_id"] for row in above], [node.id, node.id])
        self.assertIn("1 items wait", above[0]["why"])
        self.assertIn("Stalled in “Commercial", above[1]["why"])
        mine = self.as_user(node, "manager", "program.monday")._monday_onboarding()
        self.assertEqual([row["res_id"] for row in mine], [late.id])
        self.assertFalse(
            self.as_user(self.stranger, "manager", "program.monday")._monday_onboarding()
        )

    def test_my_onboarding_is_one_page(self):
        """PG-063, PG-154: a partner's person opens its own page with the next step."""
        node = self.invited(upline=self.master)
        Node = self.as_user(node, "sales", "program.partner")
        action = Node.action_my_onboarding()
        self.assertEqual(action["res_id"], node.id)
        page = Node.browse(node.id)
        self.assertIn("Target segments", page.onboarding_next_step)
        self.assertEqual(page.onboarding_unlocks, "deals")
        self.assertFalse(page.onboarding_may)
        foreign = self.as_user(self.stranger, "manager", "program.onboarding.item")
        self.assertFalse(foreign.search([("program_node_id", "=", node.id)]))


class TestCertification(OnboardingCase):
    def test_a_leavers_certificate_counts_no_more_the_same_day(self):
        """PG-062, PG-053: ended, moved or archived people drop out of the count at once."""
        person = self.user(self.sub, "delivery")
        certificate = self.certify(self.sub)
        self.assertEqual(self.sub._certified_people(), {self.sub.id: 1})
        self.assertEqual(certificate.state, "valid")
        person.active = False
        self.assertEqual((certificate.state, self.sub._certified_people()), ("left", {}))
        person.active = True
        self.assertEqual(self.sub._certified_people_count(), 1)
        person.program_partner_id = self.master
        self.assertEqual((self.sub | self.master)._certified_people(), {})

    def test_expiry_is_by_date_and_people_count_once(self):
        """PG-062: two certificates of one person are one person; an expired one is none."""
        certificate = self.certify(self.sub)
        self.certify(self.sub)
        self.assertEqual(self.sub._certified_people_count(), 1)
        today = fields.Date.context_today(certificate)
        self.sub.certification_ids.expires_on = today
        self.assertEqual((certificate.state, self.sub._certified_people_count()), ("expired", 0))

    def test_nobody_certifies_itself(self):
        """PG-062: a partner's own people write no certificates."""
        with self.assertRaises(AccessError):
            self.as_user(self.sub, "manager", "program.certification").create(
                {
                    "person_id": self.user(self.sub, "delivery").partner_id.id,
                    "kind_id": self.env.ref("partner_governance.certification_kind_delivery").id,
                }
            )

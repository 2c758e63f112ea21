from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .common import DISTRIBUTOR, SIMPLE, ProgramCase

MERCHANT = {
    "merchant_profile": "d2c",
    "sku_count": "900",
    "orders_month": "1,500",
    "sales_channels": "few",
    "fulfilment": "own",
    "finance_close": "simple",
}


class TestQualification(ProgramCase):
    """PG-080, PG-082 … PG-099: what a kind of deal is asked, and what its answers mean."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = new_test_user(
            cls.env,
            login="programme.desk",
            groups="partner_governance.group_platform_programme",
            program_partner_id=cls.root.id,
        )
        cls.book = cls.env.ref("partner_governance.rulebook_1")

    def test_each_kind_is_asked_its_own_questions(self):
        """PG-082 … PG-090: nine of a distributor, six of a merchant, as records."""
        asked = {
            kind: self.deal(self.sub, company=kind, kind=kind).qualification_id.asked_count
            for kind in ("distributor", "merchant", "expansion", "renewal", "services", "referral")
        }
        self.assertEqual(
            asked,
            {
                "distributor": 9,
                "merchant": 6,
                "expansion": 4,
                "renewal": 1,
                "services": 2,
                "referral": 1,
            },
        )

    def test_a_merchant_passes_with_six_answers_on_one_screen(self):
        """TRADE 11: six choices, one save, no approval; a seventh question is not asked."""
        deal = self.deal(self.sub, kind="merchant")
        with Form(deal.qualification_id) as form:
            for name, value in MERCHANT.items():
                form[name] = value
        answers = deal.qualification_id
        self.assertTrue(answers.is_complete)
        self.assertEqual(deal.gate_state, "passed")
        self.assertNotIn("warehouse_count", answers.asked_codes.split())
        busy = self.deal(
            self.sub, company="Busy", kind="merchant", answers={**MERCHANT, "orders_month": "10000"}
        )
        self.assertEqual(busy.qualification_id.tier_level, 2)
        self.assertIn("10,000 orders", busy.qualification_id.trigger_names)

    def test_a_platform_manager_asks_one_more_question(self):
        """PG-082: the set is data; open deals lack the new answer at once and say so."""
        deal = self.deal(self.sub, kind="merchant", answers=MERCHANT)
        self.assertEqual(deal.gate_state, "passed")
        asked = self.env.ref("partner_governance.set_merchant").with_user(self.desk)
        asked.mandatory_ids |= self.env.ref("partner_governance.question_b2b_portal")
        self.assertFalse(deal.qualification_id.is_complete)
        self.assertIn("B2B portal", deal.missing)
        self.assertEqual(deal.gate_state, "open")
        with self.assertRaises(AccessError):
            asked.with_user(self.user(self.sub, "manager")).mandatory_ids = False

    def scored(self, name, value):
        """The answers of a simple deal, one of them another."""
        return self.deal(
            self.sub, company=f"{name} {value}", answers={**SIMPLE, name: value}
        ).qualification_id

    def test_valuation_is_a_choice_that_counts(self):
        """PG-084: standard, average or first in first out, and whether booked by hand; real cost
        is more work; an unknown method is a flag."""
        Answers = self.env["governance.qualification"]
        methods = dict(Answers._fields["valuation_method"].selection)
        self.assertLessEqual({"standard", "average", "fifo", "unknown"}, set(methods))
        ways = dict(Answers._fields["valuation_automation"].selection)
        self.assertLessEqual({"manual", "automated"}, set(ways))
        standard = self.scored("valuation_method", "standard").score
        for method in ("average", "fifo"):
            self.assertEqual(self.scored("valuation_method", method).score, standard + 1)
        unknown = self.scored("valuation_method", "unknown")
        self.assertTrue(unknown.is_complete)
        self.assertTrue(unknown.is_flagged)
        deal = self.deal(self.sub, company="Open", answers={**SIMPLE, "valuation_method": False})
        self.assertIn("Inventory valuation", deal.missing)
        with Form(deal.qualification_id) as form:
            form.valuation_method = "fifo"
            form.valuation_automation = "automated"
        self.assertEqual(deal.gate_state, "passed")

    def test_lots_serials_and_expiry(self):
        """PG-086: lots or serial numbers, each with or without expiry, which has a flag of its
        own to search by; more to trace is more work."""
        points = {}
        for value, expires in (
            ("none", False),
            ("lots", False),
            ("lots_expiry", True),
            ("serial", False),
            ("serial_expiry", True),
        ):
            answers = self.scored("lot_serial", value)
            self.assertEqual(answers.has_expiry, expires, value)
            points[value] = answers.score
        least = points["none"]
        self.assertEqual(
            [points[value] - least for value in points], [0, 1, 2, 2, 3], "points of the bands"
        )
        expiring = self.env["governance.qualification"].search([("has_expiry", "=", True)])
        self.assertEqual(
            set(expiring.deal_id.mapped("company_name")),
            {"lot_serial lots_expiry", "lot_serial serial_expiry"},
        )
        self.assertTrue(self.scored("lot_serial", "unknown").is_flagged)

    def test_another_kind_of_deal_reopens_what_was_signed(self):
        """PG-106: a merchant that becomes a distributor has nine questions to answer."""
        deal = self.deal(self.sub, kind="merchant", answers=MERCHANT)
        deal.kind = "distributor"
        review = deal.sudo().review_ids
        self.assertEqual(review.state, "reopened")
        self.assertIn("New merchant → New distributor", review.difference)
        self.assertIn("Warehouses", deal.missing)

    def test_answers_fall_into_bands_with_points(self):
        """PG-082, PG-083, PG-087, PG-089: field, band and points of the distributor."""
        answers = self.deal(self.sub, answers=DISTRIBUTOR).qualification_id
        self.assertIn("Articles (SKUs): 20,000 articles or more (2)", answers.band_names)
        self.assertIn("Warehouses: Two or more (2)", answers.band_names)
        # articles 2, warehouses 2, valuation 1, lots 1, routes 1, portal 1, integrations 1
        self.assertEqual(answers.score, 9)

    def test_a_draft_is_tried_before_it_is_in_force(self):
        """PG-097, PG-098: the list of deals whose tier would change, and nothing has changed."""
        two = self.deal(self.sub, answers={**SIMPLE, "warehouse_count": "2"})
        three = self.deal(self.sub2, company="Three", answers={**SIMPLE, "warehouse_count": "3"})
        draft = self.draft_of_warehouses(3)
        action = draft.action_try()
        trials = self.env[action["res_model"]].search(action["domain"])
        mine = trials.filtered(lambda trial: trial.deal_id in (two | three))
        self.assertEqual(
            [(one.deal_id, one.tier_before, one.tier_after) for one in mine], [(two, 2, 1)]
        )
        self.assertEqual(mine.reasons_before, "Several warehouses")
        self.assertEqual(two.tier_level, 2)
        self.assertEqual(self.book.state, "running")

    def draft_of_warehouses(self, limit):
        action = self.book.with_user(self.desk).action_draft()
        draft = self.env["governance.rulebook"].with_user(self.desk).browse(action["res_id"])
        draft.rule_ids.filtered(lambda rule: rule.code == "multi_warehouse").value = str(limit)
        return draft

    def test_activation_classifies_open_deals_anew_and_shows_the_difference(self):
        """PG-097, PG-106: a lower limit lifts a deal that had passed; a won one stays."""
        opened = self.deal(self.sub, answers={**SIMPLE, "lot_serial": "lots_expiry"})
        won = self.deal(self.sub, company="Won", answers={**SIMPLE, "lot_serial": "lots_expiry"})
        won.lead_ids.action_set_won()
        action = self.book.with_user(self.desk).action_draft()
        draft = self.env["governance.rulebook"].with_user(self.desk).browse(action["res_id"])
        self.env["governance.qualification.rule"].with_user(self.desk).create(
            {
                "rulebook_id": draft.id,
                "name": "Food with expiry",
                "code": "food",
                "question": "lot_serial",
                "operator": "is",
                "value": "lots_expiry",
                "tier_level": 2,
            }
        )
        draft.action_activate()
        self.assertEqual(draft.state, "running")
        self.assertEqual(self.book.state, "retired")
        self.assertEqual((opened.tier_level, won.tier_level), (2, 1))
        review = opened.sudo().review_ids[-1:]
        self.assertEqual(review.state, "reopened")
        self.assertIn("Tier: 1 → 2", review.difference)
        self.assertEqual(won.sudo().review_ids.state, "passed")
        self.assertIn("Food with expiry", opened.qualification_id.trigger_names)

    def test_rules_in_force_are_not_changed_by_hand(self):
        """PG-097: neither a rule of the running version nor its state, and not by a partner."""
        rule = self.book.rule_ids[0].with_user(self.desk)
        with self.assertRaisesRegex(UserError, "Make a draft of it"):
            rule.value = "5"
        with self.assertRaisesRegex(UserError, "Activate"):
            self.draft_of_warehouses(3).state = "running"
        with self.assertRaises(AccessError):
            self.book.with_user(self.user(self.sub, "manager")).action_draft()

    def test_undocumented_pricing_asks_for_a_document_or_an_accepted_risk(self):
        """PG-092: the gate names the flag until a document is attached or a manager accepts."""
        deal = self.deal(self.sub, answers={**SIMPLE, "customer_pricing": True})
        flag = deal.qualification_id.flag_ids
        self.assertEqual(flag.state, "open")
        self.assertIn("Customer-specific pricing without a document", deal.missing)
        sales, manager = self.user(self.sub, "sales"), self.user(self.sub, "manager")
        with self.assertRaisesRegex(UserError, "A manager"):
            flag.with_user(sales).action_accept_risk("We know them")
        with self.assertRaisesRegex(UserError, "Write why"):
            flag.with_user(manager).action_accept_risk()
        with self.assertRaises(AccessError):
            flag.with_user(sales).state = "accepted"
        flag.with_user(manager).action_accept_risk("Rebates are in their contract, we saw it")
        self.assertEqual((flag.state, flag.accepted_by_id), ("accepted", manager))
        self.assertNotIn("without a document", deal.missing or "")
        with self.assertRaisesRegex(UserError, "accepted as written"):
            flag.with_user(sales).reason = "Never mind"
        event = self.env["governance.event"].search([("kind", "=", "flag_answered")], limit=1)
        self.assertEqual(event.new_value, "accepted")

    def test_a_document_answers_a_flag_and_its_removal_opens_it(self):
        """PG-092, PG-094: more than 60 % customisation needs its document."""
        deal = self.deal(self.sub, answers={**SIMPLE, "custom_share": 61})
        flag = deal.qualification_id.flag_ids.with_user(self.user(self.sub, "sales"))
        self.assertEqual(flag.code, "excessive_customisation")
        flag.write({"document": b"UHJpY2Vz", "document_name": "gaps.pdf"})
        self.assertEqual(flag.state, "documented")
        self.assertNotIn("60 %", deal.missing or "")
        flag.document = False
        self.assertEqual(flag.state, "open")
        deal.qualification_id.custom_share = 10
        self.assertEqual(flag.state, "gone")

    def test_another_document_is_told_and_signed_anew(self):
        """PG-092, PG-094: replaced or removed after the signatures it stands in the trail and on
        the deal, and reopens the review; once the deal is won it stays."""
        deal = self.deal(self.sub, answers={**DISTRIBUTOR, "pricing_documented": False})
        flag = deal.qualification_id.flag_ids.with_user(self.user(self.sub, "sales"))
        flag.write({"document": b"UHJpY2Vz", "document_name": "rebates.pdf"})
        for values, told, state in (
            ({"document": b"T3RoZXI=", "document_name": "other.pdf"}, "other.pdf", "documented"),
            ({"document": False}, "removed", "open"),
        ):
            deal.action_request_review()
            self.sign_all(deal)
            self.assertEqual(deal.gate_state, "passed")
            signed = deal.sudo().review_ids.filtered(lambda one: one.state == "passed")
            old = flag.document_name
            flag.write(values)
            self.assertEqual(flag.state, state)
            self.assertEqual(set(signed.mapped("state")), {"reopened"})
            self.assertNotEqual(deal.gate_state, "passed")
            event = self.env["governance.event"].search(
                [("kind", "=", "flag_answered")], order="id desc", limit=1
            )
            self.assertEqual((event.old_value, event.new_value), ("documented", state))
            for text in (event.reason, str(deal.sudo().message_ids[0].body)):
                self.assertIn(told, text)
                self.assertIn(old, text)
        flag.write({"document": b"UHJpY2Vz", "document_name": "rebates.pdf"})
        deal.action_request_review()
        self.sign_all(deal)
        deal.lead_ids.action_set_won()
        for document in (b"T3RoZXI=", False):
            with self.assertRaisesRegex(UserError, "is won"), self.env.cr.savepoint():
                flag.document = document
        self.assertEqual((deal.state, flag.state), ("won", "documented"))

    def test_effort_margin_and_payback_name_their_sources(self):
        """PG-095: days from the programme's rates, money from the own card, for priced roles."""
        answers = self.deal(self.sub, answers=DISTRIBUTOR).qualification_id
        # 40 of tier 2, 3 × 3 warehouses, 5 for pricing.
        self.assertEqual(answers.effort_days, 54.0)
        self.assertIn("3 × 3.0, Each warehouse", answers.effort_source)
        finance = self.user(self.sub, "finance")
        self.assertIn("Not connected", answers.with_user(finance).margin_source)
        self.as_user(self.sub, "finance", "governance.rate.card").create(
            {
                "day_price": 1000,
                "day_cost": 1100,
                "month_price": 900,
                "month_cost": 400,
                "presales_days": 6,
            }
        )
        self.env.invalidate_all()
        mine = answers.with_user(finance)
        # 54 000 − 60 × 1 100 = −12 000; 500 a month pay it in 24.
        self.assertEqual(mine.service_margin, -12000.0)
        self.assertEqual(mine.payback, "24 months")
        self.assertIn("54.0 days × 1000.0 = 54000.00", mine.margin_source)
        with self.assertRaises(AccessError):
            answers.with_user(self.user(self.sub, "sales")).read(["service_margin"])

    def test_an_upline_reads_days_and_no_money(self):
        """PG-095, X-05: the rates of a partner are read by nobody above it."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        card = self.as_user(self.sub, "finance", "governance.rate.card").create(
            {"day_price": 1000, "day_cost": 700}
        )
        above = deal.qualification_id.with_user(self.user(self.master, "finance"))
        self.assertEqual(above.effort_days, 54.0)
        self.assertIn("Not connected", above.margin_source)
        self.assertFalse(above.service_margin)
        self.assertFalse(card.with_user(self.user(self.master, "manager")).has_access("read"))

    def test_a_won_deal_keeps_its_answers(self):
        """PG-106: what was signed for a won deal stands; a change is a change request."""
        deal = self.deal(self.sub, answers=SIMPLE)
        deal.lead_ids.action_set_won()
        with self.assertRaisesRegex(UserError, "its answers stay"):
            deal.qualification_id.warehouse_count = "2"
        with self.assertRaisesRegex(UserError, "its answers stay"):
            deal.kind = "referral"

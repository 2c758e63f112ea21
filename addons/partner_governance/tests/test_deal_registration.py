import re
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from odoo.addons.partner_governance.models.program_deal_protection import (
    ProgramDeal as Protection,
)

from .common import SIMPLE, ProgramCase

SENTENCE = "protected or under review; the programme desk answers within two working days"


class TestDealRegistration(ProgramCase):
    """PG-025, TRADE 7: one partner has a company, the second reads one sentence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany = cls.env.ref("base.de")
        cls.desk = cls.staff()

    def first(self, **values):
        values = {"identity": "DE811907980", "country_id": self.germany.id, **values}
        return self.deal(self.sub, company="Nordwind Industriebedarf GmbH", **values)

    def conflict(self, deal):
        return self.env["program.conflict"].search([("deal_id", "=", deal.id)])

    def told(self, deal):
        return " ".join(deal.sudo().message_ids.mapped("body"))

    def test_nothing_matches_and_it_is_protected(self):
        """PG-013, PG-025: accepted by itself; who, since, until, why on deal and opportunity."""
        with freeze_time("2026-03-02 10:00:00"):
            deal = self.first()
            self.assertEqual((deal.state, deal.protection_state), ("registered", "protected"))
            self.assertEqual(deal.owner_id, self.sub)
            self.assertEqual(str(deal.owner_since), "2026-03-02")
            self.assertEqual(str(deal.owner_until), "2026-04-01", "30 days without a tier")
            self.assertEqual(deal.owner_why, "Registered first")
            lead = deal.lead_ids
            self.assertEqual(
                (lead.program_owner_id, lead.program_owner_until, lead.program_owner_why),
                (self.sub, deal.owner_until, "Registered first"),
            )

    def test_the_days_are_the_tiers(self):
        """PG-025: the hook of the partner's tier decides how long."""
        with patch.object(type(self.sub), "_protection_days", lambda self: 120):
            deal = self.first()
        self.assertEqual((deal.protected_until - deal.last_step_on).days, 120)

    def test_three_ways_to_be_the_same_company(self):
        """PG-025: VAT number, web domain, name and place; the desk reads which."""
        self.first(contact_name="joern@nordwind.example")
        for rule, values in (
            ("vat", {"company_name": "Whatever", "identity": "811 907 980"}),
            ("domain", {"company_name": "Else", "identity": "https://shop.nordwind.example"}),
            ("name", {"company_name": "NORDWIND Industrie Bedarf"}),
        ):
            second = self.as_user(self.stranger, "sales", "program.deal").create(
                {"country_id": self.germany.id, **values}
            )
            self.assertEqual(second.state, "conflict", rule)
            self.assertEqual(self.conflict(second).rule, rule)
        elsewhere = self.as_user(self.stranger, "sales", "program.deal").create(
            {"company_name": "Nordwind Industriebedarf", "country_id": self.env.ref("base.at").id}
        )
        self.assertEqual(elsewhere.state, "registered")

    def test_a_partner_meets_no_conflict_with_itself(self):
        """PG-025: an expansion at one's own customer is no conflict."""
        self.first()
        self.assertEqual(self.first().state, "registered")

    def test_the_second_partner_reads_the_same_whatever_decides(self):
        """PG-025: no difference between the rules, a customer, a throttled look-up: neither in
        fields, nor in messages, nor in errors, and nothing of the desk's records."""
        self.first(contact_name="joern@nordwind.example", answers=SIMPLE).lead_ids.action_set_won()
        held = self.deal(
            self.sub2, company="Hafen Logistik", identity="hafen.example",
            country_id=self.germany.id,
        )  # fmt: skip
        self.assertEqual(held.state, "registered")
        sales = self.as_user(self.stranger, "sales", "program.deal")
        seen = []
        for values in (
            {"identity": "DE811907980"},
            {"identity": "nordwind.example"},
            {"identity": "hafen.example"},
            {"company_name": "Hafen-Logistik GmbH", "country_id": self.germany.id},
        ):
            seen.append(self.all_that_is_told(sales.create({"company_name": "Test", **values})))
        self.env["ir.config_parameter"].sudo().set_param("partner_governance.lookups_per_hour", 4)
        seen.append(self.all_that_is_told(sales.create({"company_name": "Free of all"})))
        for told in seen[1:]:
            for name, text in told.items():
                lines = set(text.split("\n")) ^ set(seen[0][name].split("\n"))
                self.assertEqual(lines, set(), name)
        for model in ("program.conflict", "program.lookup"):
            with self.assertRaises(AccessError):
                self.as_user(self.stranger, "manager", model).search([])
        self.assertFalse(self.as_user(self.stranger, "manager", "program.ownership").search([]))

    def all_that_is_told(self, deal):
        names = sorted(
            set(deal._fields)
            - {
                "id", "reference", "display_name", "company_name", "identity", "country_id",
                "contact_name", "message_ids", "lead_ids", "qualification_ids",
                "qualification_id", "website_message_ids", "message_follower_ids",
            }
            - {name for name, field in deal._fields.items() if field.type == "datetime"}
        )  # fmt: skip
        values = {}
        for name in names:
            field, value = deal._fields[name], deal[name]
            # Records that every deal has of its own: how many, not which.
            if field.type in ("one2many", "many2many"):
                value = len(value)
            elif field.type == "many2one":
                value = value.ids if field.comodel_name == "program.partner" else bool(value)
            values[name] = str(value)
        self.assertIn(SENTENCE, self.told(deal))
        values["messages"] = str(sorted(deal.message_ids.mapped("body")))
        # What the partner typed itself, and its own number, may stand in texts.
        own = (deal.reference, deal.company_name, deal.identity, deal.country_id.name)
        for name, value in values.items():
            for typed in filter(None, own):
                value = value.replace(typed, "…")
            # Links to records of its own.
            values[name] = re.sub(r"/odoo/governance\.\w+/\d+", "…", value)
        return values

    def test_too_many_lookups_wait_for_the_desk(self):
        """PG-025: beyond the limit nothing is compared; the desk sees it and looks itself."""
        self.env["ir.config_parameter"].sudo().set_param("partner_governance.lookups_per_hour", 2)
        held = self.first()
        sales = self.as_user(self.stranger, "sales", "program.deal")
        probe = sales.create({"company_name": "A"})
        probe.identity = "a.example"
        self.assertEqual(probe.state, "registered")
        free = sales.create({"company_name": "Free"})
        taken = sales.create({"company_name": "N", "identity": "DE811907980"})
        self.assertEqual((free.state, taken.state), ("conflict", "conflict"))
        self.assertEqual(self.conflict(free).rule, "throttle")
        for deal in (free, taken):
            self.conflict(deal).with_user(self.desk).action_compare()
        self.assertEqual((free.state, self.conflict(free).state), ("registered", "free"))
        self.assertEqual((taken.state, self.conflict(taken).rule), ("conflict", "vat"))
        self.assertEqual(self.conflict(taken).first_deal_id, held)

    def test_probing_by_edits_counts(self):
        """PG-025: naming one company after the other on one deal is looked up each time."""
        self.env["ir.config_parameter"].sudo().set_param("partner_governance.lookups_per_hour", 3)
        sales = self.as_user(self.stranger, "sales", "program.deal")
        probe = sales.create({"company_name": "A"})
        for number in range(3):
            probe.identity = f"a{number}.example"
        self.assertEqual(probe.state, "conflict")
        with self.assertRaisesRegex(UserError, "before the programme desk"):
            probe.identity = "a9.example"
        self.assertEqual(probe.state, "conflict", "no edit brings it back")

    def test_the_desk_sees_both_and_the_first_keeps(self):
        """PG-025: side by side with the rule; one click; event written, both told."""
        first = self.first()
        second = self.deal(self.stranger, identity="DE811907980")
        conflict = self.conflict(second).with_user(self.desk)
        self.assertEqual(conflict.first_node_id, self.sub)
        self.assertEqual(conflict.second_node_id, self.stranger)
        self.assertEqual((conflict.rule, conflict.advice), ("vat", "first"))
        conflict.action_first_keeps()
        self.assertEqual((first.state, second.state), ("registered", "declined"))
        self.assertIn("stays yours", self.told(first))
        self.assertIn("somebody else", self.told(second))
        self.assertNotIn("Hanse", self.told(second))
        self.assertIn("has decided", second.owner_why, "no answer is promised any more")
        event = self.env["governance.event"].search(
            [("kind", "=", "deal_conflict"), ("res_ref", "=", conflict.id)], limit=1
        )
        self.assertEqual((event.old_value, event.new_value), ("open", "first"))
        with self.assertRaisesRegex(UserError, "left it to somebody else"):
            second.lead_ids.action_set_won()
        with self.assertRaisesRegex(UserError, "decided already"):
            conflict.action_both()

    def test_on_the_monday_list(self):
        """PG-025, PG-146: conflicts stand on the desk's list alone, lapsing deals on their own."""
        first = self.first()
        second = self.deal(self.stranger, identity="DE811907980")
        first.sudo().last_step_on = fields.Date.subtract(fields.Date.today(), days=40)
        rows = self.env["program.monday"].with_user(self.desk)._monday_conflicts()
        self.assertEqual([row["res_id"] for row in rows], self.conflict(second).ids)
        theirs = self.as_user(self.stranger, "manager", "program.monday")
        self.assertEqual(theirs._monday_conflicts(), [])
        self.assertEqual(
            self.as_user(self.stranger, "sales", "program.monday")._monday_protections(), []
        )
        mine = self.as_user(self.sub, "sales", "program.monday")._monday_protections()
        self.assertEqual([row["res_id"] for row in mine], first.ids)

    def test_the_second_gets_it(self):
        """PG-025, PG-028: the first one's entry ends, the second's begins; both stay."""
        first = self.first()
        second = self.deal(self.stranger, identity="DE811907980", answers=SIMPLE)
        self.conflict(second).with_user(self.desk).action_second_gets()
        self.assertEqual((first.state, second.state), ("declined", "registered"))
        self.assertEqual(second.owner_id, self.stranger)
        self.assertFalse(first.owner_id)
        self.assertEqual(first.ownership_ids.ended_why, "decision of the programme desk")
        self.assertTrue(second.lead_ids.action_set_won())

    def test_both_may_work(self):
        """PG-025: neither loses; each reads its own ownership alone."""
        first, second = self.first(), self.deal(self.stranger, identity="DE811907980")
        self.conflict(second).with_user(self.desk).action_both()
        self.assertEqual((first.owner_id, second.owner_id), (self.sub, self.stranger))
        mine = self.as_user(self.stranger, "sales", "program.ownership").search([])
        self.assertEqual(mine.program_node_id, self.stranger)

    def test_a_customer_is_not_given_away_by_the_desk(self):
        """PG-028: a won customer moves by a change of hands alone."""
        self.first(answers=SIMPLE).lead_ids.action_set_won()
        second = self.deal(self.stranger, identity="DE811907980")
        with self.assertRaisesRegex(UserError, "change of hands"):
            self.conflict(second).with_user(self.desk).action_second_gets()

    def test_partners_decide_nothing(self):
        """PG-025: neither reading nor deciding a conflict is a partner's."""
        self.first()
        second = self.deal(self.stranger, identity="DE811907980")
        conflict = self.conflict(second)
        for node in (self.sub, self.stranger, self.master):
            with self.assertRaises(AccessError):
                conflict.with_user(self.user(node, "manager")).action_both()
        with self.assertRaises(AccessError):
            second.with_user(self.user(self.stranger, "sales")).write({"state": "registered"})

    def test_extended_once(self):
        """PG-025: by the days of the tier; a second time is refused with the day."""
        deal = self.first()
        before = deal.protected_until
        deal.action_extend_protection()
        self.assertEqual((deal.protected_until - before).days, 30)
        self.assertEqual(deal.owner_until, deal.protected_until)
        with self.assertRaisesRegex(UserError, "extended already"):
            deal.action_extend_protection()
        with self.assertRaises(AccessError):
            deal.with_user(self.user(self.stranger, "sales")).action_extend_protection()

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("partner_governance.cron_protection").method_direct_trigger()

    def test_lapses_after_45_days_without_a_step(self):
        """PG-025: warned ten days before, a step lives it on, then free for others."""
        # A tier that protects longer than 45 days.
        with (
            patch.object(type(self.sub), "_protection_days", lambda node: 90),
            freeze_time("2026-03-02 10:00:00"),
        ):
            deal = self.first(answers=SIMPLE)
        with freeze_time("2026-04-06 10:00:00"):
            self.run_cron()
            self.assertEqual(str(deal.warned_on), "2026-04-06")
            self.assertEqual(deal.activity_ids.user_id, deal.user_id)
            self.assertEqual(str(deal.activity_ids.date_deadline), "2026-04-16")
            deal.qualification_id.sku_count = "1500"
            self.assertFalse(deal.warned_on)
            self.assertEqual(str(deal.lapses_on), "2026-05-21")
        with freeze_time("2026-05-21 10:00:00"):
            self.run_cron()
            self.assertEqual(deal.protection_state, "lapsed")
            second = self.deal(self.stranger, identity="DE811907980")
            self.assertEqual(second.state, "registered")
            with self.assertRaisesRegex(UserError, "Protect again"):
                deal.lead_ids.action_set_won()
            deal.action_protect_again()
            self.assertEqual(deal.state, "conflict")

    def test_protected_again_after_it_ended_on_its_own_day(self):
        """PG-025: the register says why it ended, and the next one begins; extended once all the
        same; nothing written to the deal renews it before the cron comes."""
        deal = self.first()
        deal.action_extend_protection()
        day = deal.sudo().protected_until
        with freeze_time(f"{day} 10:00:00"):
            deal.sudo().last_step_on = day
            self.assertEqual(deal.lapses_on, day)
            deal.write({"contact_name": "Somebody else"})
            self.assertEqual(deal.protection_state, "lapsed")
            old = deal.ownership_ids
            self.assertEqual((old.date_until, old.ended_why), (day, "protection lapsed"))
            deal.action_protect_again()
            self.assertEqual((deal.protection_state, deal.owner_id), ("protected", self.sub))
            self.assertEqual(len(deal.ownership_ids), 2)
            self.assertGreater(deal.owner_until, day)
            with self.assertRaisesRegex(UserError, "extended already"):
                deal.action_extend_protection()
            deal.sudo().ownership_ids[0].date_until = day
            deal.sudo()._protect()
            self.assertEqual(len(deal.ownership_ids._still_running()), 1, "past is not running")

    def test_lost_is_free_again(self):
        """PG-025: whoever loses it holds it no longer; opened again, it is asked for again."""
        deal = self.first()
        deal.lead_ids.action_set_lost()
        self.assertEqual((deal.state, deal.owner_id.id), ("lost", False))
        second = self.deal(self.stranger, identity="DE811907980")
        self.assertEqual(second.state, "registered")
        deal.with_context(active_test=False).lead_ids.action_unarchive()
        self.assertEqual(deal.state, "conflict")

    def test_channel_only(self):
        """PG-024: no direct deal on a partner's customer without an approved exception."""
        ownership = self.first(answers=SIMPLE).ownership_ids
        direct = self.env["program.deal"].with_user(self.desk)
        values = {"company_name": "Nordwind", "identity": "DE811907980"}
        with self.assertRaisesRegex(UserError, "belongs to Hanse ERP"):
            direct.create(values)
        twin = self.env["res.partner"].create(
            {"name": "N", "vat": "DE811907980", "program_node_id": self.root.id}
        )
        with self.assertRaisesRegex(UserError, "belongs to Hanse ERP"):
            self.env["crm.lead"].with_user(self.desk).create(
                {"name": "Nordwind", "type": "opportunity", "partner_id": twin.id}
            )
        asked = []

        def running(deal, kind, record):
            asked.append((kind, record))
            return True

        with patch.object(Protection, "_has_exception", running):
            deal = direct.create(values)
        self.assertEqual(deal.state, "registered")
        self.assertEqual(asked, [("direct_deal", ownership)])

    def test_an_exception_may_be_about_an_owner(self):
        """PG-024: the owner's entry can be chosen as what an exception is about."""
        models = dict(self.env["governance.exception"]._selection_subject())
        self.assertLessEqual({"program.ownership", "program.right"}, set(models))

    def test_service_scope_is_printed(self):
        """PG-014: what the referral partner delivers and what not, on the deal and on paper."""
        referral = self.node("Referral Nord", "referral")
        deal = self.deal(referral)
        self.assertIn("does not quote, implement, support or invoice", deal.service_scope)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "partner_governance.program_deal_document", deal.ids
        )[0]
        self.assertIn(b"does not quote, implement, support or invoice", html)
        self.assertIn(b"Referral Nord", html)

    def test_who_may_price_stands_on_the_deal(self):
        """PG-027: authority and floor per model, readable by the partner's sales."""
        deal = self.first()
        self.assertEqual(deal.price_authority, "The partner; never the platform")
        self.assertIn("own floor", deal.floor_rule)
        models = self.env["program.commercial.model"].search([])
        self.assertTrue(all(each.price_authority and each.floor_rule for each in models))

    def test_winning_makes_a_customer(self):
        """PG-028: without an end; the entry that protected it stays in history."""
        deal = self.first(answers=SIMPLE)
        deal.lead_ids.action_set_won()
        self.assertEqual((deal.owner_why, deal.owner_until), ("Won as customer", False))
        self.assertEqual(deal.ownership_ids.date_from, fields.Date.today())

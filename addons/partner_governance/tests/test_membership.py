from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import ProgramCase


class TestMembership(ProgramCase):
    """PG-007 to PG-011, PG-016: what a model demands and allows, where a partner works."""

    def bring(self, node, code, accept=True, **values):
        demand = self.env["program.model.requirement"].search([("code", "=", code)])
        record = self.as_user(node, "manager", "program.model.record").create(
            {"requirement_id": demand.id, "summary": "Agreed on paper 7", **values}
        )
        record.action_submit()
        if accept:
            at_platform = node.upline_id == self.root
            owner = self.staff() if at_platform else self.user(node.upline_id, "manager")
            record.with_user(owner).action_accept()
        return record.sudo()

    def test_white_label_and_oem_demand_their_records(self):
        """PG-008, PG-009: activation names each record that is missing, and passes with all."""
        master = self.user(self.master, "manager")
        self.sub.state = "onboarding"
        with self.assertRaisesRegex(UserError, "Brand standard; SLA design; Customer success"):
            self.sub.with_user(master).action_activate()
        self.bring(self.sub, "brand_standard")
        self.bring(self.sub, "sla_design")
        with self.assertRaisesRegex(UserError, "Missing: Customer success ownership."):
            self.sub.with_user(master).action_activate()
        self.bring(self.sub, "cs_ownership")
        self.sub.with_user(master).action_activate()
        self.assertEqual(self.sub.state, "active")
        self.assertEqual(self.oem.missing_records, "Roadmap alignment\nContractual packaging")

    def test_who_is_suspended_or_ended_begins_nothing(self):
        """PG-012, PG-154: no deal, project or sandbox; active again, all as before."""
        self.assertEqual(self.sub.state, "active", "made by the platform, without onboarding")
        self.sub.with_user(self.user(self.master, "manager")).action_suspend()
        begin = {
            "deals": lambda: self.deal(self.sub),
            "delivery": lambda: self.env["project.project"].create(
                {"name": "No", "program_node_id": self.sub.id}
            ),
            "offers": lambda: self.env["program.sandbox"].create(
                {"program_node_id": self.sub.id, "purpose": "demo"}
            ),
        }
        for code, go in begin.items():
            self.assertFalse(self.sub._onboarding_opens(code))
            with self.subTest(code), self.assertRaisesRegex(UserError, "is suspended in the pro"):
                with self.env.cr.savepoint():
                    go()
        self.bring(self.sub, "brand_standard")
        self.bring(self.sub, "sla_design")
        self.bring(self.sub, "cs_ownership")
        self.sub.with_user(self.user(self.master, "manager")).action_activate()
        for go in begin.values():
            go()

    def test_nobody_ends_while_somebody_depends_on_it(self):
        """PG-151: customers and sub-partners are named; without them it ends."""
        with self.assertRaisesRegex(UserError, "still has partners below it: .*Hanse"):
            self.master.with_user(self.staff()).action_end_membership()
        self.assertEqual(self.master.state, "active")
        self.oem.action_end_membership()
        self.assertEqual(self.oem.state, "ended")

    def test_a_master_demands_more(self):
        """PG-010: tiering, escalation and quality control, on top of the model's own."""
        self.assertEqual(
            self.master.missing_records.split("\n"),
            ["Tiering rules", "Support escalation", "Quality control"],
        )
        self.assertFalse(self.stranger.missing_records)

    def test_a_record_counts_while_it_holds(self):
        """PG-008: accepted by the upline, begun, not over; changed, it starts again."""
        today = fields.Date.today()
        waiting = self.bring(self.sub, "brand_standard", accept=False)
        self.assertIn("Brand standard", self.sub.missing_records)
        with self.assertRaises(AccessError):
            waiting.with_user(self.user(self.sub, "manager")).action_accept()
        with self.assertRaises(AccessError):
            waiting.with_user(self.user(self.stranger, "manager")).action_accept()
        waiting.with_user(self.user(self.master, "manager")).action_accept()
        self.assertNotIn("Brand standard", self.sub.missing_records)
        waiting.with_user(self.user(self.sub, "manager")).summary = "Something else"
        self.assertEqual(waiting.state, "draft")
        self.assertIn("Brand standard", self.sub.missing_records)
        self.bring(self.sub, "sla_design", date_from=today + timedelta(days=3))
        self.assertIn("SLA design", self.sub.missing_records)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_activates_itself(self):
        """PG-012, X-05: neither by the button nor by the API; ended is ended."""
        for who in (self.user(self.sub, "manager"), self.user(self.stranger, "manager")):
            with self.assertRaises(AccessError):
                self.sub.with_user(who).action_activate()
            with self.assertRaises(AccessError):
                self.sub.with_user(who).write({"state": "active"})
        record = self.bring(self.sub, "brand_standard", accept=False)
        with self.assertRaises(AccessError):
            record.with_user(self.user(self.sub, "manager")).write({"state": "accepted"})
        self.stranger.with_user(self.staff()).action_end_membership()
        with self.assertRaisesRegex(UserError, "is Ended and cannot become Active"):
            self.stranger.with_user(self.env.ref("base.user_root")).action_activate()

    def test_referral_has_no_brand(self):
        """PG-007: a referral partner has lead ownership and scope, and no brand of its own."""
        node = self.node("Empfehlung", "referral", upline=self.master)
        self.assertEqual((node.has_brand, node.has_tenancy), (False, False))
        with self.assertRaisesRegex(UserError, "brand of the seller"):
            self.as_user(node, "manager", "program.brand").create({"name": "Mine"})
        node.write({"service_scope": "Introduces", "service_scope_out": "Implementation"})
        deal = self.deal(node)
        self.assertIn("Introduces\nNot included: Implementation", deal.service_scope)

    def test_the_ledger_says_who_changes_a_brand(self):
        """PG-026: the partner's managers while it holds the right; nobody else's people."""
        brand = self.as_user(self.sub, "manager", "program.brand").create({"name": "HanseFlow"})
        for person in (self.user(self.sub, "sales"), self.user(self.master, "manager")):
            with self.assertRaises(AccessError):
                brand.with_user(person).write({"name": "Theirs"})
        right = self.env["program.right"].search(
            [("kind", "=", "branding"), ("holder_id", "=", self.sub.id)]
        )
        right.write({"date_from": fields.Date.today() - timedelta(9),
                     "date_until": fields.Date.today()})  # fmt: skip
        with self.assertRaisesRegex(AccessError, "does not hold the right"):
            brand.write({"name": "Later"})
        for values in ({"host_name": "https://x"}, {"primary_colour": "red; x"}):
            with self.assertRaises(ValidationError):
                brand.sudo().write(values)

    def test_models_say_what_may_be_sold(self):
        """PG-011: three columns and a list of streams; what is embedded is sold by OEM alone."""
        model = self.env.ref("partner_governance.model_referral")
        self.assertTrue(model.best_fit and model.revenue_streams and model.governance_need)
        self.assertFalse(model._allows_stream("oem"))
        self.assertTrue(model._allows_stream("support"))
        self.assertTrue(self.env.ref("partner_governance.model_oem")._allows_stream("oem"))
        self.assertFalse(self.env.ref("partner_governance.model_white_label")._allows_stream("oem"))

    def test_overlaps_of_masters(self):
        """PG-016: same country, region and industry; a country alone covers its regions, no
        industry means all; a master above another is no overlap; ended ones are none."""
        germany, austria = self.env.ref("base.de"), self.env.ref("base.at")
        States = self.env["res.country.state"]
        north, south = States.create(
            [
                {"name": "North", "code": "ZN", "country_id": germany.id},
                {"name": "South", "code": "ZS", "country_id": germany.id},
            ]
        )
        food = self.env.ref("partner_governance.vertical_food")
        trade = self.env.ref("partner_governance.vertical_wholesale")
        other = self.node("Adriatic", "resale", is_master=True)
        Overlap = self.env["program.overlap"]

        def found():
            self.env.flush_all()
            Overlap.invalidate_model()
            return Overlap.search(
                [("first_id", "in", (self.master | other).ids),
                 ("second_id", "in", (self.master | other).ids)]
            )  # fmt: skip

        self.master.write({"country_ids": [(6, 0, germany.ids)]})
        other.write({"country_ids": [(6, 0, austria.ids)]})
        self.assertFalse(found())
        other.write({"country_ids": [(6, 0, (germany | austria).ids)]})
        self.assertEqual(found().country_id, germany)
        self.assertFalse(found().regions)
        self.master.state_ids = north
        self.assertEqual(found().regions, "North")
        other.state_ids = south
        self.assertFalse(found())
        other.state_ids = north | south
        self.assertEqual(found().regions, "North")
        self.master.vertical_ids = food
        self.assertEqual(found().verticals, food.name)
        other.vertical_ids = trade
        self.assertFalse(found())
        other.vertical_ids = food | trade
        self.assertEqual(len(found()), 1)
        desk = self.staff()
        self.assertEqual(other.with_user(desk).overlap_count, 1)
        with self.assertRaises(AccessError):
            self.as_user(self.master, "manager", "program.overlap").search([])
        other.upline_id = self.master
        self.assertFalse(found())
        other.upline_id = self.root
        other._go("ended")
        self.assertFalse(found())

    def test_my_sub_partners(self):
        """PG-015: the list is the master's own branch, whoever opens it."""
        action = self.env.ref("partner_governance.program_sub_partner_action")
        Partner = self.as_user(self.master, "manager", "program.partner")
        domain = [("upline_id.user_ids", "in", [Partner.env.uid])]
        self.assertIn("upline_id.user_ids", action.domain)
        self.assertEqual(Partner.search(domain), self.sub | self.sub2)
        menus = self.env["ir.ui.menu"]
        ours = self.env.ref("partner_governance.menu_invite_partner").id
        master, sub = self.user(self.master, "manager"), self.user(self.sub, "manager")
        self.assertNotIn(ours, menus.with_user(master)._load_menus_blacklist())
        self.assertIn(ours, menus.with_user(sub)._load_menus_blacklist())

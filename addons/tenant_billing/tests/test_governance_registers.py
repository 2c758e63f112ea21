from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time

from .common import BillingCase


class TestGovernanceRegisters(BillingCase):
    """What the registers of governance say about tenants."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.subscription()
        cls.tenant = cls.running.tenant_id

    def risk(self):
        Risk = self.env["governance.risk"]
        Risk._ensure_standard(self.sub | self.master)
        Risk._measure(self.sub | self.master)
        return Risk.search(
            [
                ("program_node_id", "=", self.sub.id),
                ("standard_id.code", "=", "underpriced_hosting"),
            ]
        )

    @freeze_time("2026-02-15")
    def test_underpriced_hosting_is_told_as_a_band(self):
        """PG-140: sound while it earns, below the floor when costs eat it; a master reads the
        band of its sub and no figure."""
        self.run_billing("2026-02-10")
        mixin = type(self.env["billing.report.mixin"])
        self.startPatcher(patch.object(mixin, "_report_today", lambda self: date(2026, 2, 15)))
        risk = self.risk()
        self.assertEqual((risk.indicator_level, risk.indicator_text), (1, "sound"))
        self.as_user(self.sub, "finance", "billing.cost").create(
            {
                "name": "Invoice 4711",
                "provider": "Data centre",
                "date_from": "2026-01-10",
                "tenant_id": self.tenant.id,
                "amount": 50000,
            }
        )
        risk = self.risk()
        self.assertEqual((risk.indicator_level, risk.indicator_text), (5, "below the floor"))
        told = risk.with_user(self.user(self.master, "manager")).read()[0]
        self.assertNotIn("50000", str(told))

    def test_standardisation_is_the_share_without_an_open_exception(self):
        """PG-149: of running tenants; an exception that holds lowers it, one that ended not."""
        self.tenant.state = "live"
        own = self.sub.with_user(self.user(self.sub, "manager"))
        self.assertEqual((own.standardisation_index, own.tenants_measured), (100, 1))
        exception = self.as_user(self.sub, "delivery", "governance.exception").create(
            {
                "name": "Own backup tool",
                "kind": "drift",
                "reason": "Group policy of the customer",
                "expiry": "2026-12-31" if date.today() < date(2026, 12, 31) else "2027-06-30",
                "subject_ref": f"hosting.tenant,{self.tenant.id}",
            }
        )
        exception.sudo().state = "approved"
        own.invalidate_recordset()
        self.assertEqual(own.standardisation_index, 0)
        exception.sudo().state = "withdrawn"
        own.invalidate_recordset()
        self.assertEqual(own.standardisation_index, 100)
        self.assertEqual(self.stranger.tenants_measured, 0)

    def production_change(self, state="started", **values):
        """A change of production about the tenant, within its window."""
        now = fields.Datetime.now()
        window = self.as_user(self.sub, "manager", "governance.change.window").create(
            {
                "name": "Tonight",
                "date_from": fields.Datetime.subtract(now, hours=1),
                "date_until": fields.Datetime.add(now, hours=3),
            }
        )
        change = self.as_user(self.sub, "sales", "governance.change.request").create(
            {
                "name": "March",
                "description": "Fixes",
                "scope_impact": "One restart",
                "rollback": "The old image",
                "is_production": True,
                "window_id": window.id,
                "res_model": "hosting.tenant",
                "res_id": self.tenant.id,
                **values,
            }
        )
        if state == "draft":
            return change
        change.action_ask()
        self.sign_reviews(change.sudo())
        if state == "started":
            self.sign_reviews(change.sudo().review_ids)
            change.action_start()
        return change

    def release(self, **values):
        return self.as_user(self.sub, "delivery", "hosting.release").create(
            {
                "name": "March",
                "version": "19.0.3",
                "planned_on": "2026-03-08",
                "tenant_ids": [(6, 0, self.tenant.ids)],
                "rollback_plan": "Restore the backup of the evening",
                "rollback_tested_on": "2026-03-01",
                "rollback_result": "worked",
                **values,
            }
        )

    def test_a_release_goes_out_when_its_way_back_was_tried(self):
        """PG-129: plan and a test that worked; not by writing the state; own tenants only."""
        release = self.release(
            change_id=self.production_change().id,
            rollback_plan=False,
            rollback_tested_on=False,
            rollback_result=False,
        )
        with self.assertRaises(AccessError):
            release.state = "released"
        steps = (
            {"rollback_plan": "Restore the backup of the evening"},
            {"rollback_tested_on": "2026-03-01", "rollback_result": "failed"},
        )
        for step in steps:
            release.write(step)
            with self.assertRaisesRegex(UserError, "the way back"), self.env.cr.savepoint():
                release.action_release()
        release.rollback_result = "worked"
        release.action_release()
        self.assertEqual(release.state, "released")
        release.action_roll_back()
        self.assertEqual(release.state, "rolled_back")
        master = self.as_user(self.master, "delivery", "hosting.release")
        with self.assertRaisesRegex(UserError, "your own tenants only"):
            master.create(
                {
                    "name": "March",
                    "version": "1",
                    "planned_on": "2026-03-08",
                    "tenant_ids": [(6, 0, self.tenant.ids)],
                }
            )
        self.assertFalse(self.as_user(self.stranger, "manager", "hosting.release").search([]))

    def test_what_went_out_stays_as_it_went_out(self):
        """PG-129, PG-137: over the API too; and one without a tenant does not go out."""
        release = self.release(change_id=self.production_change().id)
        other = self.subscription(company="B").tenant_id
        empty = self.release(change_id=release.change_id.id, tenant_ids=False)
        platform = empty.with_user(self.staff())
        for go in (empty.action_release, platform.action_release):
            self.assertIn("it names no tenant", self.refused(go))
        changes = (
            {"tenant_ids": [(4, other.id)]},
            {"tenant_ids": False},
            {"change_id": False},
            {"version": "20"},
            {"content": "Something else"},
            {"rollback_plan": "None"},
            {"rollback_tested_on": "2026-02-01"},
            {"rollback_result": "failed"},
        )
        for vals in changes:
            self.assertEqual(self.refused(lambda vals=vals: release.write(vals)), "", vals)
        release.action_release()
        for user in (self.user(self.sub, "delivery"), platform.env.user):
            one = release.with_user(user)
            for vals in changes:
                said = self.refused(lambda one=one, vals=vals: one.write(vals))
                self.assertIn("stay as they went out", said, vals)
        release.action_roll_back()
        said = self.refused(lambda: release.write({"version": "20"}))
        self.assertIn("stay as they went out", said)

    def test_a_release_right_covers_each_tenant(self):
        """PG-033: each tenant is sent out by whom its own right names, and one that none covers
        by nobody here."""
        other = self.subscription(company="B").tenant_id
        right = self.env["program.right"].search(
            [("kind", "=", "release"), ("holder_id", "=", self.sub.id)]
        )
        right.date_until = fields.Date.today()
        for tenant, approver in ((self.tenant, "platform"), (other, "partner")):
            right.copy(
                {
                    "scope": "customer",
                    "customer_id": tenant.partner_id.commercial_partner_id.id,
                    "date_until": False,
                    "release_approver": approver,
                }
            )
        # A department of the customer is the customer.
        other.partner_id = self.env["res.partner"].create(
            {"name": "IT", "parent_id": other.partner_id.commercial_partner_id.id}
        )
        release = self.release()
        self.assertIn(f"is sent out by {self.root.name}", self.refused(release._check_sender))
        release.tenant_ids = other
        self.assertEqual(self.refused(release._check_sender), "")
        release.tenant_ids = self.tenant | other
        self.assertIn("name different approvers", self.refused(release._check_sender))
        unnamed = self.env["hosting.tenant"].create({"name": "X", "program_node_id": self.sub.id})
        release.tenant_ids = other | unnamed
        said = self.refused(release._check_sender)
        self.assertIn(f"no release right that runs for {unnamed.display_name}.", said)
        right.date_until = False
        self.assertEqual(self.refused(release._check_sender), "")
        release.tenant_ids = self.tenant | unnamed
        self.assertIn("name different approvers", self.refused(release._check_sender))

    def refused(self, go):
        said = ""
        with self.env.cr.savepoint() as savepoint:
            try:
                go()
                self.env.flush_all()
            except UserError as error:
                said = str(error)
            savepoint.rollback()
        self.env.invalidate_all()
        return said

    def test_a_release_goes_out_with_its_change(self):
        """PG-137, TB-050: it names a change of production that is about its tenants, whose gate
        is open and which is in work, within its window; whichever way its state is moved."""
        other = self.subscription().tenant_id
        release = self.release()
        wanted = [
            ("names no change request", {"change_id": False}),
            (
                "names no change request",
                {"change_id": self.production_change("draft", is_production=False).id},
            ),
            ("waits at the gate", {"change_id": self.production_change("approved").id}),
            ("which CR-", {"tenant_ids": [(4, other.id)]}),
        ]
        running = self.production_change()
        release.change_id = running
        doors = (
            lambda: release.action_release(),
            lambda: release.sudo().write({"state": "released"}),
            lambda: release.sudo().copy(
                {
                    "state": "released",
                    "rollback_tested_on": "2026-03-01",
                    "rollback_result": "worked",
                }
            ),
        )
        for sentence, values in wanted:
            for number, go in enumerate(doors):
                with self.subTest(f"{sentence}, door {number}"):
                    said = self.refused(lambda go=go, to=values: (release.write(to), go()))
                    self.assertIn(sentence, said)
                    self.assertIn("March", said)
        with freeze_time(fields.Datetime.add(running.window_id.date_until, seconds=1)):
            running.window_id.invalidate_recordset()
            said = self.refused(release.action_release)
        self.assertIn("goes out within the window of", said)
        for go in doors:
            self.assertEqual(self.refused(go), "")

    def test_a_tenant_has_its_own_deviations_and_shows_its_rights(self):
        """PG-030, PG-044: the partner's matrix, then what its deal and the tenant itself deviate
        in, the nearest last; rights of its partner and for its customer."""
        lines = self.env["governance.responsibility"]
        own = {line.code: line for line in lines._own_lines(self.sub).values()}
        support = own["support"]
        tenant = self.tenant.with_user(self.user(self.sub, "manager"))
        self.assertIn(support, tenant.matrix_ids)
        values = {
            "template_id": support.template_id.id,
            "platform_role": "informed",
            "customer_role": "informed",
        }
        lines.create(
            {**values, "deal_id": self.tenant.deal_id.id, "upline_role": "accountable",
             "partner_role": "consulted", "delivery_role": False}
        )  # fmt: skip
        self.assertEqual(lines._accountable("support", self.tenant), self.master)
        mine = lines.create(
            {**values, "tenant_id": self.tenant.id, "platform_role": "accountable",
             "partner_role": "consulted", "upline_role": "consulted", "delivery_role": False}
        )  # fmt: skip
        self.assertEqual(mine.program_node_id, self.sub)
        self.assertFalse(mine.is_own)
        self.env.invalidate_all()
        self.assertEqual(lines._accountable("support", self.tenant), self.root)
        self.assertEqual(lines._accountable("support", self.sub), self.sub)
        self.assertIn(mine, tenant.matrix_ids)
        right = self.env["program.right"].search(
            [("kind", "=", "data"), ("holder_id", "=", self.sub.id)]
        )
        single = right.copy(
            {"scope": "customer", "customer_id": self.tenant.partner_id.commercial_partner_id.id}
        )
        self.assertLessEqual(right | single, tenant.right_ids)
        self.assertNotIn(single, self.subscription(company="B").tenant_id.right_ids)
        strangers = self.as_user(self.stranger, "manager", "governance.responsibility")
        self.assertFalse(strangers.search([("tenant_id", "!=", False)]))

    def test_a_line_of_a_tenant_names_no_deal_beside_it(self):
        """PG-041, PG-044: a partner's own deal does not carry it to another partner's tenant."""
        lines = self.env["governance.responsibility"]
        support = lines._own_lines(self.sub)[self.sub.id, "support"]
        with self.assertRaisesRegex(ValidationError, "one record only"), self.env.cr.savepoint():
            lines.create(
                {
                    "template_id": support.template_id.id,
                    "deal_id": self.deal(self.stranger, company="Sur").id,
                    "tenant_id": self.tenant.id,
                    "partner_role": "consulted",
                    "delivery_role": "accountable",
                }
            )
        self.assertEqual(lines._accountable("support", self.tenant), self.sub)

    def test_a_tenant_is_escalated(self):
        """PG-043: to whoever answers for its incidents."""
        tenant = self.tenant.with_user(self.user(self.sub, "delivery"))
        tenant._escalate("It is down since nine", fields.Date.today())
        action = self.env["governance.action"].search([("res_model", "=", "hosting.tenant")])
        self.assertEqual(action.escalated_node_id, self.sub)

    def test_who_holds_the_release_right_sends_out(self):
        """PG-033: the right says who; without one that runs the platform alone."""
        release = self.release(change_id=self.production_change().id)
        right = self.env["program.right"].search(
            [("kind", "=", "release"), ("holder_id", "=", self.sub.id)]
        )
        self.assertEqual(right.release_approver, "partner")
        master = release.with_user(self.user(self.master, "delivery"))
        platform = release.with_user(self.staff())
        self.assertIn("is sent out by Hanse ERP", self.refused(master.action_release))
        right.release_approver = "upline"
        self.assertIn("is sent out by Meridian", self.refused(release.action_release))
        self.assertEqual(self.refused(master.action_release), "")
        right.date_until = fields.Date.today()
        said = self.refused(release.action_release)
        self.assertIn("Hanse ERP holds no release right that runs", said)
        self.assertEqual(self.refused(platform.action_release), "")
        right.copy(
            {
                "scope": "customer",
                "customer_id": self.tenant.partner_id.id,
                "date_until": False,
                "release_approver": "partner",
            }
        )
        self.assertEqual(self.refused(release.action_release), "")
